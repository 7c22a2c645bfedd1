//! `zmpace check`: what stands in the way is found on either side, and the other side is looked at all the same.

use std::time::{Duration, Instant};

use serde_json::Value;
use zmpace::lab::{Config, Population, Sized};

use crate::world::{DOMAIN, PASSWORD, World, address, assert_no_secret, finish, three};

/// Runs `zmpace check --json`: its exit code and what it says.
async fn checked(world: &World, more: &str, set: &[&str]) -> (i32, Value) {
    let mut command = world.zmpace("check", more);
    command.arg("--json");
    for pair in set {
        command.args(["--set", pair]);
    }
    let (code, out, said) = finish(command).await;
    assert_no_secret(&out);
    assert_no_secret(&said);
    assert_eq!(said, "");
    let report: Value = serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}"));
    assert_eq!(report["schema_version"], 1);
    assert_eq!(report["refused"], code == 6, "{report:#}");
    (code, report)
}

/// The lines of one side about one thing.
fn lines<'a>(report: &'a Value, side: &str, what: &str) -> Vec<&'a Value> {
    let all = report["lines"].as_array().unwrap();
    all.iter().filter(|line| line["side"] == side && line["what"] == what).collect()
}

/// The only line of one side about one thing has this verdict; its words and its command.
fn verdict<'a>(report: &'a Value, side: &str, what: &str, verdict: &str) -> (&'a str, &'a str) {
    let found = lines(report, side, what);
    assert_eq!(found.len(), 1, "{side} {what}: {report:#}");
    assert_eq!(found[0]["verdict"], verdict, "{report:#}");
    (found[0]["said"].as_str().unwrap(), found[0]["mend"].as_str().unwrap_or_default())
}

/// How many lines of a side there are.
fn number(report: &Value, side: &str) -> usize {
    report["lines"].as_array().unwrap().iter().filter(|line| line["side"] == side).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_is_all_right_is_told_so_within_seconds_and_nothing_is_changed() {
    let world = World::with(41, three()).await;
    let begun = Instant::now();
    let (code, report) = checked(&world, "", &[]).await;
    let took = begun.elapsed();
    assert_eq!((code, &report["fails"]), (0, &Value::from(0)), "{report:#}");
    assert!(took < Duration::from_secs(20), "{took:?}"); // under 5 s on a machine with nothing else to do
    for side in ["source", "destination"] {
        for what in ["reached", "TLS", "sign-in", "rights", "version", "clock", "token", "mail hosts"] {
            verdict(&report, side, what, "pass");
        }
        for what in ["HTTP threads", "DoS filter", "at once", "machine"] {
            verdict(&report, side, what, "pass");
        }
    }
    let (said, _) = verdict(&report, "source", "accounts", "pass");
    assert!(said.starts_with("4 mailboxes to move"), "{said}");
    let (said, _) = verdict(&report, "source", "rights", "pass");
    assert!(said.contains("global administrator") && said.contains("the folders of"), "{said}");
    let (said, _) = verdict(&report, "source", "token", "pass");
    assert!(said.contains("12 h 00 min") || said.contains("renewed"), "{said}");
    verdict(&report, "source", "export days", "pass");
    verdict(&report, "destination", "contacts", "pass");
    verdict(&report, "destination", "quota", "pass");
    assert_eq!(lines(&report, "host", "open files").len(), 1);
    assert!(!world.state().exists(), "looking creates nothing");
    assert_eq!(world.destination.record().soap.get("GetFolderRequest"), None, "that would create a mailbox");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_screen_shows_each_line_with_its_command_and_doctor_is_the_same() {
    let world = World::with(42, three()).await;
    world.destination.remove_account(&address("bob"));
    let (code, out, said) = finish(world.zmpace("doctor", "")).await;
    assert_eq!((code, said.as_str()), (0, ""), "{out}");
    assert!(out.contains("pass  source       reached"), "{out}");
    assert!(out.contains(&format!("next: zmprov ca bob@{DOMAIN} '' && zmpace check")), "{out}");
    assert!(out.trim_end().ends_with("zmpace run"), "{out}");
    assert_no_secret(&out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_on_one_side_leaves_the_other_looked_at() {
    let world = World::with(43, three()).await;
    world.source.set_password("another one");
    let (code, report) = checked(&world, "", &[]).await;
    assert_eq!(code, 6, "{report:#}");
    let (said, mend) = verdict(&report, "source", "sign-in", "fail");
    assert!(said.contains(&format!("admin@{DOMAIN}")) && mend.contains("password_file"), "{said}: {mend}");
    verdict(&report, "source", "reached", "pass");
    verdict(&report, "source", "clock", "pass");
    verdict(&report, "source", "machine", "pass");
    for what in ["sign-in", "rights", "version", "token", "HTTP threads", "machine"] {
        verdict(&report, "destination", what, "pass");
    }
    let (said, _) = verdict(&report, "destination", "accounts", "warn");
    assert!(said.contains("not compared"), "{said}");
    assert_eq!(world.source.record().soap["AuthRequest"], 1, "a wrong password is tried once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_side_and_one_without_a_password_leave_the_other_looked_at() {
    let world = World::with(44, three()).await;
    let (code, report) = checked(&world, "", &["destination.port=1"]).await;
    assert_eq!(code, 6, "{report:#}");
    let (said, mend) = verdict(&report, "destination", "reached", "fail");
    assert!(said.contains("127.0.0.1:1") && mend.contains("curl"), "{said}: {mend}");
    verdict(&report, "destination", "machine", "pass");
    verdict(&report, "source", "rights", "pass");
    let (code, report) = checked(&world, "", &["source.password_file=/nonexistent/pw"]).await;
    assert_eq!(code, 6, "{report:#}");
    let (said, _) = verdict(&report, "source", "settings", "fail");
    assert!(said.contains("/nonexistent/pw"), "{said}");
    assert!(number(&report, "destination") > 8, "{report:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untrusted_certificate_is_shown_with_the_pin_to_set() {
    let world = World::with(45, three()).await;
    let other = "AB:".repeat(31) + "AB";
    let (code, report) = checked(&world, "", &[&format!("source.fingerprints=[\"{other}\"]")]).await;
    assert_eq!(code, 6, "{report:#}");
    verdict(&report, "source", "reached", "pass");
    let (_, mend) = verdict(&report, "source", "TLS", "fail");
    let plain = |text: &str| text.replace(':', "").to_lowercase();
    assert!(plain(mend).contains(&plain(&world.source.fingerprint())), "{mend}");
    verdict(&report, "destination", "TLS", "pass");
    assert_eq!(world.source.record().soap.get("AuthRequest"), None, "no password goes to a stranger");
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_and_closed_accounts_and_small_quotas_are_told_before_the_night() {
    let world = World::with(46, three()).await;
    world.destination.remove_account(&address("eve"));
    world.destination.set_attribute(&address("bob"), "zimbraAccountStatus", "closed");
    world.destination.set_quota(&address("ann"), 1_000);
    let (code, report) = checked(&world, "", &[]).await;
    assert_eq!(code, 0, "a run would move the others: {report:#}");
    let told = lines(&report, "destination", "accounts");
    assert_eq!(told.len(), 2, "{report:#}");
    assert!(told[0]["said"].as_str().unwrap().contains("missing: eve@"), "{report:#}");
    assert!(told[0]["mend"].as_str().unwrap().contains("zmprov ca eve@"), "{report:#}");
    assert!(told[1]["said"].as_str().unwrap().contains("(closed)"), "{report:#}");
    let (said, mend) = verdict(&report, "destination", "quota", "warn");
    assert!(said.contains("ann@") && mend.contains("zimbraMailQuota"), "{said}: {mend}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_could_move_nothing_is_refused() {
    let world = World::with(47, vec![Sized::bytes("ann", 900_000)]).await;
    let list = world.scratch.path().join("list");
    std::fs::write(&list, format!("ghost@{DOMAIN}\n")).unwrap();
    let (code, report) = checked(&world, "", &[&format!("plan.accounts_file={}", list.display())]).await;
    assert_eq!(code, 6, "{report:#}");
    let told = lines(&report, "source", "accounts");
    assert_eq!(told[0]["verdict"], "fail", "{report:#}");
    assert!(told[1]["said"].as_str().unwrap().contains("ghost@"), "{report:#}");
    std::fs::write(&list, "nobody\n").unwrap();
    let (code, report) = checked(&world, "", &[&format!("plan.accounts_file={}", list.display())]).await;
    assert_eq!(code, 6, "{report:#}");
    let (said, _) = verdict(&report, "host", "list", "fail");
    assert!(said.contains("line 1"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_token_and_a_limit_of_days_are_told() {
    let accounts = Population::Listed(vec![Sized::messages("ann", 60, 900_000)]);
    // One hour of modelled time is a minute of real time.
    let source = Config {
        accounts,
        seed: 48,
        speed: 60.0,
        token_lifetime: Duration::from_hours(1),
        ..Config::default()
    };
    let world = World::of(source).await;
    world.source.set_attribute(&address("ann"), "zimbraExportMaxDays", "30");
    let (code, report) = checked(&world, "[law.work]\naccount_s = 3600.0\n", &[]).await;
    assert_eq!(code, 6, "{report:#}");
    let (said, mend) = verdict(&report, "source", "token", "warn");
    assert!(
        said.contains("renewed") && mend.contains("zmprov mc default zimbraAdminAuthTokenLifetime"),
        "{said}"
    );
    let (said, mend) = verdict(&report, "source", "export days", "fail");
    assert!(said.contains("30 days") && mend.contains("zimbraExportMaxDays 0"), "{said}: {mend}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delegated_administrator_and_an_unread_machine_are_told() {
    let world = World::with(49, three()).await;
    let set = ["source.proc_root=/nonexistent", "destination.reach=none", "law.max_workers=20"];
    let (code, report) = checked(&world, "", &set).await;
    assert_eq!(code, 0, "{report:#}");
    let (said, mend) = verdict(&report, "source", "machine", "warn");
    assert!(said.contains("cannot be read") && mend.contains("/nonexistent"), "{said}: {mend}");
    let (said, mend) = verdict(&report, "destination", "machine", "warn");
    assert!(said.contains("not watched") && mend.contains("destination.reach=ssh"), "{said}: {mend}");
    let (_, mend) = verdict(&report, "source", "at once", "warn");
    assert!(mend.contains("zmlocalconfig servlet_max_concurrent_http_requests_per_account"), "{mend}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_folder_that_cannot_be_written_refuses_the_run() {
    let world = World::with(50, three()).await;
    let file = world.scratch.path().join("file");
    std::fs::write(&file, PASSWORD).unwrap();
    let mut command = world.zmpace("check", "");
    command.arg("--json").arg("--state-dir").arg(file.join("state"));
    let (code, out, _) = finish(command).await;
    assert_eq!(code, 6, "{out}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let (_, mend) = verdict(&report, "host", "journal", "fail");
    assert!(mend.contains("--state-dir"), "{mend}");
    assert_no_secret(&out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_reads_in_indonesian_with_the_same_commands() {
    let world = World::with(47, three()).await;
    let mut command = world.zmpace("check", "");
    command.env("LC_ALL", "id_ID.UTF-8");
    let (_, out, _) = finish(command).await;
    assert!(out.contains("  sumber       terhubung") && out.contains("  tujuan       login"), "{out}");
    assert!(out.contains("mesin ini    file terbuka") && out.contains("zmpace run"), "{out}");
    let english = [" pass ", "signed in", "renewed", " free", "answers in", "next: "];
    assert!(english.iter().all(|word| !out.contains(word)), "{out}");
}
