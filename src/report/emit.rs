//! Settings for other tools.

use super::{advice::Basis, morning::Morning};

impl Morning {
    /// Lines for `zmztozmig.conf`, or `None` when nothing tells a number of threads.
    #[must_use]
    pub fn zmztozmig(&self) -> Option<String> {
        let workers = &self.advice.workers;
        let number = workers.recommended?;
        let basis = match workers.basis {
            Basis::Benchmark => "benchmarked",
            _ => "where the control law settled; not benchmarked",
        };
        let range = match (workers.low, workers.high) {
            (Some(low), Some(high)) => format!(" ({low} to {high})"),
            _ => String::new(),
        };
        // zmztozmig takes a later line for an earlier one, and only `#` in the first column for a comment.
        Some(format!(
            "# zmpace {}, run {}, {}\n\
             # {number}{range} threads: {basis}; limited by: {}.\n\
             # zmztozmig does not look at the servers: watch them, and use less outside the hours that were measured.\n\
             # It does not renew its token either: zmprov mc default zimbraAdminAuthTokenLifetime 3d\n\
             Threads={number}\n",
            self.run.version, self.run.id, self.run.started, workers.limiting
        ))
    }
}
