//! Windows and blackout dates as people write them, asked about a moment of the year.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zmpace::control::timetable::{Hours, Timetable};

/// The hour before Berlin's clocks go back in 2026.
const AUTUMN_MS: i64 = 1_792_886_400_000;

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let (window, blackout) = text.split_once('\n').unwrap_or((&text, ""));
    let blackout = blackout.split_whitespace().map(str::to_owned).collect();
    let hours = Hours {
        window: window.to_owned(),
        timezone: "Europe/Berlin".to_owned(),
        blackout,
        ..Hours::default()
    };
    let Ok(table) = Timetable::new(&hours) else { return };
    let now = table.at(AUTUMN_MS);
    assert!(now.until_ms.is_none_or(|until| until > AUTUMN_MS), "a stretch that is over: {text:?}");
    assert!(now.since_ms.is_none_or(|since| since <= AUTUMN_MS), "one that has not begun: {text:?}");
    let nights = table.nights(AUTUMN_MS);
    assert!(nights.iter().all(|(from, to)| from < to), "a night without length: {text:?}");
    let _ = (table.longest_ms(AUTUMN_MS), table.opens(AUTUMN_MS), table.calendar());
});
