//! A made-up pair of servers and the laws others published, one seed, driving the production dispatcher.
//!
//! Same seed, same bytes: time is whole milliseconds, progress between events is fluid, every concern has its
//! own seeded generator, and only the four operations are used.
//!
//! - [`scenario`] what a world is made of: one TOML text.
//! - [`law`] who chooses the number of workers: ours, a fixed number, a rival, or ours with a rule taken out.
//! - [`run`] one run, closed into a loop. [`table`] many runs, compared with the best lawful fixed number.
//! - [`benchmark`] benchmark mode in a made-up world, beside the truth.
//!
//! Inside: `chance` (seeded), `jobs` (mailboxes), `stations` (who goes how fast), `machine`, `background`,
//! `world`, `instruments` (what is seen of it), `judge` (what was true), `rivals`.

mod background;
pub mod benchmark;
mod chance;
mod instruments;
mod jobs;
mod judge;
pub mod law;
mod machine;
mod rivals;
pub mod run;
pub mod scenario;
mod stage;
mod stations;
pub mod table;
mod world;

#[cfg(test)]
mod tests;
