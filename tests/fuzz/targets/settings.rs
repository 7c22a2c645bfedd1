//! A settings file over the compiled-in profile, and a list of accounts.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use zmpace::{
    settings::{DEFAULT_PROFILE, Surroundings, checked, layers::Layers},
    zimbra::plan::parse_accounts,
};

static DEFAULTS: LazyLock<Layers> = LazyLock::new(|| Layers::new(DEFAULT_PROFILE).unwrap());

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let _ = parse_accounts(&text);
    let mut layers = DEFAULTS.clone();
    if layers.file("zmpace.toml", &text).is_ok() {
        let _ = checked(layers, &Surroundings::default());
    }
});
