//! What a server answers to a SOAP request.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zmpace::zimbra::soap;

fuzz_target!(|input: &[u8]| {
    let mut rows = 0;
    let _ = soap::read(input, Some("account"), &mut |_| rows += 1);
    assert!(rows <= input.len());
});
