//! Made-up mailboxes: everything follows from a seed and an address, and nothing is kept.

mod body;
mod contact;
mod items;
mod meta;
mod names;
mod skeleton;

pub(super) use body::Body;
pub(super) use items::{Item, Plan, TODAY_S};
pub(super) use meta::{folder_meta, json_text, mountpoint_meta, search_meta, tag_meta};
pub(super) use names::person;
pub(super) use skeleton::{FolderSpec, SYSTEM_FOLDERS};

/// Folder ids that every mailbox has.
pub(super) mod ids {
    pub(in crate::lab) const ROOT: u32 = 1;
    pub(in crate::lab) const INBOX: u32 = 2;
    pub(in crate::lab) const TRASH: u32 = 3;
    pub(in crate::lab) const JUNK: u32 = 4;
    pub(in crate::lab) const SENT: u32 = 5;
    pub(in crate::lab) const DRAFTS: u32 = 6;
    pub(in crate::lab) const CONTACTS: u32 = 7;
    pub(in crate::lab) const CALENDAR: u32 = 10;
    pub(in crate::lab) const EMAILED: u32 = 13;
    pub(in crate::lab) const TASKS: u32 = 15;
    /// Items and user folders come from here on.
    pub(in crate::lab) const FIRST_USER: u32 = 257;
}

/// A small generator whose sequence never changes between versions, so that a seed stays a promise.
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// A sequence of its own for each pair of numbers.
    pub(super) const fn new(seed: u64, stream: u64) -> Self {
        let mut dice = Self(seed ^ stream.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        dice.next();
        Self(dice.next() ^ stream)
    }

    /// 64 random bits (splitmix64).
    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// Below `bound`.
    pub(super) const fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }

    /// Between 0 and 1.
    pub(super) const fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Once in `times`.
    pub(super) const fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub(super) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len() as u64) as usize]
    }

    /// Log-normal with this median.
    pub(super) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.share()).cos();
        median * (sigma * normal).exp()
    }

    pub(super) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            low >> 52,
            low & 0xffff_ffff_ffff
        )
    }
}

/// A stable hash of a text (FNV-1a), to give each address its own sequence.
pub(in crate::lab) fn text_hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
