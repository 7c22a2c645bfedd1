//! Sign-in, tokens and certificates: what is renewed, what is refused, and what a hostile answer can do.

use std::{sync::Arc, time::Duration};

use zmpace::{
    control::{event::Retry, sample::Side},
    lab::{Config, FaultKind, Population, Sized},
    zimbra::{
        MoveError, Mover as _, directory,
        session::Server,
        tls::{self, Tls, Trust},
        transfer::Relay,
    },
};

use crate::{
    puppet::{self, Puppet, page, signed_in, soap},
    world::{PASSWORD, World, access, address, assert_discreet, three, until},
};

fn messages(name: &str) -> Sized {
    Sized::messages(name, 12, 120_000)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_withdrawn_before_an_export_is_renewed_once() {
    let world = World::with(41, vec![messages("a"), messages("b"), messages("c")]).await;
    let relay = world.relay();
    for (name, logins) in [("a", 1), ("b", 2), ("c", 3)] {
        let receipt = world.attempt(&relay, name, 1, None).await.unwrap();
        assert_eq!(receipt.differences, 0);
        world.assert_moved(name);
        assert_eq!(world.source.record().logins, logins);
        assert_eq!(world.destination.record().logins, 1, "the other side's token is still good");
        world.source.revoke_tokens();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_withdrawn_between_export_and_import_is_renewed_once() {
    let world = World::with(42, vec![messages("ann")]).await;
    let pause = FaultKind::StallBeforeFirstByte(Duration::from_secs(1));
    world.source.inject(&address("ann"), zmpace::lab::Fault::once(pause));
    let (relay, revoke) = (world.relay(), async {
        until("the export has begun", || world.source.record().exports_now == 1).await;
        world.destination.revoke_tokens();
    });
    let (receipt, ()) = tokio::join!(world.attempt(&relay, "ann", 1, None), revoke);
    assert_eq!(receipt.unwrap().differences, 0);
    world.assert_moved("ann");
    let record = world.destination.record();
    assert_eq!((record.logins, record.expired_transfers), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_wear_out_in_the_middle_of_a_night() {
    println!("seed 43");
    let source = Config {
        accounts: Population::Listed((0..12).map(|number| messages(&format!("u{number}"))).collect()),
        seed: 43,
        speed: 50.0,
        token_lifetime: Duration::from_secs(50), // one real second
        ..Config::default()
    };
    let world = World::of(source).await;
    let relay = world.relay();
    for number in 0..12 {
        let receipt = world.attempt(&relay, &format!("u{number}"), 1, None).await.unwrap();
        assert_eq!(receipt.differences, 0);
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    for lab in [&world.source, &world.destination] {
        let record = lab.record();
        assert!((2..=8).contains(&record.logins), "{} logins", record.logins);
        assert_eq!(record.failed_logins, 0);
    }
    for number in 0..12 {
        world.assert_moved(&format!("u{number}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_forgets_good_tokens_is_asked_a_few_times_only() {
    let world = World::with(44, three()).await;
    for side in [Side::Source, Side::Destination] {
        world.lab(side).set_knobs(|knobs| knobs.spurious_expiries = 1);
        assert_eq!(world.carry("ann").await.unwrap().differences, 0);
    }
    for side in [Side::Source, Side::Destination] {
        let before = world.lab(side).record().logins;
        world.lab(side).set_knobs(|knobs| knobs.spurious_expiries = 100_000);
        let error = world.carry("bob").await.unwrap_err();
        assert!(matches!(&error, MoveError::TokenRefused { side: there } if *there == side), "{error}");
        assert_eq!((error.retry(), error.whole_side()), (Retry::Renew, true));
        let logins = world.lab(side).record().logins - before;
        assert!((2..=8).contains(&logins), "{side}: {logins} logins");
        world.lab(side).set_knobs(|knobs| knobs.spurious_expiries = 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_tried_once_whoever_asks() {
    let world = World::with(45, three()).await;
    for side in [Side::Source, Side::Destination] {
        let server = world.server(side, "not-it-at-all");
        let asks = (0..10).map(|_| {
            let server = Arc::clone(&server);
            tokio::spawn(async move { directory::no_op(&server).await })
        });
        for ask in asks.collect::<Vec<_>>() {
            let error = ask.await.unwrap().unwrap_err();
            assert!(matches!(&error, MoveError::SignIn { side: there, .. } if *there == side), "{error}");
            assert!(error.whole_side() && error.retry() == Retry::Operator);
            assert!(error.to_string().starts_with(side.word()), "{error}");
            assert!(error.next().contains("password"), "{}", error.next());
            assert!(!format!("{error} {error:?} {server:?}").contains("not-it-at-all"));
        }
        let record = world.lab(side).record();
        assert_eq!((record.failed_logins, record.logins), (1, 0), "{side}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_changed_in_mid_run_ends_the_side_after_one_try() {
    let world = World::with(46, three()).await;
    let relay = world.relay();
    assert_eq!(world.attempt(&relay, "ann", 1, None).await.unwrap().differences, 0);
    world.source.set_password("changed");
    for _ in 0..3 {
        let error = world.attempt(&relay, "bob", 1, None).await.unwrap_err();
        assert!(matches!(error, MoveError::SignIn { side: Side::Source, .. }), "{error}");
        assert_discreet(&error);
    }
    assert_eq!(world.source.record().failed_logins, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_trusted_for_a_reason_only() {
    let world = World::with(47, vec![messages("ann")]).await;
    let fingerprint = world.source.fingerprint().to_uppercase();
    let client =
        |trust| Server::new(access(Side::Source, &world.source, PASSWORD), Tls::new(trust).unwrap()).unwrap();
    let foreign = tls::parse_fingerprint(&world.destination.fingerprint()).unwrap();
    let foreign_pem = world.destination.certificate_pem().into_bytes();
    for trust in [Trust::System, Trust::Pinned(vec![foreign]), Trust::Authorities(foreign_pem)] {
        println!("{trust:?}");
        let server = client(trust);
        for _ in 0..2 {
            let error = directory::no_op(&server).await.unwrap_err();
            assert!(matches!(error, MoveError::Untrusted { side: Side::Source, .. }), "{error}");
            assert_eq!((error.retry(), error.whole_side()), (Retry::Operator, true));
            assert!(error.to_string().contains(&fingerprint), "{error}");
            assert!(error.next().contains(&fingerprint) && error.next().contains("[source]"));
            assert_discreet(&error);
        }
    }
    assert_eq!(world.source.record().total, 0, "nothing was said to a server nobody trusts");
    let pem = world.source.certificate_pem().into_bytes();
    for trust in [
        Trust::Authorities(pem),
        Trust::Pinned(vec![foreign, tls::parse_fingerprint(&world.source.fingerprint()).unwrap()]),
    ] {
        directory::no_op(&client(trust)).await.unwrap();
    }
    assert!(Tls::new(Trust::Authorities(b"no certificate".to_vec())).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_connection_checks_the_certificate_itself() {
    let world = World::with(48, vec![messages("ann")]).await;
    // Another server has taken the destination's port between two mailboxes.
    let stranger = World::with(49, vec![messages("ann")]).await;
    let wrong = {
        let mut access = access(Side::Destination, &stranger.destination, PASSWORD);
        access.side = Side::Destination;
        let print = tls::parse_fingerprint(&world.destination.fingerprint()).unwrap();
        Arc::new(Server::new(access, Tls::new(Trust::Pinned(vec![print])).unwrap()).unwrap())
    };
    let manner =
        zmpace::zimbra::upload::Patience { connect: Duration::from_secs(20), stall: Duration::from_secs(20) };
    let token = world.server(Side::Destination, PASSWORD).token().await.unwrap();
    let path = format!("/service/home/{}?fmt=tar&callback=zmpace", address("ann"));
    let opened = zmpace::zimbra::upload::Upload::open(
        &wrong,
        &path,
        zmpace::zimbra::archive::wire::Wire::Tar,
        &token,
        manner,
        Arc::default(),
    );
    let Err(error) = opened.await else { panic!("a stranger was let in") };
    assert!(matches!(error, MoveError::Untrusted { side: Side::Destination, .. }), "{error}");
    assert!(error.to_string().contains(&stranger.destination.fingerprint().to_uppercase()), "{error}");
    assert_eq!(stranger.destination.record().total, 0);
}

/// What a server may say instead of an answer.
fn nonsense() -> Vec<(&'static str, Vec<u8>)> {
    let envelope = |inside: &str| soap(inside);
    let whole = String::from_utf8(signed_in()).unwrap();
    vec![
        ("no HTTP", b"\x00\x01\x02 hello\r\n\r\n".to_vec()),
        ("nothing", Vec::new()),
        ("half a head", b"HTTP/1.1 200 OK\r\nContent-Le".to_vec()),
        ("half a body", whole.as_bytes()[..whole.len() - 40].to_vec()),
        ("empty body", page(200, "")),
        ("garbage", page(200, "\u{1}\u{2}<<<>>>&&&")),
        ("plain text", page(200, "It works!")),
        ("a web page", page(200, "<html><head><title>Login</title></head><body><p>hi<br></body></html>")),
        ("JSON", page(200, "{\"Body\":{\"AuthResponse\":{\"authToken\":\"x\"}}}")),
        ("a cut document", page(200, "<soap:Envelope><soap:Body><AuthResponse><authToken>0_a_b")),
        (
            "a document type that grows",
            page(
                200,
                "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">\
                 <!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]><soap:Envelope><soap:Body><x>&c;</x></soap:Body></soap:Envelope>",
            ),
        ),
        ("an entity of its own", envelope("<AuthResponse><authToken>&secret;</authToken></AuthResponse>")),
        ("nested without end", page(200, &"<a>".repeat(200_000))),
        ("no token", envelope("<AuthResponse><lifetime>1000</lifetime></AuthResponse>")),
        (
            "a token with a line end",
            envelope(
                "<AuthResponse><authToken>a&#13;&#10;X: y</authToken><lifetime>1000</lifetime></AuthResponse>",
            ),
        ),
        ("no lifetime", envelope("<AuthResponse><authToken>abc</authToken></AuthResponse>")),
        ("a fault of no kind", envelope("<soap:Fault/>")),
        ("an empty envelope", page(200, "<soap:Envelope/>")),
        (
            "a redirect",
            b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".to_vec(),
        ),
        ("a number that is none", b"HTTP/1.1 2oo OK\r\nContent-Length: 0\r\n\r\n".to_vec()),
        ("500 and garbage", page(500, "\u{7}<title>Out of <b>order</title>")),
        ("404", page(404, "")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_answers_to_a_sign_in_are_errors_of_bounded_size() {
    for (what, answer) in nonsense() {
        let puppet = Puppet::playing(move |_, _| answer.clone()).await;
        let error = directory::no_op(&puppet.server(Side::Source)).await.expect_err(what);
        println!("{what}: {error}");
        assert_eq!(error.side(), Some(Side::Source), "{what}");
        assert!(error.to_string().len() < 1_500, "{what}: {} bytes of error", error.to_string().len());
        assert!(!error.to_string().chars().any(char::is_control), "{what}: {error:?}");
        assert_discreet(&error);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_answers_after_the_sign_in_are_errors_too() {
    for (what, answer) in nonsense() {
        let puppet =
            Puppet::playing(
                move |_, body| {
                    if body.contains("<AuthRequest") { signed_in() } else { answer.clone() }
                },
            )
            .await;
        let server = puppet.server(Side::Destination);
        // Where the answer is well-formed and merely empty, there is nothing in it to be found.
        match directory::folders(&server, &address("ann")).await {
            Ok(folders) => assert!(folders.is_empty(), "{what}"),
            Err(error) => {
                assert_eq!(error.side(), Some(Side::Destination), "{what}");
                assert_discreet(&error);
            }
        }
        let _ = directory::accounts(&server, "old.example").await;
        let _ = directory::domains(&server).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_refused() {
    let puppet = Puppet::playing(|_, body| {
        if body.contains("<AuthRequest") {
            return signed_in();
        }
        let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n<soap:Envelope>".to_vec();
        answer.resize(66 << 20, b' ');
        answer
    })
    .await;
    let error = directory::no_op(&puppet.server(Side::Source)).await.unwrap_err();
    assert!(matches!(error, MoveError::Garbled { .. }), "{error}");
    assert!(error.to_string().contains("larger than 64 MiB"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_plays_along_gets_exactly_what_the_source_sent() {
    let world = World::with(50, vec![Sized::messages("ann", 25, 250_000)]).await;
    let puppet = Puppet::playing(puppet::empty_mailboxes).await;
    let manner = zmpace::zimbra::transfer::Manner { trash_and_junk: false, ..World::manner() };
    let relay = Relay::new(world.server(Side::Source, PASSWORD), puppet.server(Side::Destination), manner);
    let receipt = relay
        .carry(
            crate::world::job("ann", 1, None),
            tokio::sync::watch::channel(zmpace::zimbra::Order::Go).1,
            Arc::default(),
        )
        .await
        .unwrap();
    // It swears success and has stored nothing: the counts tell.
    assert_eq!(receipt.differences, 25, "{:?}", receipt.notes);
    let uploaded = puppet.uploaded();
    let mut archive = tar::Archive::new(uploaded.as_slice());
    let names: Vec<String> = archive
        .entries()
        .unwrap()
        .map(|entry| String::from_utf8_lossy(&entry.unwrap().path_bytes()).into_owned())
        .collect();
    assert_eq!(names.iter().filter(|name| name.contains(".eml") && !name.contains(".meta")).count(), 25);
    assert_eq!(uploaded.len() % 10_240, 0, "a tar ends with a whole block");
}

/// Ours two hours ahead or behind, or set while we run: a token's life is the span that the server states.
#[tokio::test(flavor = "multi_thread")]
async fn clocks_that_do_not_agree_cost_no_sign_ins() {
    for skew_ms in [-7_200_000_i64, 7_200_000, -50_000_000] {
        let logins = Arc::new(std::sync::atomic::AtomicU32::new(0));
        let seen = Arc::clone(&logins);
        let puppet = Puppet::playing(move |_, body| {
            if !body.contains("<AuthRequest") {
                return soap("<NoOpResponse/>");
            }
            seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()
                as i64;
            let data = format!("id=1:x;exp=13:{};type=6:zimbra;", now + 43_200_000 + skew_ms);
            let hex: String = data.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
            soap(&format!(
                "<AuthResponse><authToken>0_{}_{hex}</authToken><lifetime>43200000</lifetime></AuthResponse>",
                "ab".repeat(20)
            ))
        })
        .await;
        let server = puppet.server(Side::Source);
        for _ in 0..5 {
            directory::no_op(&server).await.unwrap();
        }
        assert_eq!(logins.load(std::sync::atomic::Ordering::Relaxed), 1, "skew of {skew_ms} ms");
        assert_eq!(server.token().await.unwrap().lifetime(), Duration::from_hours(12));
    }
}
