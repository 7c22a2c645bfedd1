//! The screen as text, at two sizes and without colour, and what its keys do.

use std::{fs, path::Path, time::Duration};

use ratatui::{Terminal, backend::TestBackend, crossterm::event::KeyEventState};

use super::*;
use crate::control::{
    decision::Measure,
    event::{AccountId, AccountState, Action, Event, Failure, Outcome, Retry},
    sample::Side,
    timetable::Regime,
    view::{Gauge, Left, Machine, View, Window},
};
use crate::ui::{
    live::{Stage, TokenClock},
    reel::{
        Now, Reel,
        tests::{at, held, now, view, worker},
    },
};

const PLAIN: Ink = Ink { unicode: false, colour: false };
const FINE: Ink = Ink { unicode: true, colour: false };

fn gauge(measure: Measure, fast: f64, line: f64) -> Gauge {
    Gauge { measure, fast, slow: fast, line, critical: Some(0.95) }
}

fn busy(second: f64) -> View {
    let swing = (second / 600.0).sin() * 0.2;
    let machine = |side, cpu: f64| Machine {
        side,
        sample_age: Some(Duration::from_secs(2)),
        gauges: vec![
            gauge(Measure::CpuBusy, cpu, 0.8),
            gauge(Measure::DiskUtilisation, 0.30 + swing, 0.85),
            gauge(Measure::MemoryUsed, 0.64, 0.83),
        ],
    };
    let machines = vec![machine(Side::Source, 0.45 + swing), machine(Side::Destination, 0.75 + swing)];
    View { machines, parked: 1, eta: Some(Duration::from_secs_f64(4000.0 - second)), ..view(0.4) }
}

/// A run of an hour: some workers, one of them parked, with a hostile name; decisions; problems.
fn live() -> Live {
    let hosts = [(Side::Source, "mail.old.example".into()), (Side::Destination, "mail.new.example".into())];
    let mut reel = Reel::new(3, hosts.into());
    for step in 0..30 {
        let mut decision = held(f64::from(step) * 100.0);
        decision.from = step % 7;
        reel.turn(at(f64::from(step) * 100.0), &Event::Tick, &[Action::Decide(decision)], |_| "");
        reel.frame(at(f64::from(step) * 100.0), now(busy(f64::from(step) * 100.0), Vec::new()));
    }
    let account = AccountId(9);
    let failure = Failure {
        code: "ZP-QUOTA".into(),
        cause: "destination: eve@new.example is over its quota; 12 item(s) were not stored".into(),
        next: String::new(),
        side: Some(Side::Destination),
        whole_side: false,
        retry: Retry::Permanent,
    };
    let event = Event::Finished { account, outcome: Outcome::Failed(failure) };
    let record = Action::Record { account, state: AccountState::Failed };
    reel.turn(at(2990.0), &event, &[record], |_| "eve@old.example");
    let mut workers = vec![
        worker(1, "ann@old.example", 1_000_000),
        worker(2, "bob.a.rather.long.name.indeed@old.example", 3_900_000),
        worker(3, "\u{1b}[31mred\u{202e}@old.example", 0),
    ];
    (workers[0].bytes, workers[2].parked, workers[1].stage) = (400_000_000, true, Stage::Verify);
    let left = |waiting| Left { waiting, waiting_bytes: waiting * 3_000_000, in_flight: 1 };
    reel.frame(at(2995.0), now(busy(2995.0), workers.clone()));
    workers[0].sent_bytes += 500_000;
    let now = Now {
        backlog: [3, 120, 40, 12, 2, 0].map(left).to_vec(),
        tokens: vec![
            TokenClock { side: Side::Source, left_s: 40_000.0, lifetime_s: 43_200.0, renewals: 0 },
            TokenClock { side: Side::Destination, left_s: 30_000.0, lifetime_s: 43_200.0, renewals: 2 },
        ],
        window: Some(Window {
            regime: Regime::Open,
            until_ms: None,
            clock: Some("Tue 2026-11-24 05:30".into()),
            words: "window open until Tue 2026-11-24 05:30".into(),
        }),
        ..now(busy(3000.0), workers)
    };
    reel.frame(at(3000.0), now)
}

fn face(ink: Ink) -> Face {
    Face::new(Home::Run, ink, Lang::En, TimeZone::UTC)
}

fn drawn(face: &Face, live: Option<&Live>, (width, height): (u16, u16)) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| face.draw(frame, live)).unwrap();
    let buffer = terminal.backend().buffer();
    let row = |y| (0..width).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>();
    (0..height).map(|y| row(y).trim_end().to_owned() + "\n").collect()
}

/// The picture is the one on record. `ZMPACE_GOLDEN=write` records it anew, to be looked at.
fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui/face/golden").join(name);
    if std::env::var_os("ZMPACE_GOLDEN").is_some_and(|wish| wish == "write") {
        fs::write(&path, text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == text, "{} is not what is drawn now:\n{text}", path.display());
}

fn press(face: &mut Face, code: KeyCode, live: &Live) -> Option<Wish> {
    let key = KeyEvent {
        code,
        modifiers: KeyModifiers::NONE,
        kind: ratatui::crossterm::event::KeyEventKind::Press,
        state: KeyEventState::NONE,
    };
    face.key(key, Some(live))
}

#[test]
fn small_plain_screen() {
    let text = drawn(&face(PLAIN), Some(&live()), (80, 24));
    assert!(text.is_ascii(), "{text}");
    assert_golden("80x24.txt", &text);
}

#[test]
fn small_plain_screen_in_indonesian() {
    let live = live();
    let mut face = Face::new(Home::Run, PLAIN, Lang::Id, TimeZone::UTC);
    assert_golden("80x24-id.txt", &drawn(&face, Some(&live), (80, 24)));
    press(&mut face, KeyCode::Char('?'), &live);
    let text = drawn(&face, Some(&live), (80, 24));
    assert!(text.contains("tekan tombol apa saja") && text.contains("`zmpace explain CODE`"), "{text}");
}

#[test]
fn large_fine_screen() {
    let text = drawn(&face(FINE), Some(&live()), (200, 60));
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
    assert_golden("200x60.txt", &text);
}

#[test]
fn any_size_is_drawn_and_says_what_matters_first() {
    let live = live();
    for (width, height) in [(1, 1), (5, 2), (20, 5), (40, 10), (79, 23), (139, 35), (141, 36), (300, 100)] {
        let text = drawn(&face(FINE), Some(&live), (width, height));
        assert!(width < 40 || text.contains("run 3"), "{width}x{height}:\n{text}");
        let mut helped = face(FINE);
        press(&mut helped, KeyCode::Char('?'), &live);
        drawn(&helped, Some(&live), (width, height));
    }
    assert!(drawn(&face(PLAIN), None, (80, 24)).contains("waiting for the first picture"));
}

#[test]
fn without_colour_no_cell_has_one() {
    let live = live();
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
    terminal.draw(|frame| face(PLAIN).draw(frame, Some(&live))).unwrap();
    let buffer = terminal.backend().buffer();
    let bare = ratatui::style::Color::Reset;
    assert!(buffer.content().iter().all(|cell| cell.fg == bare && cell.bg == bare));
}

#[test]
fn a_reading_over_a_line_is_marked_by_a_sign() {
    let mut live = live();
    live.view.machines[0].gauges[0].fast = 0.88;
    live.view.machines[1].gauges[0].fast = 0.97;
    let text = drawn(&face(PLAIN), Some(&live), (80, 24));
    assert!(text.contains("88 %*") && text.contains("97 %!"), "{text}");
    live.view.machines[0].sample_age = Some(Duration::from_secs(90));
    assert!(drawn(&face(PLAIN), Some(&live), (80, 24)).contains("NO SAMPLE FOR 1 MIN 30 S"));
}

#[test]
fn keys_give_orders_and_ending_asks_first() {
    let mut live = live();
    let mut face = face(PLAIN);
    assert_eq!(press(&mut face, KeyCode::Char('p'), &live), Some(Wish::Order("pause")));
    live.view.phase = Phase::Paused;
    assert_eq!(press(&mut face, KeyCode::Char('p'), &live), Some(Wish::Order("resume")));
    assert_eq!(press(&mut face, KeyCode::Char('+'), &live), Some(Wish::Order("ceiling +1")));
    assert_eq!(press(&mut face, KeyCode::Char('-'), &live), Some(Wish::Order("ceiling -1")));
    assert_eq!(press(&mut face, KeyCode::Char('q'), &live), None);
    assert!(drawn(&face, Some(&live), (80, 24)).contains("y = yes"));
    assert_eq!(press(&mut face, KeyCode::Char('n'), &live), None);
    assert_eq!(press(&mut face, KeyCode::Char('q'), &live), None);
    assert_eq!(press(&mut face, KeyCode::Char('y'), &live), Some(Wish::Order("drain")));
    live.view.phase = Phase::Draining;
    press(&mut face, KeyCode::Char('q'), &live);
    assert_eq!(press(&mut face, KeyCode::Char('y'), &live), Some(Wish::Order("stop")));
    let mut top = Face::new(Home::Top, PLAIN, Lang::En, TimeZone::UTC);
    assert_eq!(press(&mut top, KeyCode::Char('q'), &live), Some(Wish::Leave));
}

#[test]
fn filter_sort_and_details_work_on_what_is_shown() {
    let live = live();
    let mut face = face(PLAIN);
    let names = |face: &Face| face.workers(&live).iter().map(|w| w.id).collect::<Vec<_>>();
    assert_eq!(names(&face), [1, 2, 3], "largest first, then by name");
    press(&mut face, KeyCode::Char('s'), &live);
    assert_eq!(names(&face)[0], 1, "the only one with a rate");
    press(&mut face, KeyCode::Char('/'), &live);
    for sign in "bobp".chars() {
        assert_eq!(press(&mut face, KeyCode::Char(sign), &live), None, "p is a letter here");
    }
    press(&mut face, KeyCode::Backspace, &live);
    press(&mut face, KeyCode::Enter, &live);
    assert_eq!(names(&face), [2]);
    press(&mut face, KeyCode::Enter, &live);
    let text = drawn(&face, Some(&live), (80, 24));
    assert!(
        text.contains("stage     verify") && text.contains("bob.a.rather.long.name.indeed@old"),
        "{text}"
    );
    press(&mut face, KeyCode::Esc, &live);
    press(&mut face, KeyCode::Esc, &live);
    assert_eq!(names(&face).len(), 3);
}

#[test]
fn an_answer_is_read_where_it_belongs() {
    let live = live();
    let mut face = face(PLAIN);
    press(&mut face, KeyCode::Char('p'), &live);
    face.answered(Ok("pauses: what runs stands still\nmore".into()));
    assert!(drawn(&face, Some(&live), (80, 24)).contains("pauses: what runs stands still"));
    press(&mut face, KeyCode::Char('e'), &live);
    face.answered(Ok("trial: limit 3\nsource CPU: 45 % of 80 %".into()));
    assert!(drawn(&face, Some(&live), (80, 24)).contains("source CPU: 45 % of 80 %"));
    press(&mut face, KeyCode::Char('p'), &live);
    face.answered(Err("paused by the file".into()));
}
