//! The made-up world: two servers and the mailboxes in flight, in whole milliseconds with fluid progress between.

use super::{
    background::Weather,
    chance::Concern,
    jobs::Mailbox,
    machine::Machine,
    scenario::Scenario,
    stations::{
        Customer, DESTINATION_CPU, DESTINATION_DISK, LINK, Queues, SOURCE_CPU, SOURCE_DISK, STATIONS,
        Surroundings, cores, usage,
    },
};
use crate::control::event::{AccountId, Event, Failure, Outcome, Progress, Receipt, Retry};

/// Ends of phases fall on this grid, milliseconds.
const GRID_MS: u64 = 100;
/// The rates are found anew at least this often, milliseconds.
const LONGEST_MS: u64 = 1000;
/// Seconds a worker's memory takes to grow.
const MEMORY_GROWS_S: f64 = 60.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stride {
    Running,
    Parking,
    Parked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Units are seconds of opening.
    Opening,
    /// Units are items.
    Streaming,
    /// Refused at the door; units are seconds until the answer.
    Refused,
}

/// A mailbox in flight.
#[derive(Clone, Debug)]
struct Job {
    id: u32,
    stage: Stage,
    stride: Stride,
    left: f64,
    /// Items left at which it fails.
    fails_at: f64,
    customer: Customer,
    started_ms: u64,
    reported: u64,
}

/// What a stretch of time was like, on average. Shares of each station, load of others included.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Truth {
    /// Share of each station in use, all together.
    pub(super) used: [f64; STATIONS],
    /// Of that, load that is not ours.
    pub(super) taken: [f64; STATIONS],
    /// Of processors, the hypervisor's share.
    pub(super) steal: [f64; 2],
    /// Milliseconds of a disk request, source and destination.
    pub(super) wait_ms: [f64; 2],
    /// Share of memory in use, source and destination; above 1 when swapping.
    pub(super) memory: [f64; 2],
    /// Bytes per second over the link.
    pub(super) link_bytes_per_s: f64,
    /// Milliseconds the server takes for nothing, source and destination.
    pub(super) answer_ms: [f64; 2],
    /// Mean workers that made progress.
    pub(super) active: f64,
    /// Mean transfers stalled by a cap.
    pub(super) stalled: f64,
}

impl Truth {
    fn add(&mut self, other: &Self, dt: f64) {
        let sum = |a: &mut [f64], b: &[f64]| a.iter_mut().zip(b).for_each(|(a, b)| *a += b * dt);
        sum(&mut self.used, &other.used);
        sum(&mut self.taken, &other.taken);
        sum(&mut self.steal, &other.steal);
        sum(&mut self.wait_ms, &other.wait_ms);
        sum(&mut self.memory, &other.memory);
        sum(&mut self.answer_ms, &other.answer_ms);
        self.link_bytes_per_s += other.link_bytes_per_s * dt;
        self.active += other.active * dt;
        self.stalled += other.stalled * dt;
    }
}

/// The world.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) now_ms: u64,
    pub(super) source: Machine,
    pub(super) destination: Machine,
    boxes: Vec<Mailbox>,
    scenario: Scenario,
    jobs: Vec<Job>,
    customers: Vec<Customer>,
    queues: Queues,
    truth: Truth,
    since: Truth,
    since_s: f64,
    /// Work done so far, in seconds of an undisturbed worker: what benchmark mode tries to measure.
    pub(super) solo_s: f64,
}

impl World {
    pub(super) fn new(scenario: &Scenario, boxes: Vec<Mailbox>, seed: u64) -> Self {
        let weather = |machine, concern| Weather::new(machine, scenario.start_hour, seed, concern);
        let source = Machine::new(scenario.source.clone(), weather(&scenario.source, Concern::SourceLoad));
        let destination = Machine::new(
            scenario.destination.clone(),
            weather(&scenario.destination, Concern::DestinationLoad),
        );
        let mut world = Self {
            now_ms: 0,
            source,
            destination,
            boxes,
            scenario: scenario.clone(),
            jobs: Vec::new(),
            customers: Vec::new(),
            queues: Queues::default(),
            truth: Truth::default(),
            since: Truth::default(),
            since_s: 0.0,
            solo_s: 0.0,
        };
        world.weather();
        world
    }

    fn now_s(&self) -> f64 {
        self.now_ms as f64 / 1e3
    }

    /// Asks the weather for the next five seconds.
    pub(super) fn weather(&mut self) {
        let now = self.now_s();
        self.source.taken = self.source.weather.next(now);
        self.destination.taken = self.destination.weather.next(now);
        let now_ms = self.now_ms;
        for machine in [&mut self.source, &mut self.destination] {
            let spec = &machine.spec;
            machine.workers_mb = self
                .jobs
                .iter()
                .filter(|j| j.stage != Stage::Refused)
                .map(|j| {
                    let grown = ((now_ms - j.started_ms) as f64 / 1e3 / MEMORY_GROWS_S).min(1.0);
                    spec.worker_mb * self.boxes[j.id as usize].memory * grown
                })
                .sum();
        }
    }

    pub(super) fn in_flight(&self) -> usize {
        self.jobs.len()
    }

    /// Gives a mailbox to a worker.
    pub(super) fn start(&mut self, id: AccountId, attempt: u32) {
        let mailbox = self.boxes[id.0 as usize];
        let transfer = &self.scenario.transfer;
        let refused = transfer.cap > 0 && transfer.cap_refuses && self.jobs.len() >= transfer.cap as usize;
        let fails = attempt <= u32::from(mailbox.failures);
        let mut job = Job {
            id: id.0,
            stage: if refused { Stage::Refused } else { Stage::Opening },
            stride: Stride::Running,
            left: if refused { 1.0 } else { mailbox.setup_s },
            fails_at: if fails { mailbox.items as f64 / 2.0 } else { -1.0 },
            customer: Customer { delay_s: 1.0, count: 1.0, ..Customer::default() },
            started_ms: self.now_ms,
            reported: 0,
        };
        if !refused {
            job.customer = self.opening(mailbox.setup_s);
        }
        self.jobs.push(job);
    }

    fn opening(&self, setup_s: f64) -> Customer {
        let mut customer = Customer { count: 1.0, ..Customer::default() };
        let share = |ms: f64| (ms / 1e3 / setup_s).min(0.45);
        let (source, source_delay) = cores(share(self.source.spec.setup_cpu_ms), self.source.spec.cores);
        let (destination, destination_delay) =
            cores(share(self.destination.spec.setup_cpu_ms), self.destination.spec.cores);
        customer.demand[SOURCE_CPU] = source;
        customer.demand[DESTINATION_CPU] = destination;
        let served = share(self.source.spec.setup_cpu_ms) + share(self.destination.spec.setup_cpu_ms);
        customer.delay_s = (1.0 - served) + source_delay + destination_delay;
        customer
    }

    /// What an item of `mb` costs everywhere.
    fn streaming(&self, mb: f64) -> Customer {
        let transfer = &self.scenario.transfer;
        let mut customer = Customer {
            delay_s: transfer.item_wait_ms / 1e3,
            lock_s: transfer.item_lock_ms / 1e3,
            count: 1.0,
            ..Customer::default()
        };
        for (machine, cpu, disk) in [
            (&self.source.spec, SOURCE_CPU, SOURCE_DISK),
            (&self.destination.spec, DESTINATION_CPU, DESTINATION_DISK),
        ] {
            let (demand, delay) = cores((machine.item_cpu_ms + mb * machine.mb_cpu_ms) / 1e3, machine.cores);
            customer.demand[cpu] = demand;
            customer.delay_s += delay;
            customer.demand[disk] =
                mb * machine.disk_factor / machine.disk_mb_per_s + machine.item_ops / machine.disk_iops;
        }
        customer.demand[LINK] = mb * 8.0 / transfer.link_mbit;
        customer
    }

    pub(super) fn park(&mut self, id: AccountId) {
        self.stride(id, Stride::Parking);
    }

    pub(super) fn resume(&mut self, id: AccountId) {
        self.stride(id, Stride::Running);
    }

    fn stride(&mut self, id: AccountId, stride: Stride) {
        if let Some(job) = self.jobs.iter_mut().find(|j| j.id == id.0) {
            job.stride = stride;
        }
    }

    /// Ends a worker early.
    pub(super) fn cancel(&mut self, id: AccountId) -> Option<Event> {
        let at = self.jobs.iter().position(|j| j.id == id.0)?;
        self.jobs.remove(at);
        Some(failed(id.0, Retry::BackOff))
    }

    fn surroundings(&self, lockers: f64) -> Surroundings {
        let now = self.now_s();
        let (source_cpu, source_disk) = self.source.speeds(now, lockers);
        let (destination_cpu, destination_disk) = self.destination.speeds(now, lockers);
        let transfer = &self.scenario.transfer;
        let (alpha, beta) = match transfer.lock_shift {
            Some(shift) if now >= shift.at_h * 3600.0 => (shift.alpha, shift.beta),
            _ => (transfer.lock_alpha, transfer.lock_beta),
        };
        let mut taken = [0.0; STATIONS];
        taken[SOURCE_CPU] = self.source.taken.cpu;
        taken[SOURCE_DISK] = self.source.taken.disk;
        taken[DESTINATION_DISK] = self.destination.taken.disk;
        taken[DESTINATION_CPU] = self.destination.taken.cpu;
        let speed = [source_cpu, source_disk, 1.0, destination_disk, destination_cpu];
        Surroundings { taken, speed, alpha, beta, lockers }
    }

    fn index_threads(&self, threads: f64) -> Customer {
        let (demand, delay_s) = cores(1.0, self.destination.spec.cores);
        let mut customer = Customer { delay_s, count: threads, ..Customer::default() };
        customer.demand[DESTINATION_CPU] = demand;
        customer
    }

    /// Finds everybody's pace.
    fn solve(&mut self) {
        let cap = match self.scenario.transfer.cap {
            0 => usize::MAX,
            cap => cap as usize,
        };
        self.customers.clear();
        let mut stalled = 0.0;
        for (place, job) in self.jobs.iter_mut().enumerate() {
            let held = job.stride == Stride::Parked || place >= cap && job.stage != Stage::Refused;
            stalled += f64::from(u8::from(place >= cap && job.stride != Stride::Parked));
            job.customer.count = f64::from(u8::from(!held));
            self.customers.push(job.customer);
        }
        let active: f64 = self.customers.iter().map(|c| c.count).sum();
        self.customers.push(self.index_threads(self.destination.threads()));
        let around = self.surroundings(active);
        self.queues.solve(&mut self.customers, &around, 8);
        for (job, customer) in self.jobs.iter_mut().zip(&self.customers) {
            job.customer.rate = customer.rate * customer.count;
        }
        self.truth = self.look(&self.customers, &around, &self.queues);
        self.truth.active = active;
        self.truth.stalled = stalled;
    }

    fn look(&self, customers: &[Customer], around: &Surroundings, queues: &Queues) -> Truth {
        let ours = usage(customers, around);
        let mut truth = Truth { taken: around.taken, ..Truth::default() };
        for ((used, ours), taken) in truth.used.iter_mut().zip(ours).zip(around.taken) {
            *used = (ours + taken).min(1.0);
        }
        for (side, (machine, cpu, disk)) in
            [(&self.source, SOURCE_CPU, SOURCE_DISK), (&self.destination, DESTINATION_CPU, DESTINATION_DISK)]
                .into_iter()
                .enumerate()
        {
            let stretch = |station: usize| {
                (1.0 + queues.at(station)) / ((1.0 - around.taken[station].min(0.98)) * around.speed[station])
            };
            truth.steal[side] = machine.taken.steal;
            truth.wait_ms[side] = machine.spec.await_ms * stretch(disk);
            truth.answer_ms[side] = machine.spec.answer_ms * stretch(cpu);
            truth.memory[side] = machine.used_bytes() / machine.total_bytes();
        }
        truth.link_bytes_per_s = ours[LINK] * self.scenario.transfer.link_mbit * 1e6 / 8.0;
        truth
    }

    /// What `n` workers on average mailboxes would be like now, and the items a second they would do.
    pub(super) fn imagine(&self, n: u32, item_mb: f64) -> (Truth, f64) {
        let count = match self.scenario.transfer.cap {
            0 => n,
            cap => n.min(cap),
        };
        let worker = Customer { count: f64::from(count), ..self.streaming(item_mb) };
        let mut customers = [worker, self.index_threads(self.destination.threads())];
        let around = self.surroundings(f64::from(count));
        let mut queues = Queues::default();
        queues.solve(&mut customers, &around, 60);
        let mut truth = self.look(&customers, &around, &queues);
        let total = [&self.source, &self.destination].map(|m| {
            let base = m.used_bytes() - m.workers_mb * 1e6;
            (base + f64::from(n) * m.spec.worker_mb * 1.15e6) / m.total_bytes()
        });
        truth.memory = total;
        (truth, customers[0].rate * f64::from(count))
    }

    /// Mean item of the mailboxes in flight, MB; 0 while none streams.
    pub(super) fn item_mb(&self) -> f64 {
        let (mut bytes, mut items) = (0, 0);
        for job in self.jobs.iter().filter(|j| j.stage == Stage::Streaming) {
            bytes += self.boxes[job.id as usize].bytes;
            items += self.boxes[job.id as usize].items;
        }
        if items == 0 { 0.0 } else { bytes as f64 / items as f64 / 1e6 }
    }

    /// Lets time pass until `to_ms`, or until a mailbox ends.
    pub(super) fn advance(&mut self, to_ms: u64) -> Vec<Event> {
        let mut ended = Vec::new();
        while self.now_ms < to_ms && ended.is_empty() {
            self.solve();
            let mut next = to_ms.min(self.now_ms + LONGEST_MS);
            for job in self.jobs.iter().filter(|j| j.customer.rate > 0.0) {
                let goal = if job.stride == Stride::Parking { job.left.floor() } else { 0.0 };
                let goal = goal.max(job.fails_at.min(job.left));
                let wait_ms = (job.left - goal) / job.customer.rate * 1e3;
                if wait_ms < 1e9 {
                    let at = self.now_ms + wait_ms.ceil() as u64;
                    next = next.min(at.div_ceil(GRID_MS) * GRID_MS);
                }
            }
            self.pass(next.max(self.now_ms + 1));
            self.turn(&mut ended);
        }
        ended
    }

    fn pass(&mut self, to_ms: u64) {
        let dt = (to_ms - self.now_ms) as f64 / 1e3;
        self.now_ms = to_ms;
        for job in &mut self.jobs {
            let goal = if job.stride == Stride::Parking { job.left.floor() } else { 0.0 };
            job.left = (job.left - job.customer.rate * dt).max(goal);
            if job.stage != Stage::Refused {
                self.solo_s += job.customer.rate * dt * job.customer.alone_s();
            }
        }
        self.since.add(&self.truth, dt);
        self.since_s += dt;
        let written = self.truth.link_bytes_per_s / 1e6 * self.destination.spec.disk_factor * dt;
        let indexed = self.customers.last().map_or(0.0, |c| c.rate * dt);
        let busy = !self.jobs.is_empty();
        self.destination.pass(to_ms, dt, indexed, written, busy);
        self.source.pass(to_ms, dt, 0.0, 0.0, busy);
    }

    /// Moves jobs to their next stage; those that ended leave.
    fn turn(&mut self, ended: &mut Vec<Event>) {
        let mut at = 0;
        while at < self.jobs.len() {
            let job = &mut self.jobs[at];
            let mailbox = self.boxes[job.id as usize];
            if job.stride == Stride::Parking && job.left <= job.left.floor() {
                job.stride = Stride::Parked;
            }
            if job.stage == Stage::Streaming && job.left <= job.fails_at {
                ended.push(failed(job.id, Retry::BackOff));
                self.jobs.remove(at);
                continue;
            }
            if job.left > 1e-9 {
                at += 1;
                continue;
            }
            match job.stage {
                Stage::Refused => {
                    ended.push(failed(job.id, Retry::Busy));
                    self.jobs.remove(at);
                }
                Stage::Opening if mailbox.items > 0 => {
                    let customer = self.streaming(mailbox.bytes as f64 / 1e6 / mailbox.items as f64);
                    let job = &mut self.jobs[at];
                    job.stage = Stage::Streaming;
                    job.left = mailbox.items as f64;
                    job.customer = customer;
                    at += 1;
                }
                Stage::Opening | Stage::Streaming => {
                    self.destination.index(self.now_ms, mailbox.items, mailbox.bytes);
                    let job = self.jobs.remove(at);
                    let receipt = Receipt {
                        items: mailbox.items,
                        bytes: mailbox.bytes,
                        active_s: (self.now_ms - job.started_ms) as f64 / 1e3,
                        ..Receipt::default()
                    };
                    ended.push(Event::Finished {
                        account: AccountId(job.id),
                        outcome: Outcome::Moved(receipt),
                    });
                }
            }
        }
    }

    /// Workers' counters that changed since they were last asked for.
    pub(super) fn progress(&mut self) -> Vec<Progress> {
        let mut changed = Vec::new();
        for job in self.jobs.iter_mut().filter(|j| j.stage == Stage::Streaming) {
            let mailbox = self.boxes[job.id as usize];
            let items = mailbox.items - (job.left.ceil() as u64).min(mailbox.items);
            if items > job.reported {
                job.reported = items;
                let bytes = (mailbox.bytes as f64 * (items as f64 / mailbox.items as f64)) as u64;
                let parked = job.stride == Stride::Parked;
                changed.push(Progress { account: AccountId(job.id), items, bytes, parked });
            }
        }
        changed
    }

    /// What it was like since this was last asked, on average.
    pub(super) fn truth(&mut self) -> Truth {
        let mut mean = Truth::default();
        mean.add(&std::mem::take(&mut self.since), 1.0 / self.since_s.max(1e-3));
        self.since_s = 0.0;
        mean
    }
}

fn failed(id: u32, retry: Retry) -> Event {
    let failure = Failure {
        code: "ZP-SIM".to_owned(),
        cause: "made up".to_owned(),
        next: String::new(),
        side: None,
        whole_side: false,
        retry,
    };
    Event::Finished { account: AccountId(id), outcome: Outcome::Failed(failure) }
}
