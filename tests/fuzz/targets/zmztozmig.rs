//! zmztozmig's configuration, which becomes settings whatever stands in it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use zmpace::settings::{DEFAULT_PROFILE, layers::Layers, zmztozmig::translate};

static DEFAULTS: LazyLock<Layers> = LazyLock::new(|| Layers::new(DEFAULT_PROFILE).unwrap());

fuzz_target!(|input: &[u8]| {
    let out = translate(&String::from_utf8_lossy(input), "accounts.txt");
    let mut layers = DEFAULTS.clone();
    let settled = layers.file("translated", &out.toml).and_then(|()| layers.settle());
    assert!(settled.is_ok(), "not settings: {}", out.toml);
});
