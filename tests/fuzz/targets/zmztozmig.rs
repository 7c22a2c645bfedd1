//! zmztozmig's configuration, which becomes settings whatever stands in it.
#![no_main]

use std::{path::Path, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use zmpace::{
    lang::Lang,
    settings::{DEFAULT_PROFILE, layers::Layers, zmztozmig::translate},
};

static DEFAULTS: LazyLock<Layers> = LazyLock::new(|| Layers::new(DEFAULT_PROFILE).unwrap());

fuzz_target!(|input: &[u8]| {
    let out = translate(&String::from_utf8_lossy(input), Path::new("zmpace.toml"), Lang::En);
    let mut layers = DEFAULTS.clone();
    let settled = layers.file("translated", &out.toml).and_then(|()| layers.settle());
    assert!(settled.is_ok(), "not settings: {}", out.toml);
});
