//! The files hold each other's messages and variables, and just those the program asks for.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use regex_lite::Regex;

use super::*;
use crate::{
    control::{
        code::{Code, Level},
        decision::{Decision, Measure, Phase, Resource, Rule, Step, Why},
        sample::Side,
    },
    run::Exit,
};

/// A message as its file has it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Written {
    variables: BTreeSet<String>,
    /// What stands in backquotes: commands, settings, names of files.
    typed: Vec<String>,
}

impl Written {
    fn of(pattern: &Pattern<&str>) -> Self {
        let mut written = Self::default();
        let mut text = String::new();
        written.read(pattern, &mut text);
        written.typed = text.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        written.typed.sort_unstable();
        written
    }

    fn read(&mut self, pattern: &Pattern<&str>, text: &mut String) {
        for element in &pattern.elements {
            match element {
                PatternElement::TextElement { value } => *text += value,
                PatternElement::Placeable { expression: Expression::Inline(inline) } => {
                    self.name(inline, text);
                }
                PatternElement::Placeable { expression: Expression::Select { selector, variants } } => {
                    self.name(selector, &mut String::new());
                    // One branch is enough for what is typed; each must know its variables.
                    for variant in variants {
                        self.read(&variant.value, &mut String::new());
                    }
                }
            }
        }
    }

    fn name(&mut self, inline: &InlineExpression<&str>, text: &mut String) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name.to_owned());
                *text += id.name;
            }
            InlineExpression::StringLiteral { value } => *text += value,
            other => panic!("{other:?}: plain messages with variables will do"),
        }
    }
}

fn written(lang: Lang) -> BTreeMap<String, Written> {
    let file = FluentResource::try_new(lang.file().to_owned()).expect("it can be read");
    let mut all = BTreeMap::new();
    for entry in file.entries() {
        let Entry::Message(message) = entry else { continue };
        let name = message.id.name.to_owned();
        for attribute in &message.attributes {
            all.insert(format!("{name}.{}", attribute.id.name), Written::of(&attribute.value));
        }
        let twice = message.value.as_ref().and_then(|value| all.insert(name.clone(), Written::of(value)));
        assert_eq!(twice, None, "{}.ftl has `{name}` twice", lang.name());
    }
    all
}

#[test]
fn each_message_is_in_every_language_with_its_variables_and_what_is_typed() {
    let english = written(Lang::En);
    for lang in Lang::ALL {
        let other = written(lang);
        let keys = |all: &BTreeMap<String, Written>| all.keys().cloned().collect::<BTreeSet<_>>();
        let missing: Vec<_> = keys(&english).symmetric_difference(&keys(&other)).cloned().collect();
        assert!(missing.is_empty(), "not in both en.ftl and {}.ftl: {missing:?}", lang.name());
        for (key, message) in &english {
            assert_eq!(message, &other[key], "`{key}` in en.ftl and {}.ftl", lang.name());
        }
    }
}

#[test]
fn the_program_asks_for_each_message_and_for_no_other() {
    let plain = Regex::new(r#"tell!\(\s*[^,"]+,\s*"([^"]+)""#).unwrap();
    let made = Regex::new(r#"tell!\(\s*[^,"]+,\s*&format!\("([^{"]+)\{"#).unwrap();
    let (mut keys, mut beginnings) = (BTreeSet::new(), vec!["ZP-".to_owned()]);
    each_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |text| {
        keys.extend(plain.captures_iter(text).map(|found| found[1].to_owned()));
        beginnings.extend(made.captures_iter(text).map(|found| found[1].to_owned()));
    });
    let there = written(Lang::En);
    let missing: Vec<_> = keys.iter().filter(|key| !there.contains_key(*key)).collect();
    assert!(missing.is_empty(), "asked for and not there: {missing:?}");
    let idle = |key: &&String| {
        !keys.contains(*key) && !beginnings.iter().any(|beginning| key.starts_with(beginning))
    };
    let idle: Vec<_> = there.keys().filter(idle).collect();
    assert!(idle.is_empty(), "there and never asked for: {idle:?}");
}

fn each_file(folder: &Path, each: &mut dyn FnMut(&str)) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            each_file(&path, each);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("lang/mod.rs") {
            each(&fs::read_to_string(&path).unwrap());
        }
    }
}

/// What an Indonesian text still says in words of English messages; what is typed is the same in both.
pub(crate) fn english_in(text: &str) -> Vec<String> {
    let file = FluentResource::try_new(Lang::En.file().to_owned()).expect("it can be read");
    let messages = file.entries().filter_map(|entry| match entry {
        Entry::Message(message) => message.value.as_ref(),
        _ => None,
    });
    let pieces = messages.flat_map(|pattern| &pattern.elements).filter_map(|element| match element {
        PatternElement::TextElement { value } => Some(value.trim()),
        PatternElement::Placeable { .. } => None,
    });
    // Wrapped lines are one sentence, and single words may be the same in both.
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let told = |piece: &&str| piece.contains(' ') && piece.len() > 8 && text.contains(*piece);
    pieces.filter(told).filter(|piece| !Lang::Id.file().contains(piece)).map(str::to_owned).collect()
}

#[test]
fn english_in_an_indonesian_text_is_found() {
    assert_eq!(english_in("Pengaturan\n Would more\n be faster?"), ["Would more be faster?"]);
    assert_eq!(english_in("Apakah lebih banyak lebih cepat?"), [""; 0]);
}

#[test]
fn every_code_and_exit_code_is_explained_in_every_language() {
    for lang in Lang::ALL {
        for code in Code::ALL {
            assert!(!lang.meaning(*code).is_empty() && !lang.next(*code).is_empty(), "{}", code.name());
        }
        for exit in Exit::ALL {
            let (meaning, next) = lang.exit(exit as u8);
            assert!(!meaning.is_empty() && !next.is_empty());
        }
    }
    for code in Code::ALL.iter().filter(|code| code.level() == Level::Error) {
        assert_ne!(Lang::En.next(*code), "nothing", "{}", code.name());
        assert_ne!(Lang::Id.next(*code), "tidak ada", "{}", code.name());
    }
    assert!(Lang::Id.meaning(Code::Quota).contains("sudah penuh"));
}

#[test]
fn the_locale_tells_the_language_and_the_strongest_variable_wins() {
    let of = |all, messages, lang| Lang::of_locale([all, messages, lang]);
    assert_eq!(of(None, None, Some("id_ID.UTF-8")), Lang::Id);
    assert_eq!(of(Some(""), Some("id"), Some("en_US.UTF-8")), Lang::Id);
    assert_eq!(of(Some("C"), None, Some("id_ID")), Lang::En);
    assert_eq!(of(Some("de_DE.UTF-8"), None, None), Lang::En);
    assert_eq!(of(None, None, None), Lang::En);
}

/// Every rule, as a record with all of its numbers.
fn decisions() -> Vec<Decision> {
    use Rule::*;
    let rules = [
        Begin,
        BusyAtRest,
        SideLost,
        SideBack,
        PersonNeeded,
        TooManyFailures,
        SpaceLow,
        Critical,
        StaysCritical,
        Soft,
        Busy,
        Admission,
        Guard,
        CoolDown,
        Ceiling,
        Line,
        Fewer,
        LateCost,
        Stale,
        Degraded,
        Blind,
        Try,
        Climb,
        Kept,
        Undone,
        Knee,
        Enough,
        Cap,
        Operator,
        Hours,
        TooLong,
        Warm,
        Rung,
        Measured,
        Benchmarked,
    ];
    let decision = |rule| Decision {
        at_s: 3725.0,
        from: 3,
        to: 4,
        step: Step::Grow,
        rule,
        phase: Phase::Measure,
        side: Some(Side::Destination),
        resource: Some(Resource::Cpu),
        measure: Some(Measure::CpuBusy),
        value: Some(0.64),
        line: Some(0.8),
        predicted: Some(0.82),
        marginal: None,
        background: None,
        work_before: Some(4.0),
        work_after: Some(5.0),
        standard_error: None,
        needed: Some(0.021),
        sample_age_s: Some(200.0),
        next_look_s: Some(90.0),
        why: None,
    };
    rules.map(decision).into()
}

#[test]
fn a_decision_reads_in_english_as_the_journal_has_it() {
    let bare = |decision: &Decision| Decision {
        side: None,
        measure: None,
        value: None,
        line: None,
        predicted: None,
        work_before: None,
        work_after: None,
        sample_age_s: None,
        next_look_s: None,
        step: Step::Hold,
        ..decision.clone()
    };
    let all = decisions();
    let mut every: Vec<Decision> = all.iter().flat_map(|full| [full.clone(), bare(full)]).collect();
    for phase in [
        Phase::Shut,
        Phase::Draining,
        Phase::Stopping,
        Phase::Paused,
        Phase::HoldLimit,
        Phase::Pinned,
        Phase::Tail,
    ] {
        every.extend(all.iter().map(|full| Decision { phase, ..full.clone() }));
    }
    for why in [Why::Locks, Why::ServerCap, Why::RoundTrips, Why::NotOurs { rise: 0.1 }] {
        every.extend(all.iter().map(|full| Decision { why: Some(why), ..full.clone() }));
        every.extend(all.iter().map(|full| Decision { why: Some(why), ..bare(full) }));
    }
    every.extend(all.iter().map(|full| Decision { sample_age_s: Some(4.0), ..full.clone() }));
    for decision in &every {
        assert_eq!(Lang::En.decision(decision), decision.line(), "{decision:?}");
        // Nothing is missing in the other language, or it would panic here.
        assert_ne!(Lang::Id.decision(decision), decision.line(), "{decision:?}");
    }
}

#[test]
fn what_a_benchmark_found_reads_in_indonesian() {
    let found = |words: &str| Lang::Id.limiting(words);
    assert_eq!(found("destination CPU"), "CPU tujuan");
    assert_eq!(found("source disk writes"), "antrean tulis disk sumber");
    assert_eq!(
        found("the most workers the settings allow (10)"),
        "jumlah worker terbanyak menurut pengaturan (10)"
    );
    assert!(found("waiting (locks, round trips or a server-side cap); no machine").starts_with("menunggu"));
    assert_eq!(found("the moon"), "the moon", "from a version that knew more");
    assert_eq!(Lang::En.limiting("destination CPU"), "destination CPU");
}

#[test]
fn a_decision_reads_in_indonesian() {
    let tried = decisions().into_iter().find(|decision| decision.rule == Rule::Try).unwrap();
    assert_eq!(
        Lang::Id.decision(&tried),
        "1:02:05  3 → 4  mencoba satu lagi; terketat: CPU tujuan 64 % dari 80 %; dilihat lagi dalam 90 dtk"
    );
    assert_eq!(Lang::Id.time("2 h 05 min"), "2 jam 05 mnt");
}
