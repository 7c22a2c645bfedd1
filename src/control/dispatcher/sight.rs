//! What the dispatcher lets people see of itself.

use std::time::Duration;

use super::{Dispatcher, NAMED_FROM, seconds};
use crate::control::{
    Moment,
    decision::Phase,
    view::{self, Accounts, Bottleneck, Carried, Left, Summary, View},
};

impl Dispatcher {
    fn phase(&self) -> Phase {
        match (self.finished, self.ending) {
            (true, _) => Phase::Finished,
            (_, Some(_)) => Phase::Stopping,
            _ if self.paused => Phase::Paused,
            _ if self.lost.is_some() || self.no_space.is_some() => Phase::SideLost,
            _ if self.draining => Phase::Draining,
            _ if self.hours.is_shut() => Phase::Shut,
            _ => self.law.phase(),
        }
    }

    fn accounts(&self) -> Accounts {
        let c = self.backlog.counts();
        Accounts {
            total: c.waiting + c.in_flight + c.verified + c.empty + c.incomplete + c.failed,
            waiting: c.waiting,
            in_flight: c.in_flight,
            verified: c.verified,
            empty: c.empty,
            incomplete: c.incomplete,
            failed: c.failed,
            retrying: self.backlog.retrying(),
        }
    }

    /// The state at one moment, for people.
    #[must_use]
    pub fn view(&self, at: Moment) -> View {
        let now = at.elapsed.as_secs_f64().max(self.now);
        let signals = &self.law.signals;
        let machines = signals.machines.iter().map(|(&side, machine)| view::Machine {
            side,
            sample_age: machine.last_s.map(|last| seconds(now - last)),
            gauges: signals
                .gauges
                .values()
                .filter(|g| g.side == side)
                .map(|g| view::Gauge {
                    measure: g.measure,
                    fast: g.fast(),
                    slow: g.slow(),
                    line: g.soft,
                    critical: g.critical,
                })
                .collect(),
        });
        let running = self.fleet.running();
        let (longest, _) = self.fleet.longest();
        let work_rate = self.law.meter.smooth();
        View {
            phase: self.phase(),
            limit: self.law.limit,
            accounts: self.accounts(),
            running,
            parked: self.fleet.parked(),
            items: self.done.items,
            bytes: self.done.bytes,
            work_rate,
            efficiency: (running > 0).then(|| work_rate / f64::from(running)),
            bytes_per_s: self.rates.bytes.get().unwrap_or(0.0),
            items_per_s: self.rates.items.get().unwrap_or(0.0),
            mailboxes_per_h: self.rates.ended.get().unwrap_or(0.0) * 3600.0,
            eta: self.left_s().map(|left| seconds(left.max(longest.unwrap_or(0.0)))),
            machines: machines.collect(),
            bottleneck: signals.tightest().filter(|g| g.score() >= NAMED_FROM).map(|g| Bottleneck {
                side: g.side,
                resource: g.measure.resource(),
                measure: g.measure,
                headroom: 1.0 - g.score(),
            }),
            last_decision: self.last_decision.clone(),
            elapsed: self.began.map_or(Duration::ZERO, |began| {
                seconds(if self.finished { self.ended } else { now } - began)
            }),
        }
    }

    /// Mailboxes not yet moved, by size class.
    #[must_use]
    pub const fn left(&self) -> &[Left] {
        self.backlog.left()
    }

    /// The mailboxes in flight.
    #[must_use]
    pub fn carried(&self, at: Moment) -> Vec<Carried> {
        let now = at.elapsed.as_secs_f64().max(self.now);
        let workers = self.fleet.workers.iter();
        let carried = workers.map(|(&account, worker)| Carried {
            account,
            bytes: worker.bytes_total,
            parked: worker.parked,
            since: seconds(now - worker.started_s),
        });
        carried.collect()
    }

    /// What is left of the run.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let signals = &self.law.signals;
        let observed =
            self.law.policy.required_sides.iter().map(|s| signals.machines.get(s).map_or(0.0, |m| m.seen_s));
        Summary {
            accounts: self.accounts(),
            items: self.done.items,
            bytes: self.done.bytes,
            makespan: self.began.map_or(Duration::ZERO, |began| seconds(self.ended - began)),
            limit_min: self.law.lowest,
            limit_max: self.law.highest,
            limit_final: self.law.limit,
            decisions: self.decisions,
            changes: self.changes,
            over_line_s: signals
                .over()
                .into_iter()
                .map(|((s, r), t)| (format!("{s}.{}", r.word()), t))
                .collect(),
            observed: seconds(observed.min_by(f64::total_cmp).unwrap_or(0.0)),
        }
    }
}
