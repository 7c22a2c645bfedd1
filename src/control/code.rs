//! Every code a line, a report or a metric can carry: what it means and what to do. They never change meaning.
//!
//! One table; `zmpace explain` prints it, and docs/events.md is made from it.

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
    ($($variant:ident $name:literal $kind:ident $level:ident $meaning:literal, $next:literal;)*) => {
        /// A code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $variant,)*
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

            /// What it means.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning,)* }
            }

            /// What to do.
            #[must_use]
            pub const fn next(self) -> &'static str {
                match self { $(Self::$variant => $next,)* }
            }
        }
    };
}

codes! {
    Unreachable "ZP-UNREACHABLE" Failure Warn "a server cannot be reached, or the connection broke",
        "`curl -kI https://HOST:7071/` from this machine; the run tries again by itself";
    Untrusted "ZP-TLS" Failure Error "a server's certificate is not trusted",
        "compare the fingerprint on the server, then set `fingerprints` of that side";
    SignIn "ZP-SIGN-IN" Failure Error "a server refused the administrator",
        "write the right password into that side's `password_file`; a run that waits goes on by itself";
    AuthExpired "ZP-AUTH-EXPIRED" Failure Warn "an admin token is no longer accepted, though it is fresh",
        "nothing at first, it is renewed; if it stays, `zmcontrol status` on that server: its directory may be down";
    SoapFault "ZP-SOAP-FAULT" Failure Warn "a server answered a request with a fault",
        "read its words in `zmpace status`; it is tried again, then `zmpace retry`";
    Garbled "ZP-GARBLED" Failure Warn "an answer is not what the protocol promises",
        "look for a proxy between zmpace and the server; it is tried again";
    NoAccount "ZP-NO-ACCOUNT" Failure Warn "the account does not exist on that side",
        "create it with `zmprov ca`, then `zmpace run`";
    AccountShut "ZP-ACCOUNT-SHUT" Failure Warn "the account is in maintenance, locked or closed",
        "`zmprov ga ACCOUNT zimbraAccountStatus`, set it active, then `zmpace retry`";
    Busy "ZP-BUSY" Failure Warn "a server refused for the moment (429, 502, 503, 504 or a contended lock)",
        "nothing: fewer workers are tried, and the mailbox again later";
    Http "ZP-HTTP" Failure Warn "a transfer was answered by an unexpected HTTP status",
        "read the server's `mailbox.log` at that time; then `zmpace retry`";
    Stalled "ZP-STALLED" Failure Warn "nothing moved for too long",
        "nothing at first; if it repeats, look for a full HTTP thread pool on that server (`zmmailboxdctl` threads)";
    Cut "ZP-CUT" Failure Warn "a transfer ended before its end",
        "nothing: what arrived is kept and the rest is sent again";
    Archive "ZP-ARCHIVE" Failure Warn "an export is not a whole, sound archive",
        "it is tried again; if it repeats, look for missing blobs: `zmblobchk` on the source";
    ImportFail "ZP-IMPORT-FAIL" Failure Warn "the destination refused the import as a whole",
        "read the destination's `mailbox.log`; then `zmpace retry`";
    Quota "ZP-QUOTA" Failure Warn "the destination's mailbox is full",
        "`zmprov ma ACCOUNT zimbraMailQuota 0`, then `zmpace retry --cause ZP-QUOTA`";
    Runaway "ZP-RUNAWAY" Failure Error "a mailbox on the destination grows although nothing is sent",
        "`zmmailboxdctl restart` on the destination, look at the mailbox, then `zmpace run`";
    TempSpace "ZP-TEMP-SPACE" Failure Error "a large item cannot be kept in a temporary file",
        "make room where TMPDIR points, then `zmpace run`";
    Program "ZP-PROGRAM" Failure Error "the outside program did not carry the mailbox",
        "its last words are in the cause; try `command` under [mover] by hand for this mailbox";
    Stopped "ZP-STOPPED" Failure Info "the transfer was ended on request; what was sent is stored",
        "`zmpace run` goes on";
    Verified "ZP-VERIFIED" Mailbox Info "a mailbox is moved, and counts agree on both sides",
        "nothing";
    Differs "ZP-DIFFERS" Mailbox Warn "a mailbox is moved, but items differ",
        "`zmpace verify --deep --accounts FILE` names the items; `zmpace retry` moves it again";
    Begin "ZP-BEGIN" Decision Info "both machines have been watched at rest; the first mailbox begins",
        "nothing";
    BusyAtRest "ZP-BUSY-AT-REST" Decision Warn "a machine is over a line while nothing of ours runs",
        "look what else runs there, or choose another hour with `--window`";
    SideLost "ZP-SIDE-LOST" Decision Warn "a server cannot be worked with; everything stands still",
        "look whether it is up; one worker tries again after growing pauses";
    SideBack "ZP-SIDE-BACK" Decision Info "the server works again", "nothing";
    PersonNeeded "ZP-PERSON-NEEDED" Decision Error "a server refuses the administrator; everything stands still",
        "write the right password into that side's `password_file`; the run goes on by itself";
    TooManyFailures "ZP-TOO-MANY-FAILURES" Decision Error "more mailboxes failed than `--max-failures` allows",
        "`zmpace status` lists them with their causes; mend those, then `zmpace retry` and `zmpace run`";
    SpaceLow "ZP-SPACE-LOW" Decision Error "a file system is nearly full; everything stands still",
        "make room there; the run goes on by itself";
    Critical "ZP-CRITICAL" Decision Warn "a critical line was crossed; half of the workers stand still",
        "nothing; if users suffer, `zmpace ctl pause`";
    StaysCritical "ZP-STAYS-CRITICAL" Decision Error "a machine stays critical with the fewest workers; the run ends (`--critical-abort`)",
        "look what else runs on that machine, then `zmpace run`";
    OverLine "ZP-OVER-LINE" Decision Info "a soft line was crossed; fewer workers", "nothing";
    ServerBusy "ZP-SERVER-BUSY" Decision Info "a server said that it is busy; fewer workers for a while", "nothing";
    Memory "ZP-MEMORY" Decision Info "no room in memory for one mailbox more", "nothing";
    Guard "ZP-GUARD" Decision Info "one worker more would cross a line", "nothing";
    CoolDown "ZP-COOL-DOWN" Decision Info "calm after a shrink: nothing grows for a while", "nothing";
    Ceiling "ZP-CEILING" Decision Info "one worker more was critical a while ago", "nothing";
    Line "ZP-LINE" Decision Info "one worker more crossed a line a while ago", "nothing";
    Fewer "ZP-FEWER" Decision Info "one worker fewer is tried", "nothing";
    LateCost "ZP-LATE-COST" Decision Info "growth waits for indexing that is still to come", "nothing";
    Stale "ZP-STALE" Decision Info "a sample is missing or too old; nothing grows", "nothing at first; `zmpace probe` shows what can be read";
    Degraded "ZP-DEGRADED" Decision Warn "a machine has been unseen for long; back to what was safe",
        "`zmpace probe` in another terminal says why it cannot be read";
    Blind "ZP-BLIND" Decision Warn "a machine is still unseen; one worker less",
        "`zmpace probe` in another terminal says why it cannot be read";
    Try "ZP-TRY" Decision Info "one worker more is tried", "nothing";
    Climb "ZP-CLIMB" Decision Info "one of the first few workers, far below every line", "nothing";
    Kept "ZP-KEPT" Decision Info "the tried worker brought enough and stays", "nothing";
    Undone "ZP-UNDONE" Decision Info "the tried worker did not bring enough and is taken back", "nothing";
    Knee "ZP-KNEE" Decision Info "one worker more brought too little a while ago", "nothing";
    Enough "ZP-ENOUGH" Decision Info "the longest mailbox ends after everything else: more workers cannot help", "nothing";
    Cap "ZP-CAP" Decision Info "the most workers the settings allow",
        "`max_workers`, or `zmpace ctl ceiling +1`; Zimbra serves ten transfers per admin account";
    Operator "ZP-OPERATOR" Decision Info "the operator said so", "nothing";
    Hours "ZP-HOURS" Decision Info "the window opens, closes or is closed", "nothing";
    TooLong "ZP-TOO-LONG" Decision Info "nothing that is left would end before the window closes",
        "`zmpace plan` names what fits in no night";
    Warm "ZP-WARM" Decision Info "one worker more without a trial: a benchmark measured here", "nothing";
    Rung "ZP-RUNG" Decision Info "benchmark: the next number of workers is measured", "nothing";
    Measured "ZP-MEASURED" Decision Info "benchmark: a number of workers was measured", "nothing";
    Benchmarked "ZP-BENCHMARKED" Decision Info "benchmark: it is over", "nothing";
    RunBegins "ZP-RUN-BEGINS" Run Info "a run begins", "nothing";
    RunEnds "ZP-RUN-ENDS" Run Info "a run has ended", "`zmpace report` tells how it went";
    Progress "ZP-PROGRESS" Run Info "where the run stands, once a minute", "nothing";
    Interrupted "ZP-INTERRUPTED" Run Info "mailboxes were under way when the last run ended; they go on", "nothing";
    JournalFull "ZP-JOURNAL-FULL" Run Error "no room for the journal; everything stands still",
        "make room in the state folder; the run goes on by itself";
    JournalRoom "ZP-JOURNAL-ROOM" Run Info "the journal has room again", "nothing";
    Hook "ZP-HOOK" Run Warn "somebody who should be told could not be",
        "try the command, webhook or `sendmail` under `[hooks]` by hand";
    Listening "ZP-LISTENING" Run Info "metrics or the page can be had at this address", "nothing";
    Outlet "ZP-OUTLET" Run Warn "something beside the migration is out of order: its socket, metrics, page or log",
        "read the cause in the line; the migration goes on";
    Unread "ZP-UNREAD" Machine Warn "a machine cannot be read", "`zmpace probe` in another terminal says why";
    ReadAgain "ZP-READ-AGAIN" Machine Info "a machine can be read again", "nothing";
    Reading "ZP-READING" Machine Info "something about how a machine is read", "nothing";
    Unguarded "ZP-UNGUARDED" Machine Warn "a machine is not read on purpose (`reach = \"none\"`): nothing guards it",
        "set `reach` of that side to \"ssh\" or \"local\"";
    Answer "ZP-ANSWER" Operator Info "the answer to an order or a signal", "nothing";
    NotDone "ZP-NOT-DONE" Operator Warn "an order or changed settings were refused",
        "read the cause in the line, mend it and give the order again";
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
            assert!(code.name().starts_with("ZP-") && !code.meaning().is_empty() && !code.next().is_empty());
        }
        assert_eq!(Code::named("ZP-MOON"), None);
    }

    #[test]
    fn what_wants_attention_says_what_to_do() {
        for code in Code::ALL.iter().filter(|code| code.level() == Level::Error) {
            assert_ne!(code.next(), "nothing", "{}", code.name());
        }
    }
}
