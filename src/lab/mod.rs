//! A Zimbra-like server on a modelled machine, for the demo and every end-to-end test.
//!
//! [`Lab::start`] opens one server. It speaks what zmpace needs of Zimbra (admin SOAP, archives out and in,
//! the account list) with the real one's framing, statuses and mistakes, makes its mailboxes up from a seed
//! while it sends them, and delays work as its [`machine::Profile`] says.

mod afd;
mod config;
mod directory;
mod fault;
mod filters;
mod head;
mod http;
pub mod machine;
mod mail;
mod mailbox;
mod record;
mod rest;
mod server;
mod soap;
#[cfg(test)]
mod tests;
mod tls;
mod token;
mod vault;
mod view;

pub use config::{Config, DosAnswer, InjectedStatus, Knobs, MailShape, PathClass, Population, Role, Sized};
pub use fault::{Fault, FaultKind};
pub use record::{Record, Seen};
pub use server::Lab;
pub use view::{FolderView, ItemView, MailboxView};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, whatever happened to whoever held it before.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
