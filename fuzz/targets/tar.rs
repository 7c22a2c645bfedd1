//! An export as it comes, in pieces whose length its first byte says.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zmpace::zimbra::archive::{
    checker::{Broken, Checker},
    wire::{Unpacker, Wire},
};

fuzz_target!(|input: &[u8]| {
    let Some((first, input)) = input.split_first() else { return };
    let (mut unpacker, mut checker) = (Unpacker::new(Wire::Tar), Checker::new(64 << 10));
    let mut ready = Vec::new();
    for piece in input.chunks(1 + 16 * usize::from(*first)) {
        if unpacker.feed::<Broken>(piece, |bytes| checker.feed(bytes, &mut ready)).is_err() {
            return;
        }
        ready.clear();
    }
    let _ = unpacker.finish::<Broken>(|bytes| checker.feed(bytes, &mut ready));
    let _ = checker.finish();
});
