//! Who chooses the number of workers in a made-up run, by the name people type.

use super::{
    rivals::{self, Rival},
    scenario::Scenario,
};
use crate::control::policy::{LimitPolicy, Policy, Without};

/// A law of the bench.
#[derive(Clone, Debug, PartialEq)]
pub enum Law {
    /// Ours, whole or with a rule taken out (the ablation's name).
    Ours(Option<&'static str>),
    /// Ours with the warm start of a benchmark that recommended this number.
    Warm(u32),
    /// A fixed number of workers, without memory admission.
    Fixed(u32),
    /// Somebody else's.
    Rival(&'static str),
}

/// Rules that can be taken out of ours.
pub const ABLATIONS: [&str; 11] =
    ["guard", "prediction", "items", "gain", "blocks", "climb", "down", "admission", "lag", "busy", "enough"];

/// Somebody else's laws.
pub const RIVALS: [&str; 11] = [
    "wiki",
    "aimd",
    "arc",
    "arc-item",
    "gradient2",
    "gradient2-item",
    "hill",
    "falcon",
    "azcopy",
    "imapsync",
    "oracle",
];

impl Law {
    /// The law of this name: `ours`, `ours-no-RULE`, `ours-warm-N`, `fixed-N` or a rival's.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        if name == "ours" {
            return Some(Self::Ours(None));
        }
        if let Some(rule) = name.strip_prefix("ours-no-") {
            return ABLATIONS.iter().find(|a| **a == rule).map(|a| Self::Ours(Some(a)));
        }
        let number = |prefix| name.strip_prefix(prefix)?.parse().ok().filter(|n| (1..=1000).contains(n));
        if let Some(law) = number("fixed-").map(Self::Fixed).or_else(|| number("ours-warm-").map(Self::Warm))
        {
            return Some(law);
        }
        RIVALS.iter().find(|r| **r == name).map(|r| Self::Rival(r))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Ours(None) => "ours".to_owned(),
            Self::Ours(Some(rule)) => format!("ours-no-{rule}"),
            Self::Warm(n) => format!("ours-warm-{n}"),
            Self::Fixed(n) => format!("fixed-{n}"),
            Self::Rival(name) => (*name).to_owned(),
        }
    }

    pub(super) const fn is_ours(&self) -> bool {
        matches!(self, Self::Ours(_) | Self::Warm(_))
    }

    pub(super) fn start(&self) -> u32 {
        match self {
            Self::Ours(_) | Self::Warm(_) => 1,
            Self::Fixed(n) => *n,
            Self::Rival(name) => rivals::start(name),
        }
    }

    pub(super) fn rival(&self, seed: u64) -> Option<Box<dyn Rival>> {
        if let Self::Rival(name) = self { rivals::named(name, seed) } else { None }
    }

    pub(super) fn policy(&self, scenario: &Scenario, base: &Policy, seed: u64) -> Policy {
        let mut policy = Policy { max_workers: scenario.max_workers, seed, ..base.clone() };
        let ablation = match self {
            Self::Ours(ablation) => ablation.unwrap_or(""),
            Self::Warm(recommended) => {
                policy.warm_to = base.sweep.warm_from(*recommended);
                ""
            }
            Self::Fixed(_) | Self::Rival(_) => return self.without_a_guard(policy),
        };
        policy.limit = LimitPolicy::Adaptive { start: 1 };
        match ablation {
            "guard" => policy.without = Without { guard: true, ..Without::default() },
            "prediction" => policy.without = Without { prediction: true, ..Without::default() },
            "items" => {
                policy.work.account_s = 1e-9;
                policy.work.item_s = 1e-9;
                policy.work.strength = 1e15;
            }
            "gain" => {
                policy.gain.phi = -10.0;
                policy.gain.phi_unread = -10.0;
            }
            "blocks" => {
                policy.gain.block_divisor = 100_000;
                policy.gain.block_divisor_green = 100_000;
            }
            "climb" => policy.gain.climb_to = 1,
            "down" => policy.without = Without { down: true, ..Without::default() },
            "admission" => policy.memory.admission = false,
            "lag" => policy.without = Without { lag: true, ..Without::default() },
            "busy" => policy.guard.busy_answers = u32::MAX,
            "enough" => policy.without = Without { enough: true, ..Without::default() },
            _ => {}
        }
        policy
    }

    /// A number that is given from outside, and nothing that holds a mailbox back.
    fn without_a_guard(&self, mut policy: Policy) -> Policy {
        policy.limit = LimitPolicy::Fixed(self.start());
        policy.max_workers = 1000;
        policy.memory.admission = false;
        policy
    }
}
