//! Ends in the middle of an upload: kills, parking, and what they leave on the destination.
//!
//! The lab reads uploads with the real server's flaw: broken at the wrong byte, its import runs away or
//! glues a message to a foreign tail. Nothing here may set that off.

use std::{
    sync::{Arc, atomic::Ordering::Relaxed},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
    task::JoinHandle,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use zmpace::{
    control::{
        event::{Receipt, Retry},
        sample::Side,
    },
    lab::Sized,
    zimbra::{
        Counters, MoveError, Mover, Order,
        tls::{self, Tls, Trust},
        transfer::Relay,
    },
};

use crate::{
    puppet::{self, Puppet},
    world::{PASSWORD, World, address, job, until},
};

/// A move that runs by itself.
struct Moving {
    orders: watch::Sender<Order>,
    counters: Arc<Counters>,
    task: JoinHandle<Result<Receipt, MoveError>>,
}

fn begin(relay: &Arc<Relay>, name: &str, attempt: u32, baseline: Option<u64>) -> Moving {
    let (orders, told) = watch::channel(Order::Go);
    let counters = Arc::new(Counters::default());
    let (relay, job, its) = (Arc::clone(relay), job(name, attempt, baseline), Arc::clone(&counters));
    let task = tokio::spawn(async move { relay.carry(job, told, its).await });
    Moving { orders, counters, task }
}

/// Waits until there is a value and it stays the same for a while: what was on its way has come.
async fn at_rest<T: PartialEq>(what: &str, mut value: impl FnMut() -> Option<T>) -> T {
    let mut seen = (None, Instant::now());
    until(what, || {
        let now = value();
        if now.is_none() || now != seen.0 {
            seen = (now, Instant::now());
        }
        seen.1.elapsed() > Duration::from_millis(300)
    })
    .await;
    seen.0.unwrap()
}

/// Slows the destination's imports to so many real bytes a second (labs here run at speed 50).
fn slow(world: &World, bytes_per_s: f64) {
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = Some(bytes_per_s / 1e6 / 50.0));
}

/// Small mail: what runs away most easily.
fn small(name: &str) -> Sized {
    Sized::messages(name, 400, 1_200_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_a_mailbox_is_whole_after_the_next_attempts() {
    let world = World::with(61, vec![small("ann")]).await;
    slow(&world, 2_500_000.0);
    let mut dice = fastrand::Rng::with_seed(61);
    let mut struck = 0;
    for round in 1..=10 {
        let relay = Arc::new(world.relay());
        let moving = begin(&relay, "ann", round, Some(0));
        let sent = moving.counters.sent_bytes.load(Relaxed);
        let until_bytes = sent + dice.u64(1..900_000);
        until("bytes move, or it is over", || {
            moving.counters.sent_bytes.load(Relaxed) >= until_bytes || moving.task.is_finished()
        })
        .await;
        struck += u32::from(!moving.task.is_finished());
        moving.task.abort();
        world.imports_ended().await;
        assert_eq!(world.destination.record().runaways, 0, "round {round}");
    }
    assert!(struck >= 5, "only {struck} kills struck");
    world.finish("ann").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_inside_a_large_item_the_item_is_whole_all_the_same() {
    let world = World::with(62, vec![Sized::messages("gus", 2, 24_000_000)]).await;
    slow(&world, 20_000_000.0);
    let relay = Arc::new(world.relay());
    let moving = begin(&relay, "gus", 1, Some(0));
    // Well inside the first item, which lies in a temporary file.
    until("the item is on its way", || moving.counters.sent_bytes.load(Relaxed) > 9_000_000).await;
    assert!(!moving.task.is_finished());
    moving.task.abort();
    world.imports_ended().await;
    let arrived = world.arrived("gus").items;
    assert!(!arrived.is_empty() && arrived.iter().all(zmpace::lab::ItemView::is_sound), "{}", arrived.len());
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = None);
    world.finish("gus").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parked_nothing_moves_and_then_all_of_it_does() {
    let world = World::with(63, vec![small("ann")]).await;
    slow(&world, 1_500_000.0);
    let relay = Arc::new(world.relay());
    let moving = begin(&relay, "ann", 1, None);
    for stop in [150_000, 500_000] {
        until("some mail has moved", || moving.counters.sent_bytes.load(Relaxed) > stop).await;
        moving.orders.send_replace(Order::Park);
        until("it is parked", || moving.counters.parked.load(Relaxed)).await;
        // What still lay before the socket goes out, and all of it arrives although nothing follows: the filler pushed
        // it there.
        let arrived = || world.arrived("ann").items.len() as u64;
        let stored = || Some(arrived()).filter(|stored| *stored == moving.counters.sent_items.load(Relaxed));
        let sent = at_rest("what was sent is stored", stored).await;
        assert!(sent > 0 && sent < 400, "{sent}");
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!((arrived(), moving.counters.sent_items.load(Relaxed)), (sent, sent), "nothing moves");
        assert_eq!(world.destination.record().imports_now, 1, "the connection is held");
        moving.orders.send_replace(Order::Go);
        until("it goes on", || moving.counters.sent_items.load(Relaxed) > sent).await;
        assert!(!moving.counters.parked.load(Relaxed));
    }
    let receipt = moving.task.await.unwrap().unwrap();
    assert_eq!((receipt.differences, receipt.items), (0, 400), "{:?}", receipt.notes);
    world.assert_moved("ann");
    assert_eq!(world.destination.record().imports_high, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn parked_or_not_the_stream_stands_on_a_safe_spot_often() {
    let world = World::with(64, vec![Sized::messages("ann", 3_000, 14_000_000)]).await;
    world.source.set_knobs(|knobs| knobs.export_stream_mb_per_s = Some(0.3)); // 15 MB a real second
    let puppet = Puppet::playing(puppet::empty_mailboxes).await;
    let relay = Arc::new(Relay::new(
        world.server(Side::Source, PASSWORD),
        puppet.server(Side::Destination),
        World::manner(),
    ));
    let moving = begin(&relay, "ann", 1, None);
    let mut spots = Vec::new();
    for stop in [1_000_000, 2_000_000, 3_500_000] {
        until("some mail has moved", || moving.counters.sent_bytes.load(Relaxed) > stop).await;
        moving.orders.send_replace(Order::Park);
        until("it is parked", || moving.counters.parked.load(Relaxed)).await;
        let there = at_rest("all is there", || Some(puppet.uploaded().len() as u64)).await;
        assert!(there > stop && there % 10_240 == 0, "{there}: a break here does no harm");
        spots.push(there);
        moving.orders.send_replace(Order::Go);
    }
    let _ = moving.task.await.unwrap().unwrap();
    let whole = puppet.uploaded();
    // A filler is due with the first item that ends 4 MiB after the last one. None is seen where a spot is reached
    // without.
    let (mut fillers, mut before, mut due) = (0, 0, false);
    for (name, end) in entries(&whole) {
        if name.starts_with("__MACOSX/") {
            assert_eq!(end % 10_240, 0, "a filler that ends nowhere");
            (before, due) = (end, false);
            fillers += 1;
        } else if spots.contains(&end) {
            (before, due) = (end, false);
            fillers += 1;
        }
        assert!(!due, "{name}: more than 4 MiB since {before} without a filler");
        if name.contains(".eml") && !name.contains(".meta") && end - before >= 4 << 20 {
            due = end % 10_240 > 0;
            before = end;
        }
    }
    assert!(fillers >= 3 + 2, "{fillers} fillers in {} bytes", whole.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_ends_gracefully_and_goes_on_another_day() {
    let world = World::with(65, vec![small("ann"), small("bob")]).await;
    slow(&world, 1_500_000.0);
    for (name, parked) in [("ann", false), ("bob", true)] {
        let relay = Arc::new(world.relay());
        let moving = begin(&relay, name, 1, None);
        until("some mail has moved", || moving.counters.sent_bytes.load(Relaxed) > 200_000).await;
        if parked {
            moving.orders.send_replace(Order::Park);
            until("it is parked", || moving.counters.parked.load(Relaxed)).await;
        }
        moving.orders.send_replace(Order::Stop);
        let error = moving.task.await.unwrap().unwrap_err();
        assert!(matches!(error, MoveError::Stopped), "{error}");
        assert_eq!(error.retry(), Retry::BackOff);
        // It has waited for the answer: the upload ended in order.
        let record = world.destination.record();
        assert_eq!((record.imports_now, record.runaways), (0, 0));
        let last =
            record.requests.iter().rfind(|seen| seen.account.as_deref() == Some(&address(name))).unwrap();
        assert_eq!(last.status, 200);
        let stored = world.arrived(name).items.len();
        assert!(stored > 0 && stored < 400, "{stored}");
    }
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = None);
    for name in ["ann", "bob"] {
        world.finish(name).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_grows_by_itself_is_set_aside() {
    let world = World::with(66, vec![small("ann")]).await;
    let cut = find_runaway(&world).await;
    // The same once more, slowly and for long: about 200 stored copies a second.
    world.destination.set_knobs(|knobs| (knobs.hazard_limit, knobs.hazard_per_s) = (1_000_000, 4.0));
    let mut wire = open(&world, "ann", "reset").await;
    wire.send(&cut).await;
    wire.end().await;
    let stored = || world.arrived("ann").items.len();
    until("it has run away", || stored() > 450).await;
    let relay = Arc::new(world.relay_with(|manner| manner.runaway = Duration::from_secs(1)));
    let imports = world.destination.record().imports_high;
    let error = begin(&relay, "ann", 2, Some(0)).task.await.unwrap().unwrap_err();
    assert!(matches!(error, MoveError::Runaway { .. }), "{error}");
    assert_eq!((error.retry(), error.side()), (Retry::Operator, Some(Side::Destination)));
    assert!(error.next().contains("zmmailboxdctl restart"), "{}", error.next());
    assert_eq!(world.destination.record().imports_high, imports, "nothing was sent into it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_waits_until_the_destination_stands_still() {
    let world = World::with(67, vec![small("ann")]).await;
    // Everything is sent and the client gone, but the destination still stores what it has in its buffers.
    slow(&world, 400_000.0);
    let relay = Arc::new(world.relay());
    let moving = begin(&relay, "ann", 1, Some(0));
    until("some mail has moved", || moving.counters.sent_bytes.load(Relaxed) > 300_000).await;
    moving.task.abort();
    let relay = Arc::new(world.relay());
    let second = begin(&relay, "ann", 2, Some(0));
    world.imports_ended().await;
    world.destination.set_knobs(|knobs| knobs.import_stream_mb_per_s = None);
    let receipt = second.task.await.unwrap().unwrap();
    assert_eq!(receipt.differences, 0, "{:?}", receipt.notes);
    world.assert_moved("ann");
}

/// Names of a tar's entries, and where each ends.
fn entries(tar: &[u8]) -> Vec<(String, u64)> {
    let mut archive = tar::Archive::new(tar);
    archive
        .entries()
        .unwrap()
        .map_while(Result::ok)
        .map(|entry| {
            let end = entry.raw_file_position() + entry.size().next_multiple_of(512);
            (String::from_utf8_lossy(&entry.path_bytes()).into_owned(), end)
        })
        .collect()
}

/// The beginning of Ann's archive at which a break makes the import store copies.
async fn find_runaway(world: &World) -> Vec<u8> {
    world.destination.set_knobs(|knobs| (knobs.hazard_limit, knobs.hazard_per_s) = (300, 1e9));
    let archive = download(world, "ann").await;
    let mut dice = fastrand::Rng::with_seed(66);
    for _ in 0..400 {
        let cut = dice.usize(20_000..archive.len() - 20_000);
        let before = world.destination.record().runaways;
        let mut wire = open(world, "ann", "reset").await;
        wire.send(&archive[..cut]).await;
        wire.end().await;
        wire.answer().await;
        world.imports_ended().await;
        if world.destination.record().runaways > before && world.arrived("ann").items.len() > 450 {
            println!("a break after {cut} bytes runs away");
            return archive[..cut].to_vec();
        }
    }
    panic!("no break of 400 made the lab store copies");
}

/// A client without manners.
struct Wire(TlsStream<TcpStream>);

impl Wire {
    async fn to(world: &World, side: Side) -> Self {
        let print = tls::parse_fingerprint(&world.lab(side).fingerprint()).unwrap();
        let tls = Tls::new(Trust::Pinned(vec![print])).unwrap();
        let socket = TcpStream::connect(world.lab(side).address()).await.unwrap();
        let name = rustls::pki_types::ServerName::try_from("127.0.0.1").unwrap();
        Self(TlsConnector::from(tls.config).connect(name, socket).await.unwrap())
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(format!("{:x}\r\n", bytes.len()).as_bytes()).await.unwrap();
        self.0.write_all(bytes).await.unwrap();
        self.0.write_all(b"\r\n").await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// A proper last chunk, wherever the archive stands.
    async fn end(&mut self) {
        self.0.write_all(b"0\r\n\r\n").await.unwrap();
        self.0.flush().await.unwrap();
    }

    async fn answer(&mut self) {
        let mut one = [0; 1];
        let _ = self.0.read(&mut one).await;
    }
}

async fn open(world: &World, name: &str, resolve: &str) -> Wire {
    let token = world.server(Side::Destination, PASSWORD).token().await.unwrap();
    let mut wire = Wire::to(world, Side::Destination).await;
    let head = format!(
        "POST /service/home/{}?fmt=tar&callback=cb&resolve={resolve} HTTP/1.1\r\nHost: lab\r\nCookie: {}\r\n\
         Transfer-Encoding: chunked\r\n\r\n",
        address(name),
        token.cookie()
    );
    wire.0.write_all(head.as_bytes()).await.unwrap();
    wire
}

async fn download(world: &World, name: &str) -> Vec<u8> {
    let server = world.server(Side::Source, PASSWORD);
    let token = server.token().await.unwrap();
    let path = format!("/service/home/{}?fmt=tar&types=message&query=is:anywhere", address(name));
    server.get(&path, &token).send().await.unwrap().bytes().await.unwrap().to_vec()
}
