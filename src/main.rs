//! The door: parse, settle, run, exit code.

fn main() {}
