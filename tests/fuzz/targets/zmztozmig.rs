//! zmztozmig's configuration, which becomes settings whatever stands in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zmpace::settings::{of_text, zmztozmig::translate};

fuzz_target!(|input: &[u8]| {
    let out = translate(&String::from_utf8_lossy(input), "accounts.txt");
    assert!(of_text(&out.toml).is_ok(), "not settings: {}", out.toml);
});
