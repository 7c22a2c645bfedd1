//! `tar` or `tgz`: a few mailboxes are read from the source into nothing, each in both formats, one at a time. What
//! is compared is how fast mail comes out, compression and link together. The destination is not asked: it could only
//! be by importing mailboxes twice.

use std::sync::Arc;

use tokio::sync::watch;

use crate::{
    control::finding::WireFinding,
    run::{clock::Clock, world, world::Pair},
    settings::Settings,
    ui::words::bytes,
    zimbra::{Counters, Job, Mover as _, Order, alone::Ends, plan::Planned, transfer::Format},
};

/// Mailboxes read.
const MAILBOXES: usize = 4;
/// None of them larger than this many bytes.
const MOST_BYTES: u64 = 64 << 20;
/// What the comparison does not say.
const NOT_SAID: &str =
    "of the destination, which is sent what `mover.destination_format` says, this tells nothing";
/// Share by which `tgz` must be faster: it costs the servers more.
const CLEARLY: f64 = 1.05;

/// Which format is better on the way out; `None` when nothing could be read.
pub(super) async fn compare(
    settings: &Settings,
    pair: &Pair,
    planned: &[Planned],
    clock: &Clock,
) -> Option<WireFinding> {
    let chosen = chosen(planned);
    let mut rates = [(0_u64, 0.0_f64); 2];
    for (turn, planned) in chosen.iter().enumerate() {
        // First one, then the other, then the other way round: neither always finds a warm cache.
        let order = if turn % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in order {
            let format = [Format::Tar, Format::Tgz][which];
            let (bytes, seconds) = read(settings, pair, planned, clock, format).await?;
            rates[which].0 += bytes;
            rates[which].1 += seconds;
        }
    }
    let [tar, tgz] = rates.map(|(bytes, seconds)| bytes as f64 / seconds.max(1e-9));
    (tar > 0.0 && tgz > 0.0).then(|| verdict(tar, tgz))
}

pub(super) fn verdict(tar: f64, tgz: f64) -> WireFinding {
    let speeds = format!("alone, tar brings {}/s of mail out of the source, tgz {}/s", show(tar), show(tgz));
    if tgz > tar * CLEARLY {
        let reason = format!("{speeds}: the link is slower than compressing; {NOT_SAID}");
        WireFinding { better: "tgz".to_owned(), reason }
    } else {
        let reason = format!("{speeds}: compressing costs the source more than the link gains; {NOT_SAID}");
        WireFinding { better: "tar".to_owned(), reason }
    }
}

fn show(bytes_per_s: f64) -> String {
    bytes(bytes_per_s as u64)
}

/// Mailboxes of the middle: large enough to be timed, small enough to be quick.
fn chosen(planned: &[Planned]) -> Vec<&Planned> {
    let free = planned.iter().filter(|p| p.obstacle.is_none() && p.bytes > 0 && p.bytes <= MOST_BYTES);
    let mut sorted: Vec<&Planned> = free.collect();
    sorted.sort_by_key(|p| p.bytes);
    let from = (sorted.len() * 3 / 5).min(sorted.len().saturating_sub(MAILBOXES));
    sorted.into_iter().skip(from).take(MAILBOXES).collect()
}

/// Bytes of one mailbox and the control seconds they took.
async fn read(
    settings: &Settings,
    pair: &Pair,
    planned: &Planned,
    clock: &Clock,
    format: Format,
) -> Option<(u64, f64)> {
    let mut settings = settings.clone();
    settings.mover.source_format = format;
    let relay = world::relay(&settings, pair, clock).with_ends(Ends::Source);
    let (_orders, told) = watch::channel(Order::Go);
    let job =
        Job { source: planned.source.clone(), target: planned.target.clone(), attempt: 1, baseline: None };
    let receipt = relay.carry(job, told, Arc::new(Counters::default())).await.ok()?;
    Some((receipt.bytes, clock.control_s(receipt.active_s)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compression_must_be_clearly_faster() {
        assert_eq!(verdict(1e6, 3e5).better, "tar");
        assert_eq!(verdict(1e6, 1.02e6).better, "tar");
        let slow_link = verdict(1e6, 2e6);
        assert!(slow_link.better == "tgz" && slow_link.reason.contains("link"), "{slow_link:?}");
        assert!(slow_link.reason.contains("of the destination"), "{slow_link:?}");
    }
}
