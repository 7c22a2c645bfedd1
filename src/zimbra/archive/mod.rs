//! The archive a Zimbra mailbox travels in: a ustar stream of `.meta` entries (JSON) and their bodies.
//!
//! - [`format`] the facts of the format, shared with the lab server.
//! - [`tar_stream`] bytes in, entries out.
//! - [`item`] one whole item, in memory or in a temporary file.
//! - [`checker`] entries in, whole and proven items out, and the facts of the archive at its end.
//! - [`wire`] `tar` or `tgz` on the wire.

pub mod checker;
pub mod format;
pub mod item;
pub mod tar_stream;
pub mod wire;
