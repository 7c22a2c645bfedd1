//! What a machine says of itself, and what is known of hosts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zmpace::probe::{known_hosts::KnownHosts, proc::Counters};

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let _ = Counters::parse(&text);
    let _ = KnownHosts::parse(&text).judge("h", 22, b"key");
});
