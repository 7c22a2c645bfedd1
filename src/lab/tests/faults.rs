//! Every fault that can be ordered, seen from the client.

use super::{client::Client, lab_with, transfer::entries};
use crate::lab::{Fault, FaultKind, Lab, Sized};
use std::time::{Duration, Instant};

const ADDRESS: &str = "ann@old.example";

async fn full() -> (Lab, Client) {
    lab_with(vec![Sized::messages(ADDRESS, 40, 40 * 20_000)]).await
}

async fn empty() -> (Lab, Client) {
    lab_with(vec![Sized::bytes(ADDRESS, 0)]).await
}

#[tokio::test]
async fn exports_break_in_every_ordered_way_and_once_only() {
    let (lab, client) = full().await;
    let good = client.export(ADDRESS, "").await;
    let order = |kind| lab.inject(ADDRESS, Fault::once(kind));

    order(FaultKind::CutInsideEntry { after_bytes: 100_000 });
    let cut = client.export(ADDRESS, "").await;
    assert!(!cut.whole && cut.body.len() > 90_000 && cut.body.len() < 120_000, "{}", cut.body.len());
    assert_ne!(cut.body.len() % 512, 0);

    order(FaultKind::CutInsideChunk { after_bytes: 100_000 });
    assert!(!client.export(ADDRESS, "").await.whole);

    order(FaultKind::CutBetweenEntries { after_items: 7 });
    let cut = client.export(ADDRESS, "").await;
    assert!(!cut.whole);
    assert_eq!(cut.body.len() % 512, 0);

    order(FaultKind::ShortArchive { after_items: 7 });
    let short = client.export(ADDRESS, "").await;
    assert!(short.whole);
    assert_eq!(entries(&short.body).len(), 17 + 2 * 7);

    order(FaultKind::MissingBlob { item: 3 });
    assert_eq!(entries(&client.export(ADDRESS, "").await.body).len(), 17 + 2 * 39);

    order(FaultKind::ErrEntry { item: 3 });
    let all = entries(&client.export(ADDRESS, "").await.body);
    assert_eq!(all.iter().filter(|entry| entry.0.ends_with(".eml.err") && entry.2.is_empty()).count(), 1);

    order(FaultKind::DamagedBody { item: 0 });
    let damaged = client.export(ADDRESS, "").await;
    assert_eq!(damaged.body.len(), good.body.len());
    assert_ne!(damaged.body, good.body);

    order(FaultKind::Export500);
    let refused = client.export(ADDRESS, "").await;
    assert_eq!(refused.status, 500);
    assert!(refused.text().contains("system failure: tar formatter failure"));
    order(FaultKind::ExportStatus(503));
    assert_eq!(client.export(ADDRESS, "").await.status, 503);
    order(FaultKind::WrongMailHost);
    let lost = client.export(ADDRESS, "").await;
    assert_eq!((lost.status, lost.text().contains("cannot find remote server")), (400, true));
    order(FaultKind::Maintenance);
    assert_eq!(client.export(ADDRESS, "").await.status, 404);

    let again = client.export(ADDRESS, "").await;
    assert!(again.whole && again.body == good.body, "faults strike as often as ordered, then never");
}

#[tokio::test]
async fn exports_stall_where_ordered() {
    let (lab, client) = full().await;
    let pause = Duration::from_millis(150);
    for kind in [FaultKind::StallBeforeFirstByte(pause), FaultKind::StallMiddle { pause, after_items: 5 }] {
        lab.inject(ADDRESS, Fault::once(kind));
        let begun = Instant::now();
        assert!(client.export(ADDRESS, "").await.whole);
        assert!(begun.elapsed() >= pause);
    }
}

#[tokio::test]
async fn imports_break_in_every_ordered_way() {
    let (_from, client) = full().await;
    let archive = client.export(ADDRESS, "").await.body;
    let (lab, target) = empty().await;
    let order = |kind| lab.inject(ADDRESS, Fault::once(kind));
    let stored = || lab.mailbox(ADDRESS).unwrap().items.len();

    order(FaultKind::ImportStatus(503));
    assert_eq!(target.import(ADDRESS, "fmt=tar", &archive[..5_000]).await.status, 503);
    order(FaultKind::ImportFail);
    assert_eq!(target.import(ADDRESS, "fmt=tar", &archive).await.result(), "fail");
    assert_eq!(stored(), 0);
    order(FaultKind::ImportResetAfter { after_items: 10 });
    let mut wire = target.upload(ADDRESS, "fmt=tar").await;
    wire.chunk(&archive).await;
    assert!(wire.answer().await.is_err());
    assert_eq!(stored(), 10);
    order(FaultKind::ImportWarn { code: "mail.INVALID_REQUEST".into(), count: 3, every: 2 });
    let warned = target.import(ADDRESS, "fmt=tar", &archive).await;
    assert_eq!(warned.result(), "warn");
    assert_eq!(warned.text().matches("\"Code\":\"mail.INVALID_REQUEST\"").count(), 3);
    order(FaultKind::ImportAnswerLost);
    let mut wire = target.upload(ADDRESS, "fmt=tar").await;
    wire.chunk(&archive).await;
    wire.finish().await;
    assert!(wire.answer().await.is_err());
    assert_eq!(stored(), 40, "everything is there all the same");
    assert_eq!(target.import(ADDRESS, "fmt=tar", &archive).await.result(), "success");
    assert_eq!(stored(), 40);
}

#[tokio::test]
async fn silence_before_the_first_byte_ends_in_a_fail() {
    let (lab, target) = empty().await;
    lab.set_knobs(|knobs| knobs.idle = Duration::from_millis(100));
    let mut wire = target.upload(ADDRESS, "fmt=tgz").await;
    let answer = wire.answer().await.unwrap();
    assert_eq!((answer.status, answer.result().as_str()), (200, "fail"));
    assert!(answer.text().contains("formatter.INVALID_FORMAT"));
}

#[tokio::test]
async fn silence_after_the_first_byte_is_endured() {
    let (_from, client) = full().await;
    let archive = client.export(ADDRESS, "").await.body;
    let (lab, target) = empty().await;
    lab.set_knobs(|knobs| knobs.idle = Duration::from_millis(50));
    let mut wire = target.upload(ADDRESS, "fmt=tar").await;
    wire.chunk(&archive[..30_000]).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    wire.chunk(&archive[30_000..]).await;
    wire.finish().await;
    assert_eq!(wire.answer().await.unwrap().result(), "success");
    assert_eq!(lab.mailbox(ADDRESS).unwrap().items.len(), 40);
}
