//! Every code a line, a report or a metric can carry: what it is about and how loud. They never change meaning.
//!
//! One table. What each means and what to do stands in the files of messages; `zmpace explain` prints both, and
//! docs/events.md is made from them.

use super::decision::Rule;

/// How much attention a line wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// All is well.
    Info,
    /// Something went wrong and is dealt with, or concerns one mailbox.
    Warn,
    /// Somebody has to do something.
    Error,
}

impl Level {
    /// As logs write it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

/// What a code is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A mailbox that failed, or the server it failed on.
    Failure,
    /// A mailbox that ended otherwise.
    Mailbox,
    /// A decision of the control law.
    Decision,
    /// The run as a whole.
    Run,
    /// A machine and its readings.
    Machine,
    /// The operator.
    Operator,
}

impl Kind {
    /// Lower-case word used in JSON lines.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Failure => "failure",
            Self::Mailbox => "mailbox",
            Self::Decision => "decision",
            Self::Run => "run",
            Self::Machine => "machine",
            Self::Operator => "operator",
        }
    }
}

macro_rules! codes {
    ($($variant:ident $name:literal $kind:ident $level:ident;)*) => {
        /// A code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $name] $variant,)*
        }

        impl Code {
            /// All of them, as they stand in the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Such as `ZP-QUOTA`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it is about.
            #[must_use]
            pub const fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind,)* }
            }

            /// How much attention it wants.
            #[must_use]
            pub const fn level(self) -> Level {
                match self { $(Self::$variant => Level::$level,)* }
            }
        }
    };
}

codes! {
    Unreachable "ZP-UNREACHABLE" Failure Warn;
    Untrusted "ZP-TLS" Failure Error;
    SignIn "ZP-SIGN-IN" Failure Error;
    AuthExpired "ZP-AUTH-EXPIRED" Failure Warn;
    SoapFault "ZP-SOAP-FAULT" Failure Warn;
    Garbled "ZP-GARBLED" Failure Warn;
    NoAccount "ZP-NO-ACCOUNT" Failure Warn;
    AccountShut "ZP-ACCOUNT-SHUT" Failure Warn;
    Busy "ZP-BUSY" Failure Warn;
    Http "ZP-HTTP" Failure Warn;
    Stalled "ZP-STALLED" Failure Warn;
    Cut "ZP-CUT" Failure Warn;
    Archive "ZP-ARCHIVE" Failure Warn;
    ImportFail "ZP-IMPORT-FAIL" Failure Warn;
    Quota "ZP-QUOTA" Failure Warn;
    Runaway "ZP-RUNAWAY" Failure Error;
    TempSpace "ZP-TEMP-SPACE" Failure Error;
    Program "ZP-PROGRAM" Failure Error;
    Stopped "ZP-STOPPED" Failure Info;
    Verified "ZP-VERIFIED" Mailbox Info;
    Differs "ZP-DIFFERS" Mailbox Warn;
    LateImport "ZP-LATE-IMPORT" Mailbox Warn;
    InDoubt "ZP-IN-DOUBT" Mailbox Warn;
    Begin "ZP-BEGIN" Decision Info;
    BusyAtRest "ZP-BUSY-AT-REST" Decision Warn;
    SideLost "ZP-SIDE-LOST" Decision Warn;
    SideBack "ZP-SIDE-BACK" Decision Info;
    PersonNeeded "ZP-PERSON-NEEDED" Decision Error;
    TooManyFailures "ZP-TOO-MANY-FAILURES" Decision Error;
    SpaceLow "ZP-SPACE-LOW" Decision Error;
    Critical "ZP-CRITICAL" Decision Warn;
    StaysCritical "ZP-STAYS-CRITICAL" Decision Error;
    OverLine "ZP-OVER-LINE" Decision Info;
    ServerBusy "ZP-SERVER-BUSY" Decision Info;
    Memory "ZP-MEMORY" Decision Info;
    Guard "ZP-GUARD" Decision Info;
    CoolDown "ZP-COOL-DOWN" Decision Info;
    Ceiling "ZP-CEILING" Decision Info;
    Line "ZP-LINE" Decision Info;
    Fewer "ZP-FEWER" Decision Info;
    LateCost "ZP-LATE-COST" Decision Info;
    Stale "ZP-STALE" Decision Info;
    Degraded "ZP-DEGRADED" Decision Warn;
    Blind "ZP-BLIND" Decision Warn;
    Try "ZP-TRY" Decision Info;
    Climb "ZP-CLIMB" Decision Info;
    Kept "ZP-KEPT" Decision Info;
    Undone "ZP-UNDONE" Decision Info;
    Knee "ZP-KNEE" Decision Info;
    Enough "ZP-ENOUGH" Decision Info;
    Cap "ZP-CAP" Decision Info;
    Operator "ZP-OPERATOR" Decision Info;
    Hours "ZP-HOURS" Decision Info;
    TooLong "ZP-TOO-LONG" Decision Info;
    Warm "ZP-WARM" Decision Info;
    Rung "ZP-RUNG" Decision Info;
    Measured "ZP-MEASURED" Decision Info;
    Benchmarked "ZP-BENCHMARKED" Decision Info;
    RunBegins "ZP-RUN-BEGINS" Run Info;
    RunEnds "ZP-RUN-ENDS" Run Info;
    Progress "ZP-PROGRESS" Run Info;
    Interrupted "ZP-INTERRUPTED" Run Info;
    SecondLook "ZP-SECOND-LOOK" Run Info;
    JournalFull "ZP-JOURNAL-FULL" Run Error;
    JournalRoom "ZP-JOURNAL-ROOM" Run Info;
    Hook "ZP-HOOK" Run Warn;
    Listening "ZP-LISTENING" Run Info;
    Outlet "ZP-OUTLET" Run Warn;
    Unread "ZP-UNREAD" Machine Warn;
    ReadAgain "ZP-READ-AGAIN" Machine Info;
    Reading "ZP-READING" Machine Info;
    Unguarded "ZP-UNGUARDED" Machine Warn;
    Answer "ZP-ANSWER" Operator Info;
    NotDone "ZP-NOT-DONE" Operator Warn;
}

impl Code {
    /// The code of this name, in upper or lower case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name().eq_ignore_ascii_case(name))
    }
}

impl From<Rule> for Code {
    fn from(rule: Rule) -> Self {
        match rule {
            Rule::Begin => Self::Begin,
            Rule::BusyAtRest => Self::BusyAtRest,
            Rule::SideLost => Self::SideLost,
            Rule::SideBack => Self::SideBack,
            Rule::PersonNeeded => Self::PersonNeeded,
            Rule::TooManyFailures => Self::TooManyFailures,
            Rule::SpaceLow => Self::SpaceLow,
            Rule::Critical => Self::Critical,
            Rule::StaysCritical => Self::StaysCritical,
            Rule::Soft => Self::OverLine,
            Rule::Busy => Self::ServerBusy,
            Rule::Admission => Self::Memory,
            Rule::Guard => Self::Guard,
            Rule::CoolDown => Self::CoolDown,
            Rule::Ceiling => Self::Ceiling,
            Rule::Line => Self::Line,
            Rule::Fewer => Self::Fewer,
            Rule::LateCost => Self::LateCost,
            Rule::Stale => Self::Stale,
            Rule::Degraded => Self::Degraded,
            Rule::Blind => Self::Blind,
            Rule::Try => Self::Try,
            Rule::Climb => Self::Climb,
            Rule::Kept => Self::Kept,
            Rule::Undone => Self::Undone,
            Rule::Knee => Self::Knee,
            Rule::Enough => Self::Enough,
            Rule::Cap => Self::Cap,
            Rule::Operator => Self::Operator,
            Rule::Hours => Self::Hours,
            Rule::TooLong => Self::TooLong,
            Rule::Warm => Self::Warm,
            Rule::Rung => Self::Rung,
            Rule::Measured => Self::Measured,
            Rule::Benchmarked => Self::Benchmarked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_again() {
        for code in Code::ALL {
            assert_eq!(Code::named(code.name()), Some(*code), "{}", code.name());
            assert_eq!(Code::named(&code.name().to_lowercase()), Some(*code));
            assert!(code.name().starts_with("ZP-"));
        }
        assert_eq!(Code::named("ZP-MOON"), None);
    }
}
