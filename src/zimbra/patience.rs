//! Requests that change nothing are asked again when what hinders them passes by itself.
//!
//! A reset connection or a 503 must not cost a mailbox its attempt or a side its night: a few tries within
//! some ten seconds come first. What lasts longer is the dispatcher's matter, which knows the whole picture.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};

use super::MoveError;
use crate::control::event::Retry;

/// Before the second try; doubles, with jitter, so that ten workers do not come back as one.
pub const FIRST_PAUSE: Duration = Duration::from_millis(400);
/// Longest pause, also when a server asks for more by `Retry-After`.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Tries after the first.
const TRIES: usize = 3;

/// Does `work`, and does it again after `first` and longer when it fails of something that passes.
///
/// # Errors
/// That of the last try.
pub async fn patiently<T, W, F>(first: Duration, work: W) -> Result<T, MoveError>
where
    W: FnMut() -> F,
    F: Future<Output = Result<T, MoveError>>,
{
    let pauses = ExponentialBuilder::default()
        .with_min_delay(first)
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(TRIES)
        .with_jitter();
    work.retry(pauses).when(passes).adjust(|error, pause| pause.map(|pause| longer(error, pause))).await
}

/// Whether the same request may well succeed in a moment.
fn passes(error: &MoveError) -> bool {
    match error {
        MoveError::Fault { .. } => matches!(error.retry(), Retry::Busy | Retry::BackOff),
        MoveError::Unreachable { .. } | MoveError::Busy { .. } | MoveError::TokenRefused { .. } => true,
        MoveError::Refused { status, .. } => *status >= 500,
        _ => false,
    }
}

fn longer(error: &MoveError, pause: Duration) -> Duration {
    match error {
        MoveError::Busy { retry_after: Some(asked), .. } => pause.max(*asked).min(LONGEST_PAUSE),
        _ => pause,
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::control::sample::Side;

    fn busy(retry_after: Option<Duration>) -> MoveError {
        MoveError::Busy { side: Side::Source, what: "SOAP", status: 503, retry_after }
    }

    fn shut() -> MoveError {
        MoveError::AccountShut { side: Side::Source, account: "a@b".into(), cause: "locked".into() }
    }

    async fn tries(error: impl Fn() -> MoveError, until: usize) -> (usize, bool, Duration) {
        let (count, begun) = (Cell::new(0), tokio::time::Instant::now());
        let done = patiently(FIRST_PAUSE, || {
            count.set(count.get() + 1);
            let outcome = if count.get() >= until { Ok(()) } else { Err(error()) };
            async move { outcome }
        })
        .await;
        (count.get(), done.is_ok(), begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_tried_again_and_what_does_not_is_not() {
        let (count, done, _) = tries(|| busy(None), 3).await;
        assert_eq!((count, done), (3, true));
        let (count, done, took) = tries(|| busy(None), 99).await;
        assert_eq!((count, done), (1 + TRIES, false), "not for ever");
        assert!(took >= FIRST_PAUSE * 7 && took < LONGEST_PAUSE * 3, "{took:?}");
        assert_eq!(tries(shut, 2).await.0, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_asks_for_time_gets_it_within_bounds() {
        let (_, _, took) = tries(|| busy(Some(Duration::from_secs(7))), 2).await;
        assert!(took >= Duration::from_secs(7), "{took:?}");
        let (_, _, took) = tries(|| busy(Some(Duration::from_hours(9))), 2).await;
        assert!(took <= LONGEST_PAUSE, "{took:?}");
    }
}
