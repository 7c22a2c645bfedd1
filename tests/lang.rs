//! The same program in English and Indonesian: by flag, by settings, by the machine's locale.

use crate::world::{finish, program};

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
