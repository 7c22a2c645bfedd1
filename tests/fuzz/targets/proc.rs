//! What a machine says of itself, twice with an empty line between, and what is known of hosts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zmpace::{
    control::sample::Side,
    probe::{Watch, known_hosts::KnownHosts, proc::Counters},
};

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let known = KnownHosts::parse(&text);
    let _ = (known.judge("h", 22, b"key"), known.preferences("h", 22));
    let (then, now) = text.split_once("\n\n").unwrap_or((&text, ""));
    let (Ok(then), Ok(now)) = (Counters::parse(then), Counters::parse(now)) else { return };
    for paths in [vec![], vec!["/opt/zimbra/store".to_owned(), "/".to_owned()]] {
        let Ok(sample) = now.since(&then, Side::Source, &Watch { paths }) else { continue };
        let busy = sample.cpu.map_or(0.0, |cpu| cpu.busy);
        assert!((0.0..=1.0).contains(&busy), "a processor busy for {busy} of its time");
    }
});
