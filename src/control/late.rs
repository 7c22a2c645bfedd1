//! Cost that comes late: how much of the destination's processors indexing takes, and how long after a mailbox
//! has ended (law R6). Measured, not assumed.
//!
//! For each of a few lags, use of the processors is regressed on work now and on work ended that long ago; the
//! lag that explains most is believed once it explains clearly more than work now alone.

use std::collections::VecDeque;

use super::stats::Ewma;

/// Lags tried, seconds, and the stretch over which ended work is averaged behind each.
const LAGS_S: [f64; 6] = [0.0, 60.0, 120.0, 180.0, 300.0, 480.0];
const SPREAD_S: f64 = 120.0;
/// Seconds after which an observation counts about a third.
const FORGET_S: f64 = 5400.0;
/// Seconds of observation before anything is believed.
const ENOUGH_S: f64 = 900.0;
/// Share of what work now leaves unexplained that ended work must explain.
const CLEAR: f64 = 0.2;

/// Weighted sums of 1, x, z and y: enough for least squares of y on x and z.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    w: f64,
    x: f64,
    z: f64,
    y: f64,
    xx: f64,
    xz: f64,
    zz: f64,
    xy: f64,
    zy: f64,
    yy: f64,
}

impl Sums {
    fn add(&mut self, x: f64, z: f64, y: f64, dt_s: f64) {
        let keep = FORGET_S / (FORGET_S + dt_s);
        let row = [1.0, x, z, y, x * x, x * z, z * z, x * y, z * y, y * y];
        let sums = [
            &mut self.w,
            &mut self.x,
            &mut self.z,
            &mut self.y,
            &mut self.xx,
            &mut self.xz,
            &mut self.zz,
            &mut self.xy,
            &mut self.zy,
            &mut self.yy,
        ];
        for (sum, value) in sums.into_iter().zip(row) {
            *sum = *sum * keep + value * dt_s;
        }
    }

    /// Slopes on x and z, and the share of what x leaves unexplained that z explains.
    fn fit(&self) -> Option<(f64, f64, f64)> {
        if self.w < ENOUGH_S {
            return None;
        }
        let n = self.w;
        let c = |ab: f64, a: f64, b: f64| ab / n - a / n * (b / n);
        let (xx, xz, zz) =
            (c(self.xx, self.x, self.x), c(self.xz, self.x, self.z), c(self.zz, self.z, self.z));
        let (xy, zy, yy) =
            (c(self.xy, self.x, self.y), c(self.zy, self.z, self.y), c(self.yy, self.y, self.y));
        let determinant = xx * zz - xz * xz;
        if xx <= 1e-12 || zz <= 1e-12 || determinant <= 1e-6 * xx * zz {
            return None;
        }
        let now = (xy * zz - zy * xz) / determinant;
        let late = (zy * xx - xy * xz) / determinant;
        let left = yy - xy * xy / xx;
        let explained = left - (yy - now * xy - late * zy);
        (left > 1e-9).then(|| (now, late, explained / left))
    }
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Found {
    /// Seconds after a mailbox's end at which its late cost is under way.
    pub(super) lag_s: f64,
    /// Share of the processors a unit of work costs when it is done.
    pub(super) now: f64,
    /// Share of the processors it costs late.
    pub(super) late: f64,
}

/// Watches for late cost.
#[derive(Clone, Debug)]
pub(super) struct Late {
    /// Work since the last sample, and its rate over about a minute. Weighed by the prior, which never changes:
    /// a regression over an hour must not see better weights as a change of the world.
    done: f64,
    rate: Ewma,
    ended: VecDeque<(f64, f64)>,
    sums: [Sums; LAGS_S.len()],
    seen_s: f64,
    /// What the sums say since the last sample: asked at every event, changed by samples only.
    found: Option<Found>,
}

impl Late {
    pub(super) const fn new() -> Self {
        Self {
            done: 0.0,
            rate: Ewma::new(60.0),
            ended: VecDeque::new(),
            sums: [Sums {
                w: 0.0,
                x: 0.0,
                z: 0.0,
                y: 0.0,
                xx: 0.0,
                xz: 0.0,
                zz: 0.0,
                xy: 0.0,
                zy: 0.0,
                yy: 0.0,
            }; LAGS_S.len()],
            seen_s: 0.0,
            found: None,
        }
    }

    /// So much work was acknowledged.
    pub(super) fn did(&mut self, worth: f64) {
        self.done += worth;
    }

    /// Work a second over about a minute.
    pub(super) fn rate(&self) -> f64 {
        self.rate.get().unwrap_or(0.0)
    }

    /// A mailbox worth so much work has ended. Ends of the same five seconds are kept as one.
    pub(super) fn ended(&mut self, now: f64, worth: f64) {
        match self.ended.back_mut() {
            Some((at, sum)) if now - *at < 5.0 => *sum += worth,
            _ => self.ended.push_back((now, worth)),
        }
        let oldest = now - LAGS_S[LAGS_S.len() - 1] - SPREAD_S - 60.0;
        while self.ended.front().is_some_and(|(at, _)| *at < oldest) {
            self.ended.pop_front();
        }
    }

    /// Worth of the mailboxes that ended since then, as far back as is remembered.
    pub(super) fn ended_since(&self, since: f64) -> f64 {
        self.ended.iter().filter(|(at, _)| *at > since).map(|e| e.1).sum()
    }

    /// The destination's processors were this busy over the last `dt_s` seconds.
    pub(super) fn take(&mut self, now: f64, busy: f64, dt_s: f64) {
        self.seen_s += dt_s;
        let work = std::mem::take(&mut self.done) / dt_s;
        self.rate.add(work, dt_s);
        for (sums, lag) in self.sums.iter_mut().zip(LAGS_S) {
            let (from, to) = (now - lag - SPREAD_S, now - lag);
            let worth: f64 = self.ended.iter().filter(|(at, _)| *at > from && *at <= to).map(|e| e.1).sum();
            sums.add(work, worth / SPREAD_S, busy, dt_s);
        }
        self.found = self.fit();
    }

    /// Whether it has been watched for long enough to say that there is none.
    pub(super) fn known(&self) -> bool {
        self.seen_s >= ENOUGH_S * 2.0
    }

    /// Late cost, if there clearly is any.
    pub(super) const fn found(&self) -> Option<Found> {
        self.found
    }

    fn fit(&self) -> Option<Found> {
        self.sums
            .iter()
            .zip(LAGS_S)
            .filter_map(|(sums, lag_s)| {
                let (now, late, share) = sums.fit()?;
                (late > 0.0 && share > CLEAR).then_some((share, Found { lag_s, now: now.max(0.0), late }))
            })
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, found)| found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A mailbox ends now and then; its cost comes `lag` seconds later and lasts two minutes.
    fn watch(lag: f64, cost: f64) -> Late {
        let mut late = Late::new();
        let mut ends = Vec::new();
        for i in 0..1440_u32 {
            let now = f64::from(i) * 5.0;
            if i % 60 == 7 || i % 83 == 11 {
                late.ended(now, 600.0);
                ends.push(now);
            }
            let indexing = ends.iter().filter(|at| (lag..lag + 120.0).contains(&(now - **at))).count() as f64;
            let work = 5.0 + f64::from(i * 7 % 13) * 0.05;
            let noise = f64::from(i * 31 % 17) * 0.001;
            late.did(work * 5.0);
            late.take(now, 0.05 + 0.05 * work + cost * 5.0 * indexing + noise, 5.0);
        }
        late
    }

    #[test]
    fn late_cost_and_its_lag_are_found() {
        let found = watch(180.0, 0.03).found().unwrap();
        assert!((found.lag_s - 180.0).abs() < 61.0, "{found:?}");
        assert!((found.late - 0.03).abs() < 0.012, "{found:?}");
    }

    #[test]
    fn where_there_is_none_none_is_found() {
        let late = watch(180.0, 0.0);
        assert!(late.known() && late.found().is_none(), "{:?}", late.found());
    }
}
