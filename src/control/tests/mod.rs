//! Tests of the whole room: a small made-up world drives the dispatcher through its ordinary events.

mod critical;
mod endings;
mod hours;
pub(in crate::control) mod law;
mod looking;
mod person;
mod properties;
mod world;
