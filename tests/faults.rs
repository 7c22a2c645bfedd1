//! What goes wrong on the way, one fault a test: the error names its side and class, and after a retry the
//! destination holds every item once, with its content.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;
use zmpace::{
    control::{
        event::{Receipt, Retry},
        sample::Side,
    },
    lab::{Config, Fault, FaultKind, PathClass, Population, Sized},
    zimbra::{
        Counters, MoveError, Mover, Order,
        transfer::{Format, Relay, Resolve},
    },
};

use crate::{
    puppet::{self, Puppet},
    world::{PASSWORD, World, address, assert_discreet, job, three},
};

/// Longer than any patience here.
const LONG: Duration = Duration::from_mins(10);

fn clean(receipt: &Receipt) {
    assert_eq!(receipt.differences, 0, "{:?}", receipt.notes);
}

/// So many messages of 15 kB.
fn messages(name: &str, items: u64) -> Sized {
    Sized::messages(name, items, items * 15_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn mailboxes_of_every_kind_arrive_item_for_item() {
    let world = World::with(11, three()).await;
    for name in ["ann", "bob", "eve"] {
        clean(&world.carry(name).await.unwrap());
        world.assert_moved(name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_breaks_off_is_finished_by_the_next_attempt() {
    let faults = [
        FaultKind::CutInsideEntry { after_bytes: 300_000 },
        FaultKind::CutInsideEntry { after_bytes: 2_000 },
        FaultKind::CutBetweenEntries { after_items: 0 },
        FaultKind::CutBetweenEntries { after_items: 23 },
        FaultKind::CutInsideChunk { after_bytes: 300_000 },
    ];
    let names: Vec<String> = (0..faults.len()).map(|number| format!("u{number}")).collect();
    let world = World::with(12, names.iter().map(|name| messages(name, 60)).collect()).await;
    for (name, fault) in names.iter().zip(faults) {
        let error = world.carry_after(Side::Source, name, fault.clone()).await;
        assert_eq!((error.side(), error.retry()), (Some(Side::Source), Retry::BackOff), "{fault:?}: {error}");
        assert!(matches!(error, MoveError::Cut { .. } | MoveError::Unsound { .. }), "{fault:?}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_a_cut_is_stored_and_nothing_half() {
    let world = World::with(14, vec![messages("ann", 60)]).await;
    world.fail(Side::Source, "ann", FaultKind::CutInsideEntry { after_bytes: 500_000 }).await;
    world.imports_ended().await;
    let arrived = world.arrived("ann").items;
    assert!((10..60).contains(&arrived.len()), "{}", arrived.len());
    assert!(arrived.iter().all(zmpace::lab::ItemView::is_sound));
    world.finish("ann").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_archive_under_a_200_is_counted_and_never_a_success() {
    let world = World::with(15, vec![messages("ann", 60), messages("bob", 60)]).await;
    world.source.inject(&address("ann"), Fault::once(FaultKind::ShortArchive { after_items: 17 }));
    let receipt = world.carry("ann").await.unwrap();
    assert_eq!(receipt.differences, 43, "{:?}", receipt.notes);
    world.finish("ann").await;

    world.source.inject(&address("bob"), Fault::always(FaultKind::ShortArchive { after_items: 59 }));
    for attempt in 1..=3 {
        let receipt = world.attempt(&world.relay(), "bob", attempt, Some(0)).await.unwrap();
        assert_eq!(receipt.differences, 1, "attempt {attempt}: {:?}", receipt.notes);
        assert!(receipt.notes.iter().any(|note| note.contains("/Inbox")), "{:?}", receipt.notes);
    }
    world.source.clear(&address("bob"));
    world.finish("bob").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_whole_around_an_archive_that_is_not() {
    let world = World::with(36, vec![messages("ann", 12)]).await;
    let server = world.server(Side::Source, PASSWORD);
    let token = server.token().await.unwrap();
    let path = format!("/service/home/{}?fmt=tar", address("ann"));
    let archive = server.get(&path, &token).send().await.unwrap().bytes().await.unwrap().to_vec();
    let mut tar = tar::Archive::new(archive.as_slice());
    let entries: Vec<u64> =
        tar.entries().unwrap().map(|entry| entry.unwrap().raw_header_position()).collect();
    let end = archive.len() - 1024;
    let mut flipped = archive.clone();
    flipped[entries[entries.len() / 2] as usize + 3] ^= 0x40;
    let between = entries[entries.len() - 4] as usize;
    for (what, body) in [
        ("nothing", Vec::new()),
        ("a web page", b"<html><title>Please log in</title></html>".repeat(40)),
        ("zeros short of an end", vec![0; 512]),
        ("cut between two entries", archive[..between].to_vec()),
        ("cut inside a header", archive[..between + 100].to_vec()),
        ("cut inside a body", archive[..between - 1_500].to_vec()),
        ("without the second of its end blocks", archive[..end.min(last_item_end(&archive)) + 512].to_vec()),
        ("a damaged header", flipped),
    ] {
        let puppet = Puppet::playing(move |head, request| {
            if head.starts_with("GET ") {
                let mut answer =
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
                answer.extend_from_slice(&body);
                return answer;
            }
            puppet::empty_mailboxes(head, request)
        })
        .await;
        let relay = Relay::new(
            puppet.server(Side::Source),
            world.server(Side::Destination, PASSWORD),
            World::manner(),
        );
        let error = world.attempt(&relay, "ann", 1, Some(0)).await.expect_err(what);
        println!("{what}: {error}");
        assert!(matches!(error, MoveError::Unsound { .. }), "{what}: {error}");
        assert_eq!(error.retry(), Retry::BackOff, "{what}");
        world.imports_ended().await;
        assert!(world.arrived("ann").items.iter().all(zmpace::lab::ItemView::is_sound), "{what}");
        assert_eq!(world.destination.record().runaways, 0, "{what}");
    }
    world.finish("ann").await;
}

/// Where the last entry of a tar ends.
fn last_item_end(archive: &[u8]) -> usize {
    let mut tar = tar::Archive::new(archive);
    let last = tar.entries().unwrap().map(Result::unwrap).last().unwrap();
    (last.raw_file_position() + last.size().next_multiple_of(512)) as usize
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_and_missing_items_are_held_back_and_told() {
    let names = ["err", "bad", "gone"];
    let world = World::with(16, names.iter().map(|name| messages(name, 30)).collect()).await;
    let faults = [
        ("err", FaultKind::ErrEntry { item: 7 }, ".err"),
        ("bad", FaultKind::DamagedBody { item: 7 }, "digest"),
        ("gone", FaultKind::MissingBlob { item: 7 }, "30 on the source, 29 on the destination"),
    ];
    for (name, fault, word) in faults {
        world.source.inject(&address(name), Fault::always(fault));
        for attempt in 1..=2 {
            let receipt = world.attempt(&world.relay(), name, attempt, Some(0)).await.unwrap();
            assert_eq!(receipt.differences, 1, "{name}: {:?}", receipt.notes);
            assert!(receipt.notes.iter().any(|note| note.contains(word)), "{name}: {:?}", receipt.notes);
        }
        let arrived = world.arrived(name).items;
        assert_eq!(arrived.len(), 29, "{name}: the others are there");
        assert!(arrived.iter().all(zmpace::lab::ItemView::is_sound), "{name}");
        world.source.clear(&address(name));
        world.finish(name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_export_is_given_up_and_a_slow_one_is_not() {
    let world = World::with(17, ["a", "b", "c", "d"].map(|name| messages(name, 30)).to_vec()).await;
    let hasty = |relay: &mut zmpace::zimbra::transfer::Manner| {
        (relay.first_byte, relay.stall) = (Duration::from_millis(800), Duration::from_millis(800));
    };
    for (name, fault) in [
        ("a", FaultKind::StallBeforeFirstByte(LONG)),
        ("b", FaultKind::StallMiddle { pause: LONG, after_items: 9 }),
    ] {
        world.source.inject(&address(name), Fault::once(fault));
        let error = world.attempt(&world.relay_with(hasty), name, 1, None).await.unwrap_err();
        assert!(matches!(error, MoveError::Stalled { side: Side::Source, .. }), "{name}: {error}");
        assert_eq!(error.retry(), Retry::BackOff);
        world.finish(name).await;
    }
    let pause = Duration::from_millis(300);
    for (name, fault) in [
        ("c", FaultKind::StallBeforeFirstByte(pause)),
        ("d", FaultKind::StallMiddle { pause, after_items: 9 }),
    ] {
        world.source.inject(&address(name), Fault::once(fault));
        clean(&world.carry(name).await.unwrap());
        world.assert_moved(name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_have_the_class_their_meaning_asks_for() {
    let busy = [429, 502, 503, 504];
    let names: Vec<String> =
        [500].iter().chain(&busy).flat_map(|status| [format!("e{status}"), format!("i{status}")]).collect();
    let world = World::with(18, names.iter().map(|name| messages(name, 5)).collect()).await;
    for status in busy {
        let (export, import) = (format!("e{status}"), format!("i{status}"));
        let error = world.carry_after(Side::Source, &export, FaultKind::ExportStatus(status)).await;
        assert_eq!((error.side(), error.retry()), (Some(Side::Source), Retry::Busy), "{error}");
        assert!(error.to_string().contains(&status.to_string()), "{error}");
        let error = world.carry_after(Side::Destination, &import, FaultKind::ImportStatus(status)).await;
        assert_eq!((error.side(), error.retry()), (Some(Side::Destination), Retry::Busy), "{error}");
    }
    let error = world.carry_after(Side::Source, "e500", FaultKind::Export500).await;
    assert_eq!((error.side(), error.retry()), (Some(Side::Source), Retry::BackOff), "{error}");
    assert!(error.to_string().contains("formatter failure"), "{error}");
    let error = world.carry_after(Side::Destination, "i500", FaultKind::ImportStatus(500)).await;
    assert_eq!((error.side(), error.retry()), (Some(Side::Destination), Retry::BackOff), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_refused_or_broken_is_finished_by_the_next_attempt() {
    let faults = [
        FaultKind::ImportFail,
        FaultKind::ImportResetUnread,
        FaultKind::ImportResetAfter { after_items: 0 },
        FaultKind::ImportResetAfter { after_items: 20 },
        FaultKind::ImportAnswerLost,
    ];
    // Contacts without an e-mail address are what a retry could double.
    let (world, names) = World::natural(19, faults.len() as u32).await;
    for (name, fault) in names.iter().zip(faults) {
        let error = world.carry_after(Side::Destination, name, fault.clone()).await;
        assert_eq!((error.side(), error.retry()), (Some(Side::Destination), Retry::BackOff), "{fault:?}");
        match fault {
            FaultKind::ImportFail => assert!(matches!(error, MoveError::ImportRefused { .. }), "{error}"),
            _ => assert!(matches!(error, MoveError::Cut { .. }), "{fault:?}: {error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_with_a_foreign_tail_is_told_though_every_count_agrees() {
    let world = World::with(25, vec![messages("ann", 40)]).await;
    world.fail(Side::Destination, "ann", FaultKind::ImportResetAfter { after_items: 20 }).await;
    world.imports_ended().await;
    let arrived = world.arrived("ann").items.len() as u64;
    world
        .destination
        .inject(&address("ann"), Fault::once(FaultKind::ImportForeignTail { item: arrived + 3 }));
    let receipt = world.attempt(&world.relay(), "ann", 2, Some(0)).await.unwrap();
    assert_eq!(receipt.source_items, receipt.destination_items, "counts cannot tell");
    assert!(receipt.differences > 0, "{:?}", receipt.notes);
    let told = receipt.notes.join("\n");
    assert!(told.contains("its digest does not agree") && told.contains("missing on"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_is_never_a_success() {
    let world = World::with(20, vec![messages("ann", 40), messages("bob", 600)]).await;
    for (name, count) in [("ann", 3), ("bob", 280)] {
        let warn = FaultKind::ImportWarn { code: "mail.INVALID_REQUEST".into(), count, every: 2 };
        world.destination.inject(&address(name), Fault::once(warn));
        let receipt = world.carry(name).await.unwrap();
        assert_eq!(receipt.differences, u64::from(count), "{name}");
        let told = receipt.notes.iter().filter(|note| note.contains("mail.INVALID_REQUEST")).count();
        assert!(told >= 3 && told <= count as usize && receipt.notes.len() <= 200, "{name}: {told}");
        world.finish(name).await;
    }
    // The counts agree, as all of it is there by now; what was refused is told all the same.
    let warn = FaultKind::ImportWarn { code: "mail.INVALID_REQUEST".into(), count: 3, every: 2 };
    world.destination.inject(&address("ann"), Fault::once(warn));
    let receipt = world.attempt(&world.relay(), "ann", 2, Some(0)).await.unwrap();
    assert_eq!(receipt.differences, 3, "{:?}", receipt.notes);
}

/// Contacts without an e-mail address are recognised by nobody: those that were refused before must come,
/// those that are there must not come again.
#[tokio::test(flavor = "multi_thread")]
async fn contacts_refused_at_first_come_later_and_once() {
    let (world, names) = World::natural(21, 4).await;
    for (every, name) in (1..).zip(&names) {
        let expected = world.source.expected(&address(name)).unwrap();
        let contacts = expected.items.iter().filter(|item| item.kind == "contact").count();
        assert!(contacts > 4, "{contacts} contacts prove nothing");
        let warn = FaultKind::ImportWarn { code: "service.FAILURE".into(), count: 10_000, every: every + 1 };
        world.destination.inject(&address(name), Fault::once(warn));
        assert!(world.carry(name).await.unwrap().differences > 0);
        world.finish(name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_too_small_is_told_and_raising_it_finishes_the_mailbox() {
    let world = World::with(13, vec![messages("ann", 60), messages("bob", 60)]).await;
    for (name, resets) in [("ann", false), ("bob", true)] {
        world.destination.set_knobs(|knobs| knobs.quota_resets = resets);
        world.destination.set_quota(&address(name), 200_000);
        let error = world.carry(name).await.unwrap_err();
        assert_eq!(error.side(), Some(Side::Destination), "{error}");
        if !resets {
            assert!(matches!(error, MoveError::Quota { .. }), "{error}");
            assert_eq!(error.retry(), Retry::Permanent);
            assert!(error.next().contains("zimbraMailQuota"));
        }
        world.destination.set_quota(&address(name), 0);
        world.finish(name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_stops_reading_is_given_up() {
    let world = World::with(22, vec![messages("small", 12), messages("large", 800)]).await;
    let hasty = |manner: &mut zmpace::zimbra::transfer::Manner| manner.stall = Duration::from_millis(800);
    // The small one fits into the sockets' buffers: it is all sent, and no answer comes.
    for name in ["small", "large"] {
        let fault = FaultKind::ImportStall { after_items: 4, pause: Duration::from_secs(3) };
        world.destination.inject(&address(name), Fault::once(fault));
        let error = world.attempt(&world.relay_with(hasty), name, 1, None).await.unwrap_err();
        assert!(matches!(error, MoveError::Stalled { side: Side::Destination, .. }), "{name}: {error}");
        assert_eq!(error.retry(), Retry::BackOff);
    }
    world.finish("small").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_accounts_are_named_with_their_side() {
    let world = World::with(23, vec![messages("ann", 5), messages("bob", 5)]).await;
    for (side, name) in [(Side::Source, "ann"), (Side::Destination, "bob")] {
        world.lab(side).remove_account(&address(name));
        let error = world.carry(name).await.unwrap_err();
        assert!(matches!(&error, MoveError::NoSuchAccount { side: there, .. } if *there == side), "{error}");
        assert_eq!(error.retry(), Retry::Permanent);
        assert!(error.to_string().contains(&address(name)), "{error}");
    }
    assert_eq!(world.destination.record().of(PathClass::Import).count(), 0, "nothing was sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn maintenance_is_told_apart_from_a_missing_account() {
    let world = World::with(24, ["a", "b", "c", "d"].map(|name| messages(name, 5)).to_vec()).await;
    for (side, name) in [(Side::Source, "a"), (Side::Destination, "b")] {
        world.lab(side).set_maintenance(&address(name), true);
        let error = world.carry(name).await.unwrap_err();
        assert_eq!((error.side(), error.retry()), (Some(side), Retry::BackOff), "{error}");
        assert!(error.to_string().contains("maintenance"), "{error}");
        world.lab(side).set_maintenance(&address(name), false);
        world.finish(name).await;
    }
    // The mailbox alone, its account active: masked as 404, and as 401 also after a look at the token.
    for (side, name, times) in [(Side::Source, "c", 1), (Side::Destination, "d", 2)] {
        world.lab(side).inject(&address(name), Fault::times(FaultKind::Maintenance, times));
        let error = world.carry(name).await.unwrap_err();
        assert_eq!((error.side(), error.retry()), (Some(side), Retry::BackOff), "{error}");
        world.finish(name).await;
    }
    // Each of the eight attempts had a client of its own; none of them took a denial for a worn-out token.
    assert!(world.source.record().logins <= 8 && world.destination.record().logins <= 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_whose_store_is_unknown_is_no_matter_of_retries() {
    let world = World::with(25, vec![messages("ann", 5), messages("bob", 5)]).await;
    for (side, name) in [(Side::Source, "ann"), (Side::Destination, "bob")] {
        let error = world.carry_after(side, name, FaultKind::WrongMailHost).await;
        assert_eq!((error.side(), error.retry()), (Some(side), Retry::Permanent), "{error}");
        assert!(error.to_string().contains("cannot find remote server"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_mailbox_is_a_success_by_one_full_export() {
    let world = World::with(26, vec![Sized::bytes("eve", 0)]).await;
    let receipt = world.carry("eve").await.unwrap();
    clean(&receipt);
    assert_eq!(receipt.items, 0);
    let exports: Vec<_> =
        world.source.record().of(PathClass::Export).map(|seen| (seen.status, seen.what.clone())).collect();
    assert_eq!(exports, [(200, format!("/service/home/{}", address("eve")))]);
    assert_eq!(world.arrived("eve").items.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn trash_and_junk_are_carried_unless_told_otherwise() {
    let world = World::with(27, vec![Sized::bytes("ann", 2_000_000), Sized::bytes("bob", 2_000_000)]).await;
    let held = |name: &str| {
        let view = world.source.expected(&address(name)).unwrap();
        view.items.len() - view.without_trash_and_junk().items.len()
    };
    assert!(held("ann") > 0 && held("bob") > 0, "the test needs mail in Trash or Junk");
    clean(&world.carry("ann").await.unwrap());
    world.assert_moved("ann");
    let without = world.relay_with(|manner| manner.trash_and_junk = false);
    clean(&world.attempt(&without, "bob", 1, None).await.unwrap());
    let expected = world.source.expected(&address("bob")).unwrap().without_trash_and_junk();
    assert_eq!(expected.differences(&world.arrived("bob")), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_side_may_be_compressed_or_not() {
    let formats = [
        ("a", Format::Tgz, Format::Tar),
        ("b", Format::Tar, Format::Tgz),
        ("c", Format::Tgz, Format::Tgz),
        ("d", Format::Auto, Format::Auto),
    ];
    let world = World::with(28, formats.map(|(name, ..)| Sized::bytes(name, 700_000)).to_vec()).await;
    for (name, source, destination) in formats {
        let relay = world.relay_with(|manner| {
            (manner.source_format, manner.destination_format) = (source, destination);
        });
        clean(&world.attempt(&relay, name, 1, None).await.unwrap());
        world.assert_moved(name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compressed_export_cut_short_is_noticed() {
    let world = World::with(29, vec![messages("ann", 60)]).await;
    let relay = world.relay_with(|manner| {
        (manner.source_format, manner.destination_format) = (Format::Tgz, Format::Tgz);
    });
    for fault in [
        FaultKind::CutInsideEntry { after_bytes: 300_000 },
        FaultKind::CutInsideChunk { after_bytes: 600_000 },
        FaultKind::CutBetweenEntries { after_items: 50 },
    ] {
        world.source.inject(&address("ann"), Fault::once(fault));
        let error = world.attempt(&relay, "ann", 1, Some(0)).await.unwrap_err();
        assert_eq!((error.side(), error.retry()), (Some(Side::Source), Retry::BackOff), "{error}");
        world.imports_ended().await;
    }
    clean(&world.attempt(&relay, "ann", 2, Some(0)).await.unwrap());
    world.assert_moved("ann");
}

#[tokio::test(flavor = "multi_thread")]
async fn items_larger_than_memory_allows_arrive_too() {
    let world = World::with(30, vec![Sized::messages("gus", 2, 21_000_000)]).await;
    clean(&world.carry("gus").await.unwrap());
    world.assert_moved("gus");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_ways_to_treat_what_is_there() {
    let world = World::with(31, vec![messages("ann", 20), messages("bob", 20)]).await;
    for (name, resolve) in [("ann", Resolve::Modify), ("bob", Resolve::Replace)] {
        let relay = world.relay_with(|manner| manner.resolve = resolve);
        for _ in 0..2 {
            clean(&world.attempt(&relay, name, 1, Some(0)).await.unwrap());
            world.assert_moved(name);
        }
        let before = world.arrived(name).items;
        clean(&world.attempt(&relay, name, 2, Some(0)).await.unwrap());
        assert!(
            world.arrived(name).items == before,
            "{name}: a retry leaves alone what is there, ids and all"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_was_there_before_is_left_alone() {
    let world = World::with(32, vec![messages("ann", 20), messages("zoe", 11)]).await;
    // Zoe's mail comes first into Ann's mailbox: it stands for what the owner had there before.
    let relay = world.relay();
    let (_orders, told) = watch::channel(Order::Go);
    let before = zmpace::zimbra::Job { target: address("ann"), ..job("zoe", 1, None) };
    clean(&relay.carry(before, told, Arc::new(Counters::default())).await.unwrap());

    world.source.inject(&address("ann"), Fault::once(FaultKind::CutBetweenEntries { after_items: 9 }));
    let (_orders, told) = watch::channel(Order::Go);
    let counters = Arc::new(Counters::default());
    let error = relay.carry(job("ann", 1, None), told, Arc::clone(&counters)).await.unwrap_err();
    assert_discreet(&error);
    assert_eq!(counters.baseline(), Some(11), "what was there is counted before anything is sent");
    clean(&world.attempt(&relay, "ann", 2, Some(11)).await.unwrap());
    assert_eq!(world.arrived("ann").items.len(), 31);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_is_a_matter_of_the_whole_side() {
    let world = World::with(33, vec![messages("ann", 5)]).await;
    let relay = world.relay();
    let World { source, destination, scratch } = world;
    destination.shutdown().await;
    let (_orders, told) = watch::channel(Order::Go);
    let error = relay.carry(job("ann", 1, None), told, Arc::new(Counters::default())).await.unwrap_err();
    assert!(matches!(error, MoveError::Unreachable { side: Side::Destination, .. }), "{error}");
    assert!(error.whole_side());
    assert_eq!(source.record().of(PathClass::Export).count(), 0);
    drop(scratch);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_says_continue_gets_the_body_all_the_same() {
    let world = World::with(34, vec![messages("ann", 5)]).await;
    world.habits(|knobs| knobs.continues = false);
    let relay = world.relay_with(|manner| manner.stall = Duration::from_secs(3));
    clean(&world.attempt(&relay, "ann", 1, None).await.unwrap());
    world.assert_moved("ann");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_mailboxes_at_once_share_one_token_and_never_meet() {
    let accounts =
        Population::Listed((0..8).map(|number| Sized::bytes(&format!("u{number}"), 300_000)).collect());
    println!("seed 35");
    let world = World::of(Config { accounts, seed: 35, speed: 50.0, ..Config::default() }).await;
    let relay = Arc::new(world.relay());
    let moves = (0..8).map(|number| {
        let relay = Arc::clone(&relay);
        tokio::spawn(async move {
            let (_orders, told) = watch::channel(Order::Go);
            relay.carry(job(&format!("u{number}"), 1, None), told, Arc::new(Counters::default())).await
        })
    });
    for one in moves.collect::<Vec<_>>() {
        clean(&one.await.unwrap().unwrap());
    }
    for number in 0..8 {
        world.assert_moved(&format!("u{number}"));
    }
    assert_eq!((world.source.record().logins, world.destination.record().logins), (1, 1));
}
