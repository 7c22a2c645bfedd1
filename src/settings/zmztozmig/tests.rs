//! What is carried, what is told, and in which language.

use super::*;
use crate::{lang::tests::english_in, settings::layers::Layers};

const SAMPLE: &str = "# zmztozmig.conf\nSourceZCSServer=old.example\nSourceAdminUser=admin@old.example\n\
    SourceAdminPwd=se,cret=x\nTargetZCSServer = new.example\nTargetAdminPort=7071\nTargetAdminUser=admin@new.example\n\
    TargetAdminPwd=other\nThreads=5\nWorkingDirectory=/opt/zimbra/tmp\nKeepSuccessFiles=TRUE\nresolve=modify\n\
    DomainMap=old.example new.example\nDomains=a.example,b.example\nAccounts=all\ntypes=message\nFoo=1\n";

fn settled(text: &str) -> crate::settings::Settings {
    let mut layers = Layers::new(crate::settings::DEFAULT_PROFILE).unwrap();
    layers.file("translated", text).unwrap();
    layers.settle().unwrap()
}

fn at(path: &str) -> &Path {
    Path::new(path)
}

#[test]
fn every_key_is_carried_or_told() {
    let out = translate(SAMPLE, at("/x/zmpace.toml"), Lang::En);
    let settings = settled(&out.toml);
    assert_eq!(
        (settings.source.host.as_str(), settings.destination.host.as_str()),
        ("old.example", "new.example")
    );
    assert_eq!(settings.plan.domains, ["a.example", "b.example"]);
    assert_eq!(settings.plan.domain_map["old.example"], "new.example");
    assert_eq!(settings.source.password_file, "/x/source.pw");
    let notes = out.notes.join("\n");
    for word in
        ["SourceAdminPwd", "write it whole", "Threads=5", "directories", "types", "`foo`", "last one only"]
    {
        assert!(notes.contains(word), "{word}: {notes}");
    }
    assert!(!out.toml.contains("cret") && !notes.contains("cret") && !notes.contains("other"), "a password");
    assert!(out.accounts.is_empty());
}

#[test]
fn a_list_of_accounts_grows_line_by_line_and_gets_a_file() {
    let out = translate(
        "Accounts=a@x.example, b@x.example\nAccounts=c@x.example,,\nresolve=reset\n",
        at("/etc/zmpace/new.toml"),
        Lang::En,
    );
    assert_eq!(out.accounts, ["a@x.example", "b@x.example", "c@x.example"]);
    let settings = settled(&out.toml);
    assert_eq!(settings.plan.accounts_file, "/etc/zmpace/new.accounts");
    assert_eq!(settings.source.password_file, "/etc/zmpace/source.pw");
    assert!(out.notes.iter().any(|note| note.contains("never deletes")), "{:?}", out.notes);
}

#[test]
fn what_its_reader_trips_over_is_told_not_fatal() {
    let out = translate(
        "Accounts= all\n   \nThreads=many\nDomainMap=a  b c\nDomainMap=d  e\nresolve=skip,reset\n",
        at("l"),
        Lang::En,
    );
    let notes = out.notes.join("\n");
    for word in [
        "plain `all`",
        "line 2: no `=`",
        "`many`",
        "`a  b c`",
        "`d  e`: zmztozmig passes over it",
        "refused by Zimbra",
        "SourceZCSServer is missing",
    ] {
        assert!(notes.contains(word), "{word}: {notes}");
    }
    settled(&out.toml);
}

#[test]
fn damaged_files_never_panic_and_always_give_settings() {
    for seed in 0..300 {
        println!("seed {seed}");
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut text: Vec<char> = SAMPLE.chars().collect();
        for _ in 0..rng.usize(1..30) {
            if text.is_empty() {
                break;
            }
            let at = rng.usize(0..text.len());
            match rng.u8(0..4) {
                0 => drop(text.remove(at)),
                1 => text.insert(
                    at,
                    *['=', ',', '"', '\\', '\n', '\u{0}', '\u{202e}', '#'].get(rng.usize(0..8)).unwrap(),
                ),
                2 => text[at] = rng.char('\u{1}'..='\u{ffff}'),
                _ => text.truncate(at.max(1)),
            }
        }
        let out = translate(&text.into_iter().collect::<String>(), at("l"), Lang::En);
        settled(&out.toml);
    }
}

#[test]
fn what_is_told_is_told_in_indonesian() {
    let odd = "nothing\nSourceAdminPort=x\nSourceAdminPwd=a,b\nThreads=many\nresolve=wild\nDomainMap=a  b,c\nDomains=a,b\n\
        LogDirectory=/x\nZimbraMailTransport=lmtp\nSourceZCSServer=a,b\nTypes=x\nWorkingDirectory=/x\n";
    let all = "Accounts=ALL\nDomains=a,b\nThreads=4\nresolve=reset\n";
    let named = "Accounts=ann@a\nDomains=a\nFoo=1\n";
    for text in [odd, all, named] {
        let out = translate(text, at("/x/zmpace.toml"), Lang::Id);
        assert_eq!(english_in(&out.notes.join("\n")), [""; 0], "{:?}", out.notes);
        assert_eq!(
            out.toml,
            translate(text, at("/x/zmpace.toml"), Lang::En).toml,
            "settings are in no language"
        );
    }
}
