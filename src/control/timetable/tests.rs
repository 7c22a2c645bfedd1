use jiff::civil::DateTime;
use proptest::prelude::*;

use super::*;

fn hours(window: &str, zone: &str, blackout: &[&str]) -> Hours {
    Hours {
        window: window.to_owned(),
        timezone: zone.to_owned(),
        blackout: blackout.iter().map(ToString::to_string).collect(),
        ..Hours::default()
    }
}

fn table(window: &str, zone: &str, blackout: &[&str]) -> Timetable {
    Timetable::new(&hours(window, zone, blackout)).unwrap()
}

/// A moment of UTC.
fn utc(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

/// A moment of the table's own wall clock.
fn local(table: &Timetable, text: &str) -> i64 {
    table.zone.to_timestamp(text.parse::<DateTime>().unwrap()).unwrap().as_millisecond()
}

fn open_hours(table: &Timetable, at: &str) -> f64 {
    let stretch = table.at(local(table, at));
    assert_eq!(stretch.regime, Regime::Open, "{at}");
    seconds_between(stretch.since_ms.unwrap(), stretch.until_ms.unwrap()) / 3600.0
}

#[test]
fn a_window_over_midnight_belongs_to_the_day_it_begins_on() {
    let jakarta = table("Mon-Fri 22:00-05:30; Sat-Sun 00:00-24:00", "Asia/Jakarta", &[]);
    // 2026-11-23 is a Monday; Jakarta is seven hours ahead of UTC and knows no summer time.
    for (at, regime, until) in [
        ("2026-11-23T05:29", Regime::Shut, "2026-11-23T22:00"), // no window begins on a Sunday evening
        ("2026-11-23T22:00", Regime::Open, "2026-11-24T05:30"),
        ("2026-11-24T05:29", Regime::Open, "2026-11-24T05:30"),
        ("2026-11-24T05:30", Regime::Shut, "2026-11-24T22:00"),
        ("2026-11-27T23:00", Regime::Open, "2026-11-30T00:00"), // Friday night and the weekend are one
        ("2026-11-29T12:00", Regime::Open, "2026-11-30T00:00"),
    ] {
        let stretch = jakarta.at(local(&jakarta, at));
        assert_eq!((stretch.regime, stretch.until_ms), (regime, Some(local(&jakarta, until))), "{at}");
    }
    assert_eq!(jakarta.at(utc("2026-11-23T15:00:00Z")).regime, Regime::Open);
    assert_eq!(jakarta.at(utc("2026-11-23T14:59:59Z")).regime, Regime::Shut);
    assert_eq!(jakarta.longest_ms(utc("2026-11-23T15:00:00Z")), Some(50 * 3_600_000));
}

#[test]
fn clock_changes_make_a_night_shorter_or_longer() {
    for (zone, spring, autumn) in [
        ("Europe/Berlin", "2026-03-29", "2026-10-25"),
        ("America/New_York", "2026-03-08", "2026-11-01"),
        ("Asia/Jakarta", "", ""),
    ] {
        let table = table("22:00-06:00", zone, &[]);
        assert!((open_hours(&table, "2026-07-01T23:00") - 8.0).abs() < 1e-9);
        for (date, expected) in [(spring, 7.0), (autumn, 9.0)] {
            if !date.is_empty() {
                let found = open_hours(&table, &format!("{date}T05:59"));
                assert!((found - expected).abs() < 1e-9, "{zone} {date}: {found}");
            }
        }
    }
}

#[test]
fn a_time_that_is_skipped_or_comes_twice_opens_and_closes_once() {
    let berlin = table("00:30-02:30", "Europe/Berlin", &[]);
    assert!((open_hours(&berlin, "2026-10-25T01:00") - 2.0).abs() < 1e-9, "closes at the first 02:30");
    let second = utc("2026-10-25T01:10:00Z"); // 02:10 again
    assert_eq!(berlin.at(second).regime, Regime::Shut);
    assert!(
        (open_hours(&berlin, "2026-03-29T01:00") - 2.0).abs() < 1e-9,
        "02:30 is skipped: half an hour after the skip"
    );
    let inside = table("02:15-02:45", "Europe/Berlin", &[]);
    assert!((open_hours(&inside, "2026-03-29T03:20") - 0.5).abs() < 1e-9);
}

#[test]
fn on_a_blackout_date_nothing_runs_and_nothing_begins() {
    let table = table("22:00-05:30", "Europe/Berlin", &["2026-12-24", "2026-12-31..2027-01-01"]);
    for (at, regime, until) in [
        ("2026-12-23T23:00", Regime::Open, "2026-12-24T00:00"),
        ("2026-12-24T00:00", Regime::Shut, "2026-12-25T22:00"),
        ("2026-12-25T01:00", Regime::Shut, "2026-12-25T22:00"), // the 24th's window did not begin
        ("2026-12-30T23:30", Regime::Open, "2026-12-31T00:00"),
        ("2026-12-31T23:00", Regime::Shut, "2027-01-02T22:00"),
    ] {
        let stretch = table.at(local(&table, at));
        assert_eq!((stretch.regime, stretch.until_ms), (regime, Some(local(&table, until))), "{at}");
    }
    // Without a window only the dates are shut; and not even a trickle is allowed on them.
    let mut daily = hours("", "UTC", &["2026-12-24"]);
    daily.day_workers = 2;
    let daily = Timetable::new(&daily).unwrap();
    assert_eq!(daily.at(utc("2026-12-23T12:00:00Z")).until_ms, Some(utc("2026-12-24T00:00:00Z")));
    assert_eq!(daily.at(utc("2026-12-24T12:00:00Z")).regime, Regime::Shut);
}

#[test]
fn outside_the_window_is_a_trickle_if_workers_are_left_to_it() {
    let mut given = hours("Sat 10:00-12:00", "UTC", &[]);
    given.day_workers = 1;
    let table = Timetable::new(&given).unwrap();
    assert_eq!(table.at(utc("2026-11-23T12:00:00Z")).regime, Regime::Trickle);
    assert_eq!(table.at(utc("2026-11-28T11:00:00Z")).regime, Regime::Open);
    assert_eq!(table.opens(utc("2026-11-23T12:00:00Z")), Some(utc("2026-11-28T10:00:00Z")));
}

#[test]
fn always_is_always_and_the_far_future_is_told_as_not_known() {
    assert!(table("", "", &[]).is_always_open());
    let whole = table("00:00-24:00", "Europe/Berlin", &[]);
    for month in ["2026-03-20", "2026-10-20", "2026-12-01"] {
        let stretch = whole.at(local(&whole, &format!("{month}T23:59")));
        assert_eq!((stretch.regime, stretch.until_ms), (Regime::Open, None), "{month}");
    }
    let never = table("22:00-05:00", "UTC", &["2026-11-01..2027-03-01"]);
    assert_eq!(never.opens(utc("2026-11-23T12:00:00Z")), None);
    assert_eq!(never.longest_ms(utc("2026-11-23T12:00:00Z")), None);
}

#[test]
fn nights_are_listed_from_now_on() {
    let table = table("Mon-Fri 22:00-05:30", "UTC", &[]);
    let nights = table.nights(utc("2026-11-27T23:30:00Z")); // a Friday
    assert_eq!(nights[0], (utc("2026-11-27T23:30:00Z"), utc("2026-11-28T05:30:00Z")));
    assert_eq!(nights[1], (utc("2026-11-30T22:00:00Z"), utc("2026-12-01T05:30:00Z")));
    assert!(nights.len() > 40);
}

#[test]
fn what_is_wrong_is_named_with_an_example() {
    for (window, part) in [
        ("Mon-Fri", "`Mon-Fri` says no hours"),
        ("Mo-Fr 22:00-05:00", "`Mo`"),
        ("Mon-Fri 22-5", "`Mon-Fri 22-5` says no hours"),
        ("Mon 25:00-05:00", "`25:00`"),
        ("Mon 22:00-05:60", "`05:60`"),
        ("Mon 22:00", "`22:00`"),
        ("22:00-05:00;;Sat 00:00-24:00", "nothing between"),
        ("Sat 08:00-08:00", "00:00-24:00"),
        ("Sat 24:00-08:00", "`24:00`"),
        ("22:0-05:00", "`22:0`"),
        ("22:00–05:00", "FROM-TO"),
    ] {
        let error = Timetable::new(&hours(window, "", &[])).unwrap_err();
        assert!(error.starts_with("window: ") && error.contains(part), "{window}: {error}");
        assert!(error.contains("00:00-24:00"), "{window}: no example in {error}");
    }
    let error = Timetable::new(&hours("", "Mars/Olympus", &[])).unwrap_err();
    assert!(error.contains("Mars/Olympus") && error.contains("Asia/Jakarta"), "{error}");
    for dates in ["24.12.2026", "2026-02-30", "2026-12-24..2026-12-20", "2026-01-01..2029-01-01"] {
        let error = Timetable::new(&hours("", "", &[dates])).unwrap_err();
        assert!(error.starts_with("blackout: "), "{error}");
    }
    for good in ["mon,wed-thu 7:30-8:00,12:00-13:00", "daily 22:00-05:30", "Fri-Mon 22:00-24:00"] {
        Timetable::new(&hours(good, "", &[])).unwrap();
    }
}

#[test]
fn systemd_is_told_when_windows_begin() {
    let table = table("Mon-Wed 22:00-05:30; Sat,Sun 00:00-24:00; 12:00-13:00", "UTC", &[]);
    assert_eq!(table.calendar(), ["Mon,Tue,Wed *-*-* 22:00:00", "Sat,Sun *-*-* 00:00:00", "*-*-* 12:00:00"]);
}

fn windows() -> impl Strategy<Value = String> {
    let day = prop::sample::select(vec!["Mon", "Tue-Thu", "Fri-Mon", "Sat,Sun", "daily"]);
    let time = (0..24_u32, 0..4_u32).prop_map(|(hour, quarter)| format!("{hour:02}:{:02}", quarter * 15));
    let one = (day, time.clone(), time).prop_filter("a time of its own", |(_, from, to)| from != to);
    prop::collection::vec(one.prop_map(|(day, from, to)| format!("{day} {from}-{to}")), 1..4)
        .prop_map(|parts| parts.join("; "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    /// A walk minute by minute finds a change where, and only where, the table said there would be one.
    #[test]
    fn a_walk_by_the_minute_agrees_with_the_next_change(
        window in windows(),
        zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Asia/Jakarta", "Australia/Lord_Howe"]),
        start in prop::sample::select(vec!["2026-03-07T12:07:00Z", "2026-03-28T12:07:00Z", "2026-10-24T12:07:00Z", "2026-10-31T12:07:00Z", "2026-04-04T01:07:00Z"]),
        black in prop::bool::ANY,
    ) {
        let blackout: &[&str] = if black { &["2026-03-29", "2026-11-01"] } else { &[] };
        let table = table(&window, zone, blackout);
        let mut at = utc(start);
        let mut told = table.at(at);
        for _ in 0..1500 {
            at += 60_000;
            if told.until_ms.is_some_and(|until| until <= at) {
                let new = table.at(at);
                prop_assert_ne!(new.regime, told.regime, "{} {} at {}", window, zone, at);
                told = new;
            } else {
                let now = table.at(at);
                prop_assert_eq!((now.regime, now.until_ms), (told.regime, told.until_ms), "{} {} at {}", window, zone, at);
            }
        }
    }

    /// Away from clock changes a window is what the clock on the wall says.
    #[test]
    fn the_wall_clock_alone_tells_whether_it_is_open(window in windows(), minute in 0..10_080_i64) {
        let table = table(&window, "Asia/Jakarta", &[]);
        let at = utc("2026-06-01T00:00:00Z") + minute * 60_000;
        let clock = table.zone.to_datetime(Timestamp::from_millisecond(at).unwrap());
        let (today, now) = (weekday(clock.date().weekday()), clock.time());
        let open = table.spans.iter().any(|span| {
            let overnight = span.to.is_some_and(|to| to <= span.from);
            let before_end = span.to.is_none_or(|to| now < to);
            let begun_today = span.days[today] && now >= span.from && (overnight || before_end);
            begun_today || overnight && span.days[(today + 6) % 7] && before_end
        });
        prop_assert_eq!(table.at(at).regime == Regime::Open, open, "{} at {}", window, clock);
    }

    #[test]
    fn no_words_are_too_strange(window in ".{0,60}", date in ".{0,30}") {
        let _ = Timetable::new(&hours(&window, "UTC", &[&date]));
    }
}
