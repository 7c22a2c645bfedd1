//! zmpace moves mailboxes between two Zimbra servers at the pace both can bear.
//!
//! The map, one sentence per room; imports run downwards only (kept by `tests/layering.rs`):
//!
//! - [`cli`] flags exactly as typed; no meaning, no system call.
//! - [`settings`] profile, file, environment and flags become one checked `Settings`.
//! - [`run`] the composition root: the only clock, the channels, the tasks, the signals, the loop.
//! - [`control`] everything that decides; pure.
//! - [`zimbra`] the two mail servers: sign-in, directory, archive stream, mover.
//! - [`probe`] the two machines: `/proc` text read locally or over one SSH channel.
//! - [`journal`] the durable record, in SQLite.
//! - [`report`] what happened, folded from the journal.
//! - [`ui`] what the operator sees while it happens.
//! - [`lab`] a Zimbra-like server on a modelled machine, for the demo and every end-to-end test.

pub mod control;
pub mod lab;
pub mod zimbra;
