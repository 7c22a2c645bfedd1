//! The same program in English and Indonesian: by flag, by settings, by the machine's locale.

use crate::world::{DOMAIN, PASSWORD, World, finish, program, three};

async fn said(locale: &str, arguments: &[&str]) -> (i32, String, String) {
    let mut command = program();
    command.env("LANG", locale).args(arguments).current_dir("/");
    finish(command).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_explained_in_the_language_asked_for_else_the_locales() {
    let english = said("C", &["explain", "6"]).await;
    assert!(english.0 == 0 && english.1.contains("what to do: `zmpace check` names"), "{english:?}");
    let indonesian = said("C", &["explain", "6", "--lang", "id"]).await;
    assert!(
        indonesian.0 == 0 && indonesian.1.contains("yang perlu dilakukan: `zmpace check`"),
        "{indonesian:?}"
    );
    assert_eq!(said("id_ID.UTF-8", &["explain", "6"]).await, indonesian);
    assert_eq!(said("id_ID.UTF-8", &["--lang", "en", "explain", "6"]).await, english);
    let (code, out, _) = said("id_ID", &["explain"]).await;
    assert!(code == 0 && out.contains("mailbox di tujuan sudah penuh"), "{out}");
    let (_, page, _) = said("id_ID", &["explain", "--markdown"]).await;
    assert!(page.contains("the destination's mailbox is full"), "what is looked up by a code stays English");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_nobody_wrote_is_refused_with_those_there_are() {
    let (code, _, said) = said("C", &["explain", "6", "--lang", "xx"]).await;
    assert!(code == 2 && said.contains("[possible values: en, id]"), "{said}");
    let (code, _, said) = self::said("C", &["status", "--set", "show.lang=xx"]).await;
    assert!(code == 2 && said.contains("show.lang") && said.contains("\"en\", \"id\""), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_and_its_report_speak_indonesian_and_machines_read_english() {
    let scratch = tempfile::tempdir().unwrap();
    let (state, log) = (scratch.path().join("state"), scratch.path().join("log"));
    let (state, log) = (state.to_str().unwrap(), log.to_str().unwrap());
    let demo = ["demo", "--lang", "id", "--accounts", "12", "--seed", "3", "--speed", "100"];
    let rest = ["--state-dir", state, "--progress", "lines", "--log-file", log];
    let (code, out, lines) = said("C", &[&demo[..], &rest[..]].concat()).await;
    assert_eq!(code, 0, "{lines}");
    assert!(
        out.contains(" mailbox: ") && out.contains("0 tidak lengkap, 0 gagal, 0 belum dipindahkan"),
        "{out}"
    );
    assert!(lines.contains("code=ZP-VERIFIED") && lines.contains(" terverifikasi: "), "{lines}");
    assert!(
        lines.contains("  mulai; dalam keadaan diam terketat: ") && lines.contains("12 dari 12 mailbox"),
        "{lines}"
    );

    let report = async |more: &[&str]| {
        let (code, out, said) =
            said("id_ID.UTF-8", &[&["report", "--state-dir", state], more].concat()).await;
        assert_eq!(code, 0, "{said}");
        out
    };
    let text = report(&[]).await;
    assert!(
        text.starts_with("Ringkasan\n") && text.contains("belum selesai      0 belum dipindahkan"),
        "{text}"
    );
    assert!(
        text.contains("\nPengaturan yang disarankan\n  thread               ")
            && text.contains("\nPer jam\n"),
        "{text}"
    );
    let page = report(&["--format", "html"]).await;
    assert!(
        page.contains("<html lang=\"id\">") && page.contains("Limit dan mailbox yang berjalan"),
        "{page}"
    );
    assert!(report(&["--format", "markdown"]).await.contains("\n## Pengaturan yang disarankan\n"));
    assert!(report(&["--compare", "1", "1"]).await.contains("\nLebih dari derau?\n"));
    assert!(report(&["--lang", "en"]).await.contains("\nRecommended settings\n"));
    let json: serde_json::Value = serde_json::from_str(&report(&["--format", "json"]).await).unwrap();
    assert!(json["decisions"][0]["reason"].as_str().unwrap().starts_with("begins"), "{json:#}");
    assert!(report(&["--format", "csv"]).await.starts_with("account,state"), "CSV headers are for programs");

    let (_, _, said) =
        said("id_ID", &[&demo[..], &["--progress", "lines", "--log-format", "json"][..]].concat()).await;
    assert!(said.contains("\"msg\":\"verified: "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_in_indonesian_what_it_means_and_what_to_type() {
    let (code, _, told) = said("id_ID", &["explain", "moon"]).await;
    assert_eq!(code, 2);
    assert_eq!(
        told,
        "zmpace: cara pakai atau pengaturan yang salah (there is no code `moon`)\nberikutnya: zmpace explain\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_a_verification_and_a_retry_speak_indonesian() {
    let world = World::with(4471, three()).await;
    let told = async |verb: &str, more: &[&str]| {
        let mut command = world.zmpace(verb, "");
        command.args(["--lang", "id"]).args(more);
        let (code, out, said) = finish(command).await;
        assert_eq!(code, 0, "{verb}: {out}{said}");
        out
    };
    let plan = told("plan", &[]).await;
    assert!(
        plan.starts_with("sumber: mail store ") && plan.contains("\nurutan: yang terbesar dulu; satu dari "),
        "{plan}"
    );
    assert_eq!(told("run", &["--dry-run"]).await, plan.split_inclusive('\n').skip(2).collect::<String>());
    let json: serde_json::Value = serde_json::from_str(&told("plan", &["--json"]).await).unwrap();
    assert_eq!(json["servers"][0]["side"], "source");
    told("run", &["--progress", "none"]).await;
    let verified = told("verify", &[]).await;
    assert!(verified.ends_with("yang dibandingkan: jumlah dan ukuran setiap folder\n"), "{verified}");
    let none = "tidak ada yang gagal: tidak ada mailbox yang perlu dikembalikan\n";
    assert_eq!(told("retry", &[]).await, none);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_settings_tells_so_in_indonesian_and_writes_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(at("old.conf"), "SourceZCSServer=a\nThreads=5\n").unwrap();
    for (lang, words) in
        [("en", "next: write both"), ("id", "berikutnya: tulis kedua file password, lalu zmpace")]
    {
        let output = at(&format!("{lang}.toml"));
        let (code, _, told) =
            said("C", &["import-config", &at("old.conf"), "-o", &output, "--lang", lang]).await;
        assert!(code == 0 && told.contains(words), "{told}");
        let output = at(&format!("{lang}-init.toml"));
        let sides = ["--source-host", "a", "--source-admin", "b", "--destination-host", "c"];
        let rest = ["--destination-admin", "d", "--no-input", "-o", &output, "--lang", lang];
        let (code, _, told) = said("C", &[&["init"], &sides[..], &rest[..]].concat()).await;
        assert!(code == 0 && told.contains("zmpace check --config"), "{told}");
    }
    let written = |name: &str| std::fs::read_to_string(at(name)).unwrap();
    assert_eq!(written("en.toml").replace("en.", "id."), written("id.toml"));
    assert_eq!(written("en-init.toml"), written("id-init.toml"));
}

#[tokio::test(flavor = "multi_thread")]
async fn init_asks_in_indonesian_and_takes_its_yes() {
    let world = World::with(4472, three()).await;
    let at = |name: &str| world.scratch.path().join(name);
    for file in ["source.pw", "destination.pw"] {
        std::fs::write(at(file), PASSWORD).unwrap();
    }
    let side =
        |lab: &zmpace::lab::Lab| format!("127.0.0.1\n{}\nadmin@{DOMAIN}\n\nya\nnone\n", lab.address().port());
    std::fs::write(at("answers"), side(&world.source) + &side(&world.destination)).unwrap();
    let mut command = std::process::Command::new("script");
    command
        .current_dir(world.scratch.path())
        .env("PATH", "/usr/bin:/bin")
        .stdin(std::fs::File::open(at("answers")).unwrap());
    command.args(["-qec", &format!("{} init --lang id", env!("CARGO_BIN_EXE_zmpace")), "/dev/null"]);
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{out}{said}");
    assert!(out.contains("nama atau alamatnya: ") && out.contains("(y, t, ya, tidak) [t]: "), "{out}");
    assert!(
        out.contains("ok: login ke 127.0.0.1 sebagai ") && out.contains("berikutnya: zmpace check"),
        "{out}"
    );
}
