//! The two mail servers.
//!
//! - [`archive`] the stream a mailbox travels in.

pub mod archive;
