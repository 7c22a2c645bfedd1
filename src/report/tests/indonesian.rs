//! The same nights told in Indonesian: no English sentence is left in any of the ways to tell them.

use super::*;
use crate::{control::finding::WireFinding, lang::tests::english_in};

/// Names of other people's making, and what servers say, are in no language of ours.
fn plain_night(facts: RunFacts) -> Morning {
    let mut fold = Fold::new(facts);
    for at in 1..=240 {
        fold.minute(minute(at, 4 + at % 5, if (120..180).contains(&at) { 0.4 } else { 0.1 }));
    }
    for (place, rule) in [Rule::Begin, Rule::Try, Rule::Cap, Rule::Guard, Rule::Busy].into_iter().enumerate()
    {
        fold.decision(&decision(place as f64 * 90.0, 7, 8, rule));
    }
    for id in 1..=150 {
        let state = if id == 1 { AccountState::Failed } else { AccountState::Verified };
        fold.account(account(id, &format!("u{id}"), u64::from(id) * 7919, state));
        let code = (id < 3).then(|| ["ZP-BUSY", "ZP-CUT"][id as usize - 1].to_owned());
        fold.attempt(&AttemptFacts { moved: code.is_none(), code, ..attempt(id, i64::from(id), 8000) });
    }
    let (account, code) = ("u1".to_owned(), "ZP-BUSY".to_owned());
    let (cause, next) = ("tujuan: 503".to_owned(), "zmpace run".to_owned());
    fold.failure(1, FailureLine { account, code, cause, next });
    fold.finish()
}

fn nights() -> Vec<Morning> {
    let reason = "alone, tar brings 1.0 MB/s of mail out of the source, tgz 300 kB/s: compressing costs more";
    let wire = Some(WireFinding { better: "tar".to_owned(), reason: reason.to_owned() });
    let measured = |finding| RunFacts { findings: vec![(START_MS, finding)], ..facts() };
    let held = Policy { limit: LimitPolicy::Fixed(5), ..Policy::for_tests() };
    vec![
        plain_night(facts()),
        plain_night(measured(Finding { wire, ..finding() })),
        plain_night(measured(Finding { recommended: None, ..finding() })),
        plain_night(RunFacts { policy: Some(held), ..facts() }),
        plain_night(RunFacts { ending: Some(Ending::Critical(Side::Source)), ..facts() }),
        Fold::new(RunFacts { ended_ms: None, ending: None, policy: None, wire: None, ..facts() }).finish(),
    ]
}

#[test]
fn no_english_is_left_in_text_markdown_and_page() {
    for night in nights() {
        for told in [night.text(Lang::Id), night.markdown(Lang::Id), night.html(Lang::Id)] {
            assert_eq!(english_in(&told), [""; 0], "{told}");
        }
    }
}

#[test]
fn sections_and_sentences_are_indonesian() {
    let night = plain_night(facts());
    let text = night.text(Lang::Id);
    for words in [
        "Pengaturan yang disarankan\n",
        "dibatasi oleh        CPU tujuan",
        "Batas bawaan Zimbra\n",
        "CPU tujuan: ",
        "\n  jam                     limit selesai     pindah   kerja  terketat\n",
    ] {
        assert!(text.contains(words), "no `{words}` in {text}");
    }
    let page = night.html(Lang::Id);
    assert!(page.contains("<html lang=\"id\">") && page.contains("<h2>Grafik</h2>"), "{page}");
    assert!(page.contains("aria-label=\"Ukuran dan lamanya\"") && page.contains(">Ringkasan</a>"), "{page}");
    assert!(night.markdown(Lang::Id).starts_with("# Laporan migrasi, run 2\n\n## Ringkasan\n"));
    // A mended cause asks for nothing.
    assert!(text.contains("ZP-CUT: 0 mailbox tersisa, 1 percobaan; berikutnya: tidak ada"), "{text}");
}

#[test]
fn labels_keep_to_their_columns() {
    for lang in Lang::ALL {
        for night in nights() {
            for setting in advice::Advice::of(&night, lang).settings {
                assert!(setting.name.chars().count() <= 20, "{}", setting.name);
            }
            for fact in compare(&night, &night, lang).facts {
                assert!(fact.name.chars().count() <= 22, "{}", fact.name);
            }
        }
    }
}

#[test]
fn programs_read_english_whatever_people_read() {
    let night = plain_night(facts());
    let json = serde_json::to_string(&night).unwrap();
    assert!(json.contains("best hours") && json.contains("begins; at rest"), "{json}");
    let mut csv = Vec::new();
    night.csv(Table::Decisions, &mut csv).unwrap();
    assert!(String::from_utf8(csv).unwrap().contains("begins; at rest"));
}

#[test]
fn two_nights_are_compared_in_indonesian() {
    let nights = nights();
    for other in &nights {
        let found = compare(&nights[0], other, Lang::Id);
        for told in [found.text(Lang::Id), found.markdown(Lang::Id)] {
            assert_eq!(english_in(&told), [""; 0], "{told}");
        }
    }
    let same = compare(&nights[0], &nights[0], Lang::Id);
    assert!(same.verdict.starts_with("tidak ada perbedaan di luar derau"), "{}", same.verdict);
}
