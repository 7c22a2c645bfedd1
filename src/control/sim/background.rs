//! Load that is not ours: what the timetable of a scenario says, and a slow seeded wander around it.

use super::{
    chance::{Chance, Concern},
    scenario::{Load, Machine},
};

/// Shares of one machine taken by others.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Taken {
    /// Of all processors, the hypervisor's share included.
    pub(super) cpu: f64,
    /// Of that, the hypervisor's.
    pub(super) steal: f64,
    /// Of the disk.
    pub(super) disk: f64,
}

/// The weather of one machine.
#[derive(Clone, Debug)]
pub(super) struct Weather {
    loads: Vec<Load>,
    start_hour: f64,
    wander: [f64; 2],
    state: [f64; 2],
    chance: Chance,
}

/// Time constant of the wander, in readings of five seconds.
const KEEP: f64 = 0.95;

impl Weather {
    pub(super) fn new(machine: &Machine, start_hour: f64, seed: u64, concern: Concern) -> Self {
        Self {
            loads: machine.background.clone(),
            start_hour,
            wander: [machine.wander_cpu, machine.wander_disk],
            state: [0.0; 2],
            chance: Chance::new(seed, concern),
        }
    }

    /// What the timetable says for this second of the run.
    pub(super) fn planned(&self, at_s: f64) -> Taken {
        let hour = (self.start_hour + at_s / 3600.0) % 24.0;
        let mut taken = Taken::default();
        for load in &self.loads {
            let hours = match (load.from_hour, load.to_hour) {
                (Some(from), Some(to)) if from <= to => hour >= from && hour < to,
                (Some(from), Some(to)) => hour >= from || hour < to,
                _ => true,
            };
            let burst = match (load.every_min, load.for_min) {
                (Some(every), Some(last)) => at_s % (every * 60.0) >= (every - last) * 60.0,
                _ => true,
            };
            if hours && burst {
                taken.cpu += load.cpu + load.steal;
                taken.steal += load.steal;
                taken.disk += load.disk;
            }
        }
        taken
    }

    /// The load of the next five seconds; asked once for each.
    pub(super) fn next(&mut self, at_s: f64) -> Taken {
        let fresh = (1.0 - KEEP * KEEP).sqrt();
        for (state, wander) in self.state.iter_mut().zip(self.wander) {
            *state = *state * KEEP + self.chance.normal() * wander * fresh;
        }
        let planned = self.planned(at_s);
        Taken {
            cpu: (planned.cpu + self.state[0]).clamp(0.0, 0.97),
            steal: planned.steal,
            disk: (planned.disk + self.state[1]).clamp(0.0, 0.97),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(cpu: f64) -> Load {
        Load { cpu, ..Load::default() }
    }

    #[test]
    fn hours_run_over_midnight_and_bursts_come_back() {
        let machine = Machine {
            background: vec![
                load(0.1),
                Load { from_hour: Some(22.0), to_hour: Some(3.0), ..load(0.2) },
                Load { every_min: Some(60.0), for_min: Some(5.0), ..load(0.3) },
            ],
            ..Machine::default()
        };
        let weather = Weather::new(&machine, 20.0, 1, Concern::SourceLoad);
        let cpu = |hours: f64| (weather.planned(hours * 3600.0).cpu * 100.0).round();
        assert!((cpu(0.5) - 10.0).abs() < 0.1);
        assert!((cpu(0.95) - 40.0).abs() < 0.1);
        assert!((cpu(6.5) - 30.0).abs() < 0.1);
        assert!((cpu(7.5) - 10.0).abs() < 0.1);
    }
}
