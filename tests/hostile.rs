//! Names chosen to do harm: they travel as they are, and nothing that is shown, written or asked is misled.

use std::process::Command;

use zmpace::{
    journal::Journal,
    lab::{Config, Fault, FaultKind, MailShape, Population, Sized},
};

use crate::world::{World, address, finish};

/// Local parts of addresses: a quotation mark, markup, a query, a path, a formula, a change of direction, and
/// length. (Control characters cannot be in a server's XML.)
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "o'hara",
        "<script>alert(1)<",
        "a&b=c;d",
        "x?fmt=tar&resolve=reset#y",
        "..%2f..%2fetc",
        "=cmd|' /C calc'!A0",
        "\u{202e}gpj.exe",
        "ünïcode",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("long".repeat(200));
    names
}

fn run(world: &World) -> Command {
    let quick = "[plan]\nexclude = [\"admin@old.example\"]\n[mover]\nstandstill = \"200ms\"\n\
        [law.retries]\nattempts = 2\nbase_s = 0.2\nmost_s = 0.5\nlook_s = 0.2\n";
    let mut command = world.zmpace("run", quick);
    command.args(["--progress", "lines", "--workers", "3"]);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_of_accounts_move_like_any_others_and_are_tamed_where_they_are_shown() {
    let names = names();
    let world = World::with(401, names.iter().map(|name| Sized::messages(name, 6, 40_000)).collect()).await;
    // Three of them fail, so that they are shown in every way there is.
    let failing = ["<script>alert(1)<", "=cmd|' /C calc'!A0", "\u{202e}gpj.exe"];
    for name in failing {
        world.destination.inject(&address(name), Fault::always(FaultKind::ImportFail));
    }
    let (code, out, said) = finish(run(&world)).await;
    println!("{out}{said}");
    for text in [&out, &said] {
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "a terminal would obey: {text:?}");
    }
    for name in names.iter().filter(|name| !failing.contains(&name.as_str())) {
        world.assert_moved(name);
    }
    assert_eq!(code, 3, "{said}");
    let mut html = world.zmpace("report", "");
    html.args(["--format", "html"]);
    let (code, page, said) = finish(html).await;
    assert_eq!(code, 0, "{said}");
    assert!(!page.contains("<script>alert(1)"), "markup is escaped");
    let mut csv = world.zmpace("report", "");
    csv.args(["--format", "csv"]);
    let (_, table, _) = finish(csv).await;
    assert!(!table.lines().any(|line| line.starts_with(['=', '+', '@'])), "no formula: {table}");
}

/// Names of folders and subjects: a way up, markup, formulas, a change of direction, a terminal's orders (C1, as
/// XML holds no others), a broken line of CSV, and 4 KiB.
fn titles() -> Vec<String> {
    let mut titles: Vec<String> = [
        "..\\..\\etc\\passwd",
        "<img src=x onerror=alert(1)>",
        "=cmd|' !A0",
        "+1,\"x\";y",
        "@SUM(1)",
        "-2+3",
        "\u{202e}gpj.exe",
        "\u{9b}31mred",
        "a\u{85}b\u{2028}c",
    ]
    .map(str::to_owned)
    .to_vec();
    titles.push("long ".repeat(820).trim_end().to_owned());
    titles
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_folders_and_subjects_travel_as_they_are_and_are_tamed_in_every_report() {
    println!("seed 402");
    let shape = MailShape {
        names: titles(),
        empty_share: 0.0,
        median_bytes: 1_500_000.0,
        sigma: 0.1,
        message_median: 9_000.0,
        message_sigma: 0.2,
        ..MailShape::default()
    };
    let accounts = Population::Generated { count: 2, giant_bytes: None, shape, empty: false };
    let world = World::of(Config { accounts, seed: 402, speed: 50.0, ..Config::default() }).await;
    // Most of its folders stay behind, so that they are named wherever differences are.
    let [whole, short] = &world.source.addresses()[..] else { panic!("two people") };
    world.source.inject(short, Fault::always(FaultKind::ShortArchive { after_items: 8 }));
    let (code, out, said) = finish(run(&world)).await;
    assert_eq!(code, 4, "{said}");
    world.assert_moved(whole.split('@').next().unwrap());
    let folders = world.source.expected(whole).unwrap().folders.len();
    assert!(folders > titles().len(), "{folders} folders");

    let obeyed = ['\u{1b}', '\u{9b}', '\u{202e}', '\u{85}'];
    for text in [&out, &said] {
        assert!(!text.contains(obeyed), "a terminal would obey: {text:?}");
    }
    let mut told = Vec::new();
    for format in ["text", "markdown", "csv", "json", "html"] {
        let mut command = world.zmpace("report", "");
        command.args(["--format", format]);
        let (code, text, said) = finish(command).await;
        assert_eq!(code, 0, "{format}: {said}");
        // For programs, names are as they are.
        let plain = ["csv", "json"].contains(&format);
        assert!(plain || !text.contains(obeyed), "{format} obeys: {text:?}");
        assert!(format != "html" || !text.contains("<img src=x"), "{format}: markup is escaped");
        assert!(text.len() < 2 << 20, "{format}: {} bytes", text.len());
        told.push(text);
    }
    assert!(
        told[3].contains("gpj.exe") && told[4].contains("&lt;img src=x"),
        "the folders are named: {}",
        told[3]
    );
    let mut table = csv::ReaderBuilder::new().has_headers(false).from_reader(told[2].as_bytes());
    for row in table.records() {
        let row = row.expect("every row has as many cells as the first");
        for cell in &row {
            let number = cell.parse::<f64>().is_ok();
            assert!(number || !cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "a formula: {cell}");
        }
    }

    // The journal has them as they are, and its readers too.
    let rows = Journal::read(&world.state()).unwrap().load_accounts().unwrap();
    assert_eq!(rows.len(), 2);
    let mut verify = world.zmpace("verify", "");
    verify.args(["--json"]);
    let (code, json, said) = finish(verify).await;
    assert_eq!(code, 4, "{said}");
    assert!(json.contains("<img src=x") && serde_json::from_str::<serde_json::Value>(&json).is_ok());
}
