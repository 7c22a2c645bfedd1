//! Faults to order for one account, each so many times, so that a retry can succeed.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Mutex,
    time::Duration,
};

/// What goes wrong. Durations are real time; the client's patience is too.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultKind {
    /// Export: the connection is cut, cleanly between two chunks, after so many tar bytes (rounded into an entry).
    CutInsideEntry {
        /// Bytes of tar sent before the cut.
        after_bytes: u64,
    },
    /// Export: the connection is cut between two items, without the final chunk.
    CutBetweenEntries {
        /// Items sent before the cut.
        after_items: u64,
    },
    /// Export: the connection is cut in the middle of a chunk.
    CutInsideChunk {
        /// Bytes of tar sent before the cut.
        after_bytes: u64,
    },
    /// Export: 200 and a well-formed archive that simply stops (the server swallowed an error).
    ShortArchive {
        /// Items in it.
        after_items: u64,
    },
    /// Export: this item's blob is shorter than its row says: padded with spaces, `.err` entry behind.
    ErrEntry {
        /// Its position among the items sent.
        item: u64,
    },
    /// Export: this item's blob is missing; it is left out without a word.
    MissingBlob {
        /// Its position among the items sent.
        item: u64,
    },
    /// Export: one byte of this item's body is not what its digest says.
    DamagedBody {
        /// Its position among the items sent.
        item: u64,
    },
    /// Export: silence before the status line.
    StallBeforeFirstByte(Duration),
    /// Export: silence after so many items.
    StallMiddle {
        /// For how long.
        pause: Duration,
        /// After how many items.
        after_items: u64,
    },
    /// Export: 500, "tgz formatter failure".
    Export500,
    /// Export: this status.
    ExportStatus(u16),
    /// Import: this status before a byte of the body is read.
    ImportStatus(u16),
    /// Import: the whole upload is refused (`fail`).
    ImportFail,
    /// Import: every `every`-th item is refused with this code, at most `count` of them.
    ImportWarn {
        /// The code of each fault.
        code: String,
        /// At most so many.
        count: u32,
        /// Every how many items.
        every: u32,
    },
    /// Import: the server stops reading after so many items.
    ImportStall {
        /// After how many items.
        after_items: u64,
        /// For how long.
        pause: Duration,
    },
    /// Import: the connection is reset with the body unread.
    ImportResetUnread,
    /// Import: the connection is reset after so many items were stored.
    ImportResetAfter {
        /// After how many items.
        after_items: u64,
    },
    /// Import: this item is stored with somebody else's bytes after the right headers, as long as its own: what a
    /// broken upload can leave behind.
    ImportForeignTail {
        /// Its position among the items sent.
        item: u64,
    },
    /// Import: everything is stored, the connection is cut before the answer.
    ImportAnswerLost,
    /// Both: 400, "cannot find remote server".
    WrongMailHost,
    /// Both: the mailbox is in maintenance (masked as 404 or 401).
    Maintenance,
}

/// A fault and how often it strikes.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// What.
    pub kind: FaultKind,
    /// How often.
    pub times: u32,
}

impl Fault {
    /// Strikes once.
    #[must_use]
    pub const fn once(kind: FaultKind) -> Self {
        Self { kind, times: 1 }
    }

    /// Strikes every time.
    #[must_use]
    pub const fn always(kind: FaultKind) -> Self {
        Self { kind, times: u32::MAX }
    }

    /// Strikes so many times.
    #[must_use]
    pub const fn times(kind: FaultKind, times: u32) -> Self {
        Self { kind, times }
    }
}

impl FaultKind {
    /// One word for it, for counting.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::CutInsideEntry { .. } => "export cut inside an entry",
            Self::CutBetweenEntries { .. } => "export cut between entries",
            Self::CutInsideChunk { .. } => "export cut inside a chunk",
            Self::ShortArchive { .. } => "export short under a 200",
            Self::ErrEntry { .. } => "export with an .err entry",
            Self::MissingBlob { .. } => "export without a blob",
            Self::DamagedBody { .. } => "export with a damaged body",
            Self::StallBeforeFirstByte(_) => "export silent at first",
            Self::StallMiddle { .. } => "export silent later",
            Self::Export500 => "export 500",
            Self::ExportStatus(_) => "export refused by a status",
            Self::ImportStatus(_) => "import refused by a status",
            Self::ImportFail => "import fail",
            Self::ImportWarn { .. } => "import warn",
            Self::ImportStall { .. } => "import stalled",
            Self::ImportResetUnread => "import reset unread",
            Self::ImportResetAfter { .. } => "import reset in the middle",
            Self::ImportForeignTail { .. } => "import with a foreign tail",
            Self::ImportAnswerLost => "import answer lost",
            Self::WrongMailHost => "wrong mail host",
            Self::Maintenance => "mailbox in maintenance",
        }
    }

    const fn strikes_export(&self) -> bool {
        !self.is_import_only()
    }

    const fn strikes_import(&self) -> bool {
        self.is_import_only() || matches!(self, Self::WrongMailHost | Self::Maintenance)
    }

    const fn is_import_only(&self) -> bool {
        matches!(
            self,
            Self::ImportStatus(_)
                | Self::ImportFail
                | Self::ImportWarn { .. }
                | Self::ImportStall { .. }
                | Self::ImportResetUnread
                | Self::ImportResetAfter { .. }
                | Self::ImportForeignTail { .. }
                | Self::ImportAnswerLost
        )
    }
}

/// Faults waiting to strike, by account, and how often each kind has struck.
#[derive(Default)]
pub(super) struct Armed {
    waiting: Mutex<HashMap<String, Vec<Fault>>>,
    struck: Mutex<BTreeMap<&'static str, u64>>,
}

impl Armed {
    pub(super) fn add(&self, address: &str, fault: Fault) {
        super::lock(&self.waiting).entry(address.into()).or_default().push(fault);
    }

    pub(super) fn clear(&self, address: &str) {
        super::lock(&self.waiting).remove(address);
    }

    /// The faults that strike this export; each has struck once more.
    pub(super) fn for_export(&self, address: &str) -> Vec<FaultKind> {
        self.take(address, FaultKind::strikes_export)
    }

    /// The faults that strike this import; each has struck once more.
    pub(super) fn for_import(&self, address: &str) -> Vec<FaultKind> {
        self.take(address, FaultKind::strikes_import)
    }

    pub(super) fn struck(&self) -> BTreeMap<&'static str, u64> {
        super::lock(&self.struck).clone()
    }

    fn take(&self, address: &str, wanted: impl Fn(&FaultKind) -> bool) -> Vec<FaultKind> {
        let mut armed = super::lock(&self.waiting);
        let Some(faults) = armed.get_mut(address) else { return Vec::new() };
        let mut struck = Vec::new();
        for fault in faults.iter_mut().filter(|fault| wanted(&fault.kind) && fault.times > 0) {
            if fault.times != u32::MAX {
                fault.times -= 1;
            }
            struck.push(fault.kind.clone());
            *super::lock(&self.struck).entry(fault.kind.word()).or_default() += 1;
        }
        faults.retain(|fault| fault.times > 0);
        struck
    }
}
