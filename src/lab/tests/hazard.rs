//! The damage a broken upload does, and the ways to end one that do none.

use super::{client::Client, lab, lab_with};
use crate::{
    lab::{Config, Lab, MailShape, Population, Record, Sized},
    zimbra::archive::format,
};
use tokio::io::AsyncWriteExt;

const ADDRESS: &str = "ann@old.example";

/// Small mail, as in the measurements: most messages well under 10 kB.
async fn archive() -> Vec<u8> {
    let shape = MailShape { message_median: 2_500.0, message_sigma: 0.9, ..MailShape::default() };
    let accounts = Population::Generated { count: 1, giant_bytes: Some(1_500_000), shape, empty: false };
    let (lab, client) = lab(Config { accounts, seed: 3, ..Config::default() }).await;
    let everything = "&types=message&query=is:anywhere";
    client.export(&lab.addresses()[0], everything).await.body
}

async fn target() -> (Lab, Client) {
    let (lab, client) = lab_with(vec![Sized::bytes(ADDRESS, 0)]).await;
    lab.set_knobs(|knobs| {
        knobs.hazard_limit = 100;
        knobs.hazard_per_s = 1e9;
    });
    (lab, client)
}

enum Ending {
    CleanChunk,
    Fin,
}

/// Stored items, and whether it ran away, after `bytes` of an archive.
async fn broken(lab: &Lab, client: &Client, bytes: &[u8], ending: Ending) -> (usize, bool, usize) {
    let before = lab.record();
    let mut wire = client.upload(ADDRESS, "fmt=tar&resolve=reset").await;
    wire.chunk(bytes).await;
    match ending {
        Ending::CleanChunk => {
            wire.finish().await;
            let _ = wire.answer().await;
        }
        Ending::Fin => {
            wire.stream.shutdown().await.unwrap();
        }
    }
    let done = |record: &Record| {
        record.total > before.total && record.requests.last().is_some_and(|seen| seen.took.is_some())
    };
    while !done(&lab.record()) {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    let stored = lab.mailbox(ADDRESS).unwrap();
    let wrong = stored.items.iter().filter(|item| !item.is_sound()).count();
    (stored.items.len(), lab.record().runaways > before.runaways, wrong)
}

#[tokio::test]
async fn breaks_anywhere_sometimes_run_away_or_glue() {
    let archive = archive().await;
    let (lab, client) = target().await;
    let mut dice = fastrand::Rng::with_seed(7);
    let (mut runaways, mut wrong, mut doubled) = (0, 0, 0);
    for round in 0..60 {
        let cut = dice.usize(20_000..archive.len() - 20_000);
        let ending = if round % 2 == 0 { Ending::CleanChunk } else { Ending::Fin };
        let (stored, runaway, glued) = broken(&lab, &client, &archive[..cut], ending).await;
        runaways += u32::from(runaway);
        wrong += u32::from(glued > 0);
        doubled += u32::from(stored > 400);
    }
    println!("of 60 breaks: {runaways} ran away, {wrong} glued, {doubled} beyond 400 items");
    assert!((1..30).contains(&runaways), "{runaways} of 60");
    assert!(wrong > 0);
}

#[tokio::test]
async fn a_graceful_end_does_no_harm() {
    let archive = archive().await;
    let (lab, client) = target().await;
    for items in [1, 57, 311] {
        let cut = boundary_after(&archive, items);
        let whole = [&archive[..cut], &format::trailer(cut as u64)].concat();
        let (stored, runaway, wrong) = broken(&lab, &client, &whole, Ending::CleanChunk).await;
        assert_eq!((stored, runaway, wrong), (items, false, 0));
    }
}

#[tokio::test]
async fn filler_makes_any_ending_harmless() {
    let archive = archive().await;
    let (lab, client) = target().await;
    for items in [3, 99, 250] {
        let cut = boundary_after(&archive, items);
        let padded = [&archive[..cut], &format::filler(cut as u64)].concat();
        for ending in [Ending::Fin, Ending::CleanChunk] {
            let (stored, runaway, wrong) = broken(&lab, &client, &padded, ending).await;
            assert_eq!((stored, runaway, wrong), (items, false, 0));
        }
    }
}

/// Where the entry after the `items`-th message begins.
fn boundary_after(archive: &[u8], items: usize) -> usize {
    let mut reader = tar::Archive::new(archive);
    let mut bodies = 0;
    for entry in reader.entries().unwrap() {
        let entry = entry.unwrap();
        if bodies == items {
            return entry.raw_header_position() as usize;
        }
        bodies += usize::from(entry.path_bytes().ends_with(b".eml"));
    }
    archive.len()
}
