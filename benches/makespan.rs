//! How good is the law: every scenario, every law, every fixed number, five seeds; prints the table.
//!
//! `cargo bench --bench makespan [-- 11..30]`. Nothing is stored: each number printed was just computed.

use std::path::Path;

use zmpace::{
    control::{
        policy::Policy,
        sim::{
            scenario::Scenario,
            table::{GRID, all_laws, render},
        },
    },
    run::simulate::{compare, read, seeds},
};

fn main() {
    let seeds = std::env::args().skip(1).find_map(|a| seeds(&a)).unwrap_or_else(|| (11..=15).collect());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the scenarios are in the repository")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    paths.sort();
    let scenarios: Vec<Scenario> =
        paths.iter().map(|path| read(path).expect("every scenario reads")).collect();
    let rows = compare(&scenarios, &all_laws(), &seeds, &GRID, &Policy::for_tests());
    print!("{}", render(&rows));
}
