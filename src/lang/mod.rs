//! The texts an operator meets, in his language: one file of messages for each, compiled in.
//!
//! - `en.ftl`, `id.ftl` the messages, in the format of Fluent (<https://projectfluent.org/fluent/guide/>).
//! - [`codes`] what codes and exit codes mean; [`errors`] our own words about them; [`decisions`] the law's lines;
//!   [`findings`] what a benchmark found; [`words`] what machines, measures and phases are called.
//!
//! What machines read stays English: codes, JSON, metrics, CSV, the journal. So does what is typed: commands, flags,
//! settings, and Zimbra's own words.

pub mod codes;
pub mod decisions;
mod errors;
pub mod findings;
pub mod words;

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

/// A language the texts are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// English, of which every text is made.
    #[default]
    En,
    /// Indonesian.
    Id,
}

type Messages = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Messages> = LazyLock::new(|| messages(Lang::En));
static INDONESIAN: LazyLock<Messages> = LazyLock::new(|| messages(Lang::Id));

impl Lang {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::En, Self::Id];

    /// As `--lang` and the settings name it: ISO 639.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Id => "id",
        }
    }

    /// The language of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.name() == name)
    }

    /// By a locale's variables, the strongest first; English when none names a language of ours.
    #[must_use]
    pub fn of_locale(told: [Option<&str>; 3]) -> Self {
        let told = told.into_iter().flatten().find(|value| !value.is_empty()).unwrap_or_default();
        let name = told.split(['_', '.', '@', '-']).next().unwrap_or_default();
        Self::named(&name.to_ascii_lowercase()).unwrap_or_default()
    }

    /// The message of this key; [`tell!`] is the way to write it. A key nobody knows is shown as it is: tests find it.
    #[must_use]
    pub fn message(self, key: &str, values: Option<&FluentArgs<'_>>) -> String {
        let (name, attribute) = key.split_once('.').map_or((key, None), |(name, rest)| (name, Some(rest)));
        let messages = self.messages();
        let pattern = messages.get_message(name).and_then(|message| match attribute {
            None => message.value(),
            Some(attribute) => message.get_attribute(attribute).map(|found| found.value()),
        });
        let Some(pattern) = pattern else {
            debug_assert!(false, "{}.ftl has no message `{key}`", self.name());
            return key.to_owned();
        };
        let mut odd = Vec::new();
        let text = messages.format_pattern(pattern, values, &mut odd);
        debug_assert!(odd.is_empty(), "{}.ftl, `{key}`: {odd:?}", self.name());
        text.into_owned()
    }

    fn messages(self) -> &'static Messages {
        match self {
            Self::En => &ENGLISH,
            Self::Id => &INDONESIAN,
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::En => include_str!("en.ftl"),
            Self::Id => include_str!("id.ftl"),
        }
    }
}

/// A message: `tell!(lang, "key", name = value, ...)`. Numbers given as such choose between one and several.
macro_rules! tell {
    ($lang:expr, $key:expr) => {
        $lang.message($key, None)
    };
    ($lang:expr, $key:expr, $($name:ident = $value:expr),+ $(,)?) => {{
        let mut values = fluent_bundle::FluentArgs::new();
        $(values.set(stringify!($name), $value);)+
        $lang.message($key, Some(&values))
    }};
}
pub(crate) use tell;

fn messages(lang: Lang) -> Messages {
    let language = lang.name().parse().expect("a language of ours has a lawful name");
    let mut messages = FluentBundle::new_concurrent(vec![language]);
    // Terminals and logs show these signs as rubbish; nothing here is written from right to left.
    messages.set_use_isolating(false);
    let file = FluentResource::try_new(lang.file().to_owned()).unwrap_or_else(|(file, wrong)| {
        debug_assert!(false, "{}.ftl: {wrong:?}", lang.name());
        file
    });
    messages.add_resource_overriding(file);
    messages
}

#[cfg(test)]
pub(crate) mod tests;
