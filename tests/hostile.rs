//! Names chosen to do harm: they travel as they are, and nothing that is shown, written or asked is misled.

use std::process::Command;

use zmpace::lab::{Fault, FaultKind, Sized};

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
        [law.retries]\nattempts = 2\nbase_s = 0.2\nmost_s = 0.5\n";
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
