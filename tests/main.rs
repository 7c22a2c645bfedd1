//! End-to-end tests, in one binary: the lab's two servers, the mover, the whole program.

mod bench;
mod browser;
mod chaos;
mod cli;
mod demo;
mod exposition;
mod faults;
mod fuzz;
mod gate;
mod hand;
mod hazard;
mod herald;
mod hostile;
mod hours;
mod install;
mod layering;
mod long;
mod night;
mod puppet;
mod report;
mod sessions;
mod ssh;
mod surface;
mod terminal;
mod weather;
mod world;
