//! The page that answers an import, in any framing of HTTP.
#![no_main]

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use zmpace::zimbra::answer::{read_answer, read_head};

thread_local! {
    static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
}

fuzz_target!(|input: &[u8]| {
    RUNTIME.with(|runtime| {
        runtime.block_on(async {
            let (mut reader, mut buffer) = (input, BytesMut::new());
            let head = read_head(&mut reader, &mut buffer).await.ok();
            let answer = read_answer(&mut reader, buffer, head).await;
            assert!(answer.map_or(0, |answer| answer.page.len()) <= 1 << 20);
        });
    });
});
