//! An export, `tar` or `tgz`, in pieces: its first byte says which and how long they are. How it is cut into pieces
//! must not change what is found in it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zmpace::zimbra::archive::{
    checker::{Broken, Checker, Facts},
    wire::{Unpacker, Wire},
};

/// What is found in it, and whether it was read to its end.
fn read(wire: Wire, input: &[u8], piece: usize) -> (Facts, bool) {
    let (mut unpacker, mut checker) = (Unpacker::new(wire), Checker::new(64 << 10));
    let mut ready = Vec::new();
    let mut whole = true;
    for piece in input.chunks(piece) {
        whole = whole && unpacker.feed::<Broken>(piece, |bytes| checker.feed(bytes, &mut ready)).is_ok();
    }
    whole = whole && unpacker.finish::<Broken>(|bytes| checker.feed(bytes, &mut ready)).is_ok();
    let facts = checker.finish();
    let counted = ready.iter().filter(|item| item.counts()).count();
    assert_eq!(counted as u64, facts.items, "what is handed on is what is counted");
    (facts, whole)
}

fuzz_target!(|input: &[u8]| {
    let Some((first, input)) = input.split_first() else { return };
    let wire = if first & 1 == 0 { Wire::Tar } else { Wire::Tgz };
    let (cut, whole) = read(wire, input, 1 + 8 * usize::from(first >> 1));
    let (at_once, also) = read(wire, input, usize::MAX);
    // What came before a fault may differ: inflating tells it a piece later.
    assert!(whole == also && (!whole || cut == at_once), "{cut:?} {whole}\n{at_once:?} {also}");
});
