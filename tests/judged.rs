//! What a destination says once a mailbox has been sent, and when that is not believed: answers no lab would give.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering::Relaxed},
};

use zmpace::{
    control::{event::Retry, sample::Side},
    lab::Sized,
    zimbra::{
        MoveError,
        directory::{self, FolderCount},
        transfer::Relay,
    },
};

use crate::{
    puppet::{self, Puppet},
    world::{PASSWORD, World, address},
};

/// From the world's source into a puppet.
fn into(world: &World, puppet: &Puppet) -> Relay {
    Relay::new(world.server(Side::Source, PASSWORD), puppet.server(Side::Destination), World::manner())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_200_that_does_not_say_what_became_of_the_items_is_no_success() {
    let world = World::with(41, vec![Sized::messages("ann", 12, 60_000)]).await;
    for page in ["", "<html><title>Please log in</title></html>", "window.parent.zmpace('perhaps');\n"] {
        let puppet = Puppet::answering(puppet::page(200, page), puppet::empty_mailboxes).await;
        let error = world.attempt(&into(&world, &puppet), "ann", 1, Some(0)).await.expect_err(page);
        assert!(matches!(error, MoveError::Garbled { side: Side::Destination, .. }), "{page:?}: {error}");
        assert!(!puppet.uploaded().is_empty(), "it had been sent: {page:?}");
    }
}

/// A nothing-there for exports, and for folders what `folders` says at each look.
async fn destination(folders: impl Fn() -> String + Send + Sync + 'static) -> Puppet {
    Puppet::playing(move |head, body| {
        if head.starts_with("GET ") {
            b"HTTP/1.1 204 Nothing\r\nConnection: close\r\n\r\n".to_vec()
        } else if body.contains("<GetFolderRequest") {
            puppet::soap(&format!("<GetFolderResponse>{}</GetFolderResponse>", folders()))
        } else {
            puppet::empty_mailboxes(head, body)
        }
    })
    .await
}

/// As a server lists it, with this many more items than there are.
fn listed((path, count): (&String, &FolderCount), more: u64) -> String {
    let view = if count.mail { "message" } else { "contact" };
    let items = count.items + if path == "/Inbox" { more } else { 0 };
    format!("<folder absFolderPath=\"{path}\" view=\"{view}\" n=\"{items}\" s=\"{}\"/>", count.bytes)
}

/// An attempt before broke off, and the destination goes on with it after this one has been answered.
#[tokio::test(flavor = "multi_thread")]
async fn after_an_attempt_that_broke_off_a_mailbox_is_judged_once_it_stands_still() {
    let world = World::with(42, vec![Sized::messages("ann", 12, 60_000)]).await;
    let held = directory::folders(&world.server(Side::Source, PASSWORD), &address("ann")).await.unwrap();
    for (growth, differences) in [(0, 0), (3, 3)] {
        let (held, looks) = (held.clone(), Arc::new(AtomicU32::new(0)));
        // Two looks before anything is sent, one that agrees, and from then on what came late.
        let puppet = destination(move || match looks.fetch_add(1, Relaxed) {
            0 | 1 => "<folder absFolderPath=\"/\" n=\"0\" s=\"0\"/>".to_owned(),
            2 => held.iter().map(|folder| listed(folder, 0)).collect(),
            _ => held.iter().map(|folder| listed(folder, growth)).collect(),
        })
        .await;
        let receipt = world.attempt(&into(&world, &puppet), "ann", 2, Some(0)).await.unwrap();
        assert_eq!(receipt.differences, differences, "{growth} more: {:?}", receipt.notes);
    }
}

/// Which contacts are there already is read from the destination: half of the answer would double the other half.
#[tokio::test(flavor = "multi_thread")]
async fn an_export_of_the_destinations_contacts_that_is_cut_short_is_not_taken_for_all() {
    let world = World::with(43, vec![Sized::messages("ann", 12, 60_000)]).await;
    let server = world.server(Side::Source, PASSWORD);
    let token = server.token().await.unwrap();
    let path = format!("/service/home/{}?fmt=tar", address("ann"));
    let archive = server.get(&path, &token).send().await.unwrap().bytes().await.unwrap();
    let half = Mutex::new(archive[..archive.len() / 2 / 512 * 512].to_vec());
    let puppet = Puppet::playing(move |head, body| {
        if !head.starts_with("GET ") {
            return puppet::empty_mailboxes(head, body);
        }
        let half = half.lock().unwrap();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", half.len());
        [head.into_bytes(), half.clone()].concat()
    })
    .await;
    let error = world.attempt(&into(&world, &puppet), "ann", 2, Some(0)).await.unwrap_err();
    assert!(matches!(error, MoveError::Garbled { side: Side::Destination, .. }), "{error}");
    assert_ne!(error.retry(), Retry::Permanent);
    assert!(puppet.uploaded().is_empty(), "nothing was sent");
}
