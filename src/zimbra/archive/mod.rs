//! The archive a Zimbra mailbox travels in: a ustar stream of `.meta` entries (JSON) and their bodies.
//!
//! - [`format`] the facts of the format, shared with the lab server.

pub mod format;
