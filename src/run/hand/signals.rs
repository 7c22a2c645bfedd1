//! HUP reads limits and windows again, USR1 writes how things stand to the log.

use tokio::signal::unix::{SignalKind, signal};

use super::Ask;
use crate::run::night::{Bell, Happening};

/// Rings at HUP and USR1.
///
/// # Errors
/// When the system refuses the handlers.
pub fn ring(bell: &Bell) -> std::io::Result<()> {
    for (kind, ask) in [(SignalKind::hangup(), Ask::Reread), (SignalKind::user_defined1(), Ask::Explain)] {
        let mut signals = signal(kind)?;
        let bell = bell.clone();
        tokio::spawn(async move {
            while signals.recv().await.is_some() {
                if bell.send(Happening::Asked(ask.clone(), None)).is_err() {
                    return;
                }
            }
        });
    }
    Ok(())
}
