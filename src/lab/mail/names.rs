//! Names of people, things and files, and how Zimbra makes a file name of a subject.

use super::Dice;

pub(super) const FIRST: &[&str] = &[
    "ada", "amir", "anna", "astrid", "bela", "boris", "carla", "chen", "clara", "dario", "dunja", "edgar",
    "elif", "emil", "esther", "fabio", "farah", "felix", "gita", "goran", "greta", "hana", "henrik", "ida",
    "igor", "ines", "iris", "jan", "jelena", "jonas", "kaito", "karin", "kofi", "lara", "leon", "lin",
    "livia", "lukas", "magda", "malik", "maren", "marta", "mei", "milan", "mona", "nadia", "niko", "nora",
    "olaf", "olga", "omar", "paula", "pavel", "petra", "rafael", "rosa", "ruben", "sanna", "sofia", "stefan",
    "tarek", "thea", "tomas", "ursula", "vera", "viktor", "wanda", "yara", "yusuf", "zoe",
];
pub(super) const LAST: &[&str] = &[
    "abate",
    "adler",
    "andersson",
    "aydin",
    "bauer",
    "becker",
    "bianchi",
    "brandt",
    "costa",
    "cruz",
    "dahl",
    "diaz",
    "dupont",
    "eriksen",
    "farkas",
    "fischer",
    "fontana",
    "garcia",
    "haas",
    "hansen",
    "hoffmann",
    "horvat",
    "ito",
    "jansen",
    "jovanovic",
    "kaya",
    "keller",
    "klein",
    "kovacs",
    "kumar",
    "lang",
    "larsen",
    "lopez",
    "maier",
    "marino",
    "meyer",
    "moreau",
    "nagy",
    "nguyen",
    "novak",
    "okafor",
    "olsen",
    "pavlov",
    "peeters",
    "petrov",
    "popescu",
    "rossi",
    "sato",
    "schmidt",
    "silva",
    "smit",
    "svoboda",
    "takacs",
    "tanaka",
    "urban",
    "vogel",
    "wagner",
    "weber",
    "wolf",
    "wong",
    "yilmaz",
    "ziegler",
    "zimmer",
];
pub(super) const WORDS: &[&str] = &[
    "invoice",
    "meeting",
    "report",
    "draft",
    "contract",
    "holiday",
    "budget",
    "server",
    "minutes",
    "proposal",
    "delivery",
    "question",
    "review",
    "schedule",
    "photos",
    "ticket",
    "training",
    "agenda",
    "summary",
    "reminder",
    "update",
    "offer",
    "order",
    "plan",
    "results",
    "request",
    "feedback",
    "survey",
    "backup",
    "newsletter",
];
const SUBJECTS_ABROAD: &[&str] = &[
    "Grüße aus München",
    "Réunion d'équipe déplacée",
    "Отчёт за квартал",
    "会議の議事録",
    "Año nuevo: próximos pasos",
    "Zażółć gęślą jaźń",
    "Καλημέρα από την Αθήνα",
];

/// The local part of the `number`-th person.
pub(in crate::lab) fn person(seed: u64, number: u32) -> String {
    let pairs = (FIRST.len() * LAST.len()) as u64;
    // A walk with a stride prime to the number of pairs meets every pair once before it repeats.
    let mut dice = Dice::new(seed, 0x6e61_6d65);
    let place = (dice.below(pairs) + u64::from(number) * 1_009) % pairs;
    let (first, last) = (FIRST[place as usize % FIRST.len()], LAST[place as usize / FIRST.len()]);
    match u64::from(number) / pairs {
        0 => format!("{first}.{last}"),
        round => format!("{first}.{last}{}", round + 1),
    }
}

/// A subject; some foreign, some very long.
pub(super) fn subject(dice: &mut Dice) -> String {
    let mut words: Vec<&str> = (0..2 + dice.below(4)).map(|_| dice.pick(WORDS)).collect();
    match dice.below(20) {
        0 => dice.pick(SUBJECTS_ABROAD).to_owned(),
        1 => format!("Re: {} ({})", words.join(" "), dice.pick(SUBJECTS_ABROAD)),
        2 => {
            words.extend((0..30).map(|_| dice.pick(WORDS)));
            format!("Fwd: {}", words.join(" "))
        }
        3 => format!("Re: {}: \"{}\" <{}?>", words[0], words.join("/"), dice.below(900)),
        4..=8 => format!("Re: {}", words.join(" ")),
        _ => words.join(" "),
    }
}

/// A subject as a file name: forbidden characters become `_`, at most 120 characters.
pub(in crate::lab) fn safe_name(text: &str) -> String {
    let safe = |letter: char| match letter {
        ':' | '*' | '?' | '"' | '<' | '>' | '|' | '/' | '\\' => '_',
        control if control.is_control() => '_',
        other => other,
    };
    let cut: String = text.chars().map(safe).take(120).collect();
    let cut = cut.trim();
    if cut.is_empty() { "no subject".into() } else { cut.into() }
}

/// `first.last` as a person writes it.
pub(super) fn display(first: &str, last: &str) -> (String, String) {
    let big = |name: &str| {
        let mut letters = name.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    (big(first), big(last))
}
