//! zmpace moves mailboxes between two Zimbra servers at the pace both can bear.
//!
//! The map, one sentence per room; imports run downwards only (kept by `tests/layering.rs`):
//!
//! - [`run`] the composition root: the only clock, the channels, the tasks, the signals, the loop.
//! - [`cli`] flags exactly as typed; no meaning, no system call.
//! - [`settings`] profile, file, environment and flags become one checked `Settings`.
//! - [`zimbra`] the two mail servers: sign-in, directory, archive stream, mover.
//! - [`probe`] the two machines: `/proc` text read locally or over one SSH channel.
//! - [`journal`] the durable record, in SQLite.
//! - [`report`] what happened, and how it is told.
//! - [`ui`] what the operator sees while it happens.
//! - [`lang`] the texts an operator meets, in English and Indonesian.
//! - [`lab`] a Zimbra-like server on a modelled machine, for the demo and every end-to-end test.
//! - [`control`] everything that decides; pure, and knows nobody.

pub mod cli;
pub mod control;
pub mod journal;
pub mod lab;
pub mod lang;
pub mod probe;
pub mod report;
pub mod run;
pub mod settings;
pub mod ui;
pub mod zimbra;
