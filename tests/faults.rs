//! What goes wrong on the way, one fault a test: the error names its side and class, and after a retry the
//! destination holds every item once, with its content.

use zmpace::{
    control::{event::Retry, sample::Side},
    lab::{Fault, FaultKind},
    zimbra::MoveError,
};

use crate::world::{World, address, three};

#[tokio::test(flavor = "multi_thread")]
async fn mailboxes_of_every_kind_arrive_item_for_item() {
    let world = World::with(11, three()).await;
    for name in ["ann", "bob", "eve"] {
        let receipt = world.carry(name).await.unwrap();
        assert_eq!(receipt.differences, 0, "{:?}", receipt.notes);
        world.assert_moved(name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_cut_inside_an_entry_is_finished_by_the_next_attempt() {
    let world = World::with(12, three()).await;
    let fault = FaultKind::CutInsideEntry { after_bytes: 300_000 };
    let error = world.carry_after(Side::Source, "ann", fault).await;
    assert_eq!((error.side(), error.retry()), (Some(Side::Source), Retry::BackOff), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_too_small_is_no_success() {
    let world = World::with(13, three()).await;
    world.destination.set_quota(&address("ann"), 200_000);
    let error = world.carry("ann").await.unwrap_err();
    assert!(matches!(error, MoveError::Quota { .. }), "{error}");
    assert_eq!(error.retry(), Retry::Permanent);
    assert!(error.next().contains("zimbraMailQuota"));
    world.source.inject(&address("bob"), Fault::once(FaultKind::Export500));
    assert!(world.carry("bob").await.is_err());
}
