//! What is seen of the made-up machines: samples every five seconds, noisy, late, lost or spoilt.

use std::time::Duration;

use super::{
    chance::{Chance, Concern},
    scenario::{Instruments as Spec, Scenario},
    stations::{DESTINATION_CPU, DESTINATION_DISK, SOURCE_CPU, SOURCE_DISK},
    world::Truth,
};
use crate::control::{
    event::Event,
    sample::{Cpu, Disk, Memory, Network, Pressure, Sample, Side},
};

/// Both servers, in the order of their places in [`Truth`].
pub(super) const SIDES: [Side; 2] = [Side::Source, Side::Destination];

/// The instruments of both servers.
#[derive(Clone, Debug)]
pub(super) struct Instruments {
    spec: Spec,
    scenario: Scenario,
    noise: Chance,
    loss: Chance,
    /// Samples on their way: when they arrive, and what they say.
    late: Vec<(u64, Event)>,
}

impl Instruments {
    pub(super) fn new(scenario: &Scenario, seed: u64) -> Self {
        Self {
            spec: scenario.instruments.clone(),
            scenario: scenario.clone(),
            noise: Chance::new(seed, Concern::Noise),
            loss: Chance::new(seed, Concern::Loss),
            late: Vec::new(),
        }
    }

    /// Reads both machines; the samples arrive later.
    pub(super) fn read(&mut self, now_ms: u64, truth: &Truth) -> [Sample; 2] {
        let samples = [0, 1].map(|side| self.sample(side, truth));
        for sample in &samples {
            let lost = self.loss.share() < self.spec.loss;
            let spoilt = self.loss.share() < self.spec.resets;
            if lost || self.blind(sample.side, now_ms) {
                continue;
            }
            let mut sample = sample.clone();
            if spoilt {
                // A counter went backwards: what was computed from it counts as not read.
                sample.cpu = None;
                sample.disks.clear();
            }
            let due = now_ms + (self.spec.delay_s * 1e3) as u64;
            self.late.push((due, Event::Sample(sample)));
        }
        samples
    }

    /// Asks both servers for nothing over SOAP.
    pub(super) fn ask(&mut self, now_ms: u64, truth: &Truth) {
        for (place, side) in SIDES.into_iter().enumerate() {
            let millis = Some(self.noisy(truth.answer_ms[place]));
            self.late.push((now_ms, Event::Response { side, millis }));
        }
    }

    /// What has arrived by now.
    pub(super) fn arrived(&mut self, now_ms: u64) -> Vec<Event> {
        let (due, late) = std::mem::take(&mut self.late).into_iter().partition(|(due, _)| *due <= now_ms);
        self.late = late;
        let due: Vec<(u64, Event)> = due;
        due.into_iter().map(|(_, event)| event).collect()
    }

    fn blind(&self, side: Side, now_ms: u64) -> bool {
        let minute = now_ms as f64 / 6e4;
        self.spec.blind.iter().any(|b| {
            (b.side == "both" || b.side == side.word()) && minute >= b.at_min && minute < b.at_min + b.for_min
        })
    }

    fn noisy(&mut self, value: f64) -> f64 {
        (value * (1.0 + self.spec.noise * self.noise.normal())).max(0.0)
    }

    fn sample(&mut self, place: usize, truth: &Truth) -> Sample {
        let (machine, cpu, disk) = if place == 0 {
            (self.scenario.source.clone(), SOURCE_CPU, SOURCE_DISK)
        } else {
            (self.scenario.destination.clone(), DESTINATION_CPU, DESTINATION_DISK)
        };
        let busy = self.noisy(truth.used[cpu]).min(1.0);
        let bytes = truth.link_bytes_per_s * machine.disk_factor;
        let (read, write) = if place == 0 { (bytes, 0.0) } else { (0.0, bytes) };
        let wait = self.noisy(truth.wait_ms[place]);
        let wait = self.spec.disk_wait.then_some(wait);
        let requests = 1.0 + truth.used[disk] * machine.disk_iops;
        let total = machine.memory_gb * 1_073_741_824.0;
        let excess = (truth.memory[place] - 1.0).max(0.0);
        let link = self.noisy(truth.link_bytes_per_s);
        Sample {
            side: SIDES[place],
            span: Duration::from_secs(5),
            cores: machine.cores,
            cpu: Some(Cpu { busy, iowait: 0.0, steal: truth.steal[place].min(busy) }),
            disks: vec![Disk {
                device: "sda".to_owned(),
                write_bytes_per_s: write,
                read_bytes_per_s: read,
                writes_per_s: if place == 0 { 1.0 } else { requests },
                reads_per_s: if place == 0 { requests } else { 1.0 },
                write_await_ms: if place == 0 { wait.map(|_| machine.await_ms) } else { wait },
                read_await_ms: if place == 0 { wait } else { wait.map(|_| machine.await_ms) },
                utilisation: self.noisy(truth.used[disk]).min(1.0),
                rotational: Some(machine.rotational),
            }],
            memory: Some(Memory {
                total_bytes: total as u64,
                available_bytes: (total * (1.0 - truth.memory[place]).max(0.0)) as u64,
                swap_in_bytes_per_s: excess * 2e7,
            }),
            network: Some(Network {
                receive_bytes_per_s: if place == 0 { link * 0.02 } else { link },
                transmit_bytes_per_s: if place == 0 { link } else { link * 0.02 },
                link_bytes_per_s: Some(self.scenario.transfer.link_mbit * 1e6 / 8.0),
            }),
            pressure: self.spec.pressure.then_some(Pressure {
                cpu_some: (busy * busy).min(1.0),
                io_full: 0.0,
                memory_full: excess.min(1.0),
            }),
            volumes: Vec::new(),
            runnable: None,
            blocked: None,
        }
    }
}
