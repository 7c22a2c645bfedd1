//! Whatever comes in from outside, nothing panics, hangs or grows without bound: answers, archives, counters
//! and settings made of noise, of real ones damaged at random, and of bombs.
//!
//! Cases are drawn from a seed that is printed when one fails.

use std::{io::Write as _, path::Path};

use bytes::BytesMut;
use fastrand::Rng;
use zmpace::{
    control::{
        sample::Side,
        timetable::{Hours, Timetable},
    },
    probe::{Watch, known_hosts::KnownHosts, proc::Counters},
    settings::{DEFAULT_PROFILE, layers::Layers},
    zimbra::{
        answer::{read_answer, read_head},
        archive::{
            checker::{Broken, Checker},
            wire::{Unpacker, Wire},
        },
        plan::parse_accounts,
        soap,
    },
};

/// Cases of each target: `ZMPACE_FUZZ_CASES` for a longer look.
fn cases() -> u64 {
    std::env::var("ZMPACE_FUZZ_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(3_000)
}

/// Feeds `target` with noise and with damaged copies of `samples`; a panic names its seed.
fn fuzz(samples: &[Vec<u8>], target: impl Fn(&mut Rng, &[u8]) + std::panic::RefUnwindSafe) {
    for seed in 0..cases() {
        let mut dice = Rng::with_seed(seed);
        let input = damaged(&mut dice, samples);
        let outcome = std::panic::catch_unwind(|| target(&mut Rng::with_seed(seed), &input));
        assert!(
            outcome.is_ok(),
            "seed {seed}: {:?}",
            String::from_utf8_lossy(&input[..input.len().min(500)])
        );
    }
}

/// A sample with some of it flipped, cut, doubled or replaced; or nothing but noise.
fn damaged(dice: &mut Rng, samples: &[Vec<u8>]) -> Vec<u8> {
    if dice.u32(0..8) == 0 {
        return (0..dice.usize(0..2_000)).map(|_| dice.u8(..)).collect();
    }
    let mut bytes = samples[dice.usize(..samples.len())].clone();
    for _ in 0..dice.u32(0..6) {
        if bytes.is_empty() {
            break;
        }
        let (at, to) = (dice.usize(..bytes.len()), dice.usize(..bytes.len()));
        let (from, until) = (at.min(to), at.max(to).min(at.min(to) + 600));
        match dice.u32(0..7) {
            0 => bytes.truncate(at),
            1 => bytes[at] ^= 1 << dice.u32(0..8),
            2 => bytes[at] = dice.u8(..),
            3 => drop(bytes.drain(from..until)),
            4 => {
                let piece = bytes[from..until].to_vec();
                bytes.splice(at..at, piece);
            }
            5 => {
                let odd: &[&[u8]] =
                    &[b"<", b">", b"&", b"\0", b"99999999999999999999", b"-1", b"]]>", b"NaN", b"\xff"];
                bytes.splice(at..at, odd[dice.usize(..odd.len())].iter().copied());
            }
            _ => {
                let end = (at + 8).min(bytes.len());
                bytes[at..end].fill(dice.u8(..));
            }
        }
    }
    bytes
}

#[test]
fn soap_answers() {
    let samples = [
        "<soap:Envelope xmlns:soap=\"x\"><soap:Header><context/></soap:Header><soap:Body><AuthResponse><authToken>0_ab_6578703d</authToken><lifetime>43200000</lifetime></AuthResponse></soap:Body></soap:Envelope>",
        "<soap:Envelope><soap:Body><soap:Fault><soap:Code><soap:Value>s</soap:Value></soap:Code><soap:Reason><soap:Text>no &lt;such&gt; &#65;</soap:Text></soap:Reason><soap:Detail><Error><Code>service.AUTH_EXPIRED</Code></Error></soap:Detail></soap:Fault></soap:Body></soap:Envelope>",
        "<E><Body><R more=\"0\"><account name=\"a@b\" id=\"1\"><a n=\"k\"><![CDATA[v]]></a></account><!-- x --><account/></R></Body></E>",
    ]
    .map(|text| text.as_bytes().to_vec());
    fuzz(&samples, |_, input| {
        let mut rows = 0;
        let _ = soap::read(input, Some("account"), &mut |_| rows += 1);
        assert!(rows <= input.len());
    });
}

#[test]
fn xml_bombs_cost_what_they_weigh() {
    let lol =
        "<!DOCTYPE l [<!ENTITY a \"lol\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><E><Body>&b;</Body></E>";
    let system = "<!DOCTYPE l [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><E><Body>&a;</Body></E>";
    let deep = "<a>".repeat(500_000);
    let wide = format!("<E {}/>", (0..50_000).fold(String::new(), |all, n| all + &format!("a{n}=\"x\" ")));
    for bomb in [lol, system, &deep] {
        assert!(soap::read(bomb.as_bytes(), None, &mut |_| {}).is_err());
    }
    let begun = std::time::Instant::now();
    let _ = soap::read(wide.as_bytes(), None, &mut |_| {});
    assert!(begun.elapsed().as_secs() < 20, "attributes are not to be compared with one another for ever");
}

#[test]
fn the_answer_to_an_import() {
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5a\r\n<html>\n<head>\n</head>\n<body onload='onLoad();'>\n<script>\nfunction onLoad() {\n    window.parent.\r\n2a\r\nzmpace('warn',{\"Code\":{\"Value\":\"soap:Sender\"\r\n0\r\n\r\n";
    let plain = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 12\r\nRetry-After: 7\r\n\r\n<html></html>";
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let runtime = std::panic::AssertUnwindSafe(runtime);
    fuzz(&[page.into(), plain.into(), b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()], |_, input| {
        runtime.block_on(async {
            let (mut reader, mut buffer) = (input, BytesMut::new());
            let head = read_head(&mut reader, &mut buffer).await.ok();
            let answer = read_answer(&mut reader, buffer, head).await;
            assert!(answer.map_or(0, |answer| answer.page.len()) <= 1 << 20);
        });
    });
}

/// A small archive as an export writes it.
fn archive() -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut add = |name: &str, body: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(body.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, name, body).unwrap();
    };
    for number in 0..6 {
        let body = format!("Subject: {number}\r\n\r\n{}", "text ".repeat(number * 60));
        let meta = format!(
            "{{\"type\":5,\"id\":{},\"Path\":\"/Inbox/\",\"size\":{},\"metadata\":\"d3:fldd1:a1:bee\"}}",
            257 + number,
            body.len()
        );
        add(&format!("Inbox/{number}.eml.meta"), meta.as_bytes());
        add(&format!("Inbox/{number}.eml"), body.as_bytes());
    }
    add("Inbox/odd.eml.err", b"");
    tar.into_inner().unwrap()
}

fn unpack(dice: &mut Rng, wire: Wire, input: &[u8]) {
    let mut unpacker = Unpacker::new(wire);
    let mut checker = Checker::new(64 << 10);
    let (mut ready, mut rest) = (Vec::new(), input);
    while !rest.is_empty() {
        let (piece, more) = rest.split_at(dice.usize(1..4_000).min(rest.len()));
        rest = more;
        if unpacker.feed::<Broken>(piece, |bytes| checker.feed(bytes, &mut ready)).is_err() {
            return;
        }
        ready.clear();
    }
    let _ = unpacker.finish::<Broken>(|bytes| checker.feed(bytes, &mut ready));
    assert!(checker.finish().items < 100_000);
}

#[test]
fn archives() {
    let plain = archive();
    fuzz(std::slice::from_ref(&plain), |dice, input| unpack(dice, Wire::Tar, input));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&plain).unwrap();
    fuzz(&[packed.finish().unwrap()], |dice, input| unpack(dice, Wire::Tgz, input));
}

/// A gigabyte of nothing, packed: it is read piece by piece and never held.
#[test]
fn a_gzip_bomb_is_read_in_bounded_memory() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..1_024 {
        packed.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = packed.finish().unwrap();
    assert!(bomb.len() < 2 << 20);
    let mut unpacker = Unpacker::new(Wire::Tgz);
    let mut largest = 0;
    for piece in bomb.chunks(64 << 10) {
        unpacker
            .feed::<Broken>(piece, |bytes| {
                largest = largest.max(bytes.len());
                Ok(())
            })
            .unwrap();
    }
    // A slice of 4 KiB grows a thousandfold at most.
    assert!(largest <= 8 << 20, "{largest} bytes at once");
}

#[test]
fn counters_of_a_machine() {
    let mut samples = Vec::new();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/proc");
    collect(&fixtures, &mut samples);
    samples.push(b"cpu  1 2 3 4 5 6 7 8 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n".to_vec());
    let sound = |text: &Vec<u8>| Counters::parse(&String::from_utf8_lossy(text)).ok();
    let earlier: Vec<Counters> = samples.iter().filter_map(sound).collect();
    fuzz(&samples, |_, input| {
        let Ok(now) = Counters::parse(&String::from_utf8_lossy(input)) else { return };
        for then in &earlier {
            let rates = now.since(then, Side::Source, &Watch::default());
            let busy = rates.ok().and_then(|sample| sample.cpu).map_or(0.0, |cpu| cpu.busy);
            assert!((0.0..=1.0).contains(&busy), "a processor busy for {busy} of its time");
        }
    });
    let hosts = b"[h]:22 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==\n@revoked * ssh-rsa AAAA\n|1|abc=|def= ssh-rsa AA\n";
    fuzz(&[hosts.to_vec()], |_, input| {
        let known = KnownHosts::parse(&String::from_utf8_lossy(input));
        let _ = known.judge("h", 22, b"key");
    });
}

#[test]
fn windows_and_dates() {
    // The hour before Berlin's clocks go back, and the one before they go forward.
    let moments = [1_792_886_400_000, 1_774_744_200_000];
    let samples = [
        "Mon-Fri 22:00-05:30; Sat-Sun 00:00-24:00\n2026-12-24 2026-12-31..2027-01-02",
        "02:30-02:45, 01:59-03:01\n2026-10-25",
        "Sun 23:59-00:00\n",
    ]
    .map(|text| text.as_bytes().to_vec());
    fuzz(&samples, |_, input| {
        let text = String::from_utf8_lossy(input);
        let (window, blackout) = text.split_once('\n').unwrap_or((&text, ""));
        let blackout = blackout.split_whitespace().map(str::to_owned).collect();
        let timezone = "Europe/Berlin".to_owned();
        let hours = Hours { window: window.to_owned(), timezone, blackout, ..Hours::default() };
        let Ok(table) = Timetable::new(&hours) else { return };
        for moment in moments {
            let now = table.at(moment);
            assert!(now.until_ms.is_none_or(|until| until > moment), "a stretch that is over");
            assert!(now.since_ms.is_none_or(|since| since <= moment), "one that has not begun");
            assert!(table.nights(moment).iter().all(|(from, to)| from < to), "a night without length");
        }
        let _ = table.calendar();
    });
}

fn collect(folder: &Path, samples: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => collect(&path, samples),
            path => samples.extend(std::fs::read(path).ok()),
        }
    }
}

#[test]
fn settings_and_lists() {
    let file = b"[source]\nhost = \"a\"\nport = 7071\n[law]\nlimit = { fixed = 3 }\n[law.retries]\nbase_s = 1e308\n[plan]\ndomain_map = { a = \"b\" }\n";
    fuzz(&[file.to_vec(), DEFAULT_PROFILE.as_bytes().to_vec()], |_, input| {
        let mut layers = Layers::new(DEFAULT_PROFILE).unwrap();
        if layers.file("zmpace.toml", &String::from_utf8_lossy(input)).is_ok() {
            let _ = layers.settle();
        }
    });
    fuzz(&[b"a@b,c@d # x\n\xef\xbb\xbfsource,target\n\"q\"@r\n".to_vec()], |_, input| {
        let _ = parse_accounts(&String::from_utf8_lossy(input));
    });
}
