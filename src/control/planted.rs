//! Faults the suite plants in the law to see itself fail; outside of tests nothing can be planted.

/// A mistake somebody might make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// One more is tried whatever it would take a machine to (R6).
    GuardDropped,
    /// Less work counts as more (R7).
    GainInverted,
    /// Growth does not ask how old a sample is (R6).
    StaleAccepted,
    /// What was critical once is never tried again (R1).
    CeilingForEver,
    /// What brought too little once is never tried again (R7).
    KneeForEver,
    /// Two at a time (6.5).
    StepOfTwo,
    /// The limit stays although nobody is looking (6.8).
    BlindHolds,
    /// A soft line is no reason to shrink (R2).
    SoftIgnored,
}

/// Whether this fault is planted.
#[cfg(not(test))]
pub(super) const fn planted(_: Fault) -> bool {
    false
}

#[cfg(test)]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Fault>> = const { std::cell::Cell::new(None) };
}

/// Whether this fault is planted in this thread.
#[cfg(test)]
pub(super) fn planted(fault: Fault) -> bool {
    PLANTED.get() == Some(fault)
}

/// Plants a fault in this thread, or takes it out.
#[cfg(test)]
pub(super) fn plant(fault: Option<Fault>) {
    PLANTED.set(fault);
}
