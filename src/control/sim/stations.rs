//! How fast everybody goes who shares two processors pools, two disks, a link and a lock.
//!
//! Each station is solved by approximate mean value analysis of a closed network (Schweitzer's proportional
//! estimate), with several cores as one fast server plus a fixed delay (Seidmann's transformation), and load
//! that is not ours as an open class that stretches service by 1 / (1 - share). The lock follows the
//! universal scalability law (law 5.1).

/// Stations, in the order mail passes them.
pub(super) const STATIONS: usize = 5;
/// The source's processors.
pub(super) const SOURCE_CPU: usize = 0;
/// The source's disk.
pub(super) const SOURCE_DISK: usize = 1;
/// The link.
pub(super) const LINK: usize = 2;
/// The destination's disk.
pub(super) const DESTINATION_DISK: usize = 3;
/// The destination's processors.
pub(super) const DESTINATION_CPU: usize = 4;

/// Somebody (or several alike) doing one unit of work after another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Customer {
    /// Seconds of each station's whole capacity per unit.
    pub(super) demand: [f64; STATIONS],
    /// Seconds per unit spent at none of them.
    pub(super) delay_s: f64,
    /// Seconds per unit under the lock.
    pub(super) lock_s: f64,
    /// How many alike.
    pub(super) count: f64,
    /// Units per second each does; the solution.
    pub(super) rate: f64,
}

impl Customer {
    /// Seconds a unit takes with nobody else about.
    pub(super) fn alone_s(&self) -> f64 {
        self.delay_s + self.lock_s + self.demand.iter().sum::<f64>()
    }
}

/// What surrounds them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings {
    /// Share of each station others take.
    pub(super) taken: [f64; STATIONS],
    /// Speed of each station as a multiple of what demands were stated for.
    pub(super) speed: [f64; STATIONS],
    /// Contention of the lock.
    pub(super) alpha: f64,
    /// Coherence cost of the lock.
    pub(super) beta: f64,
    /// Those who use the lock.
    pub(super) lockers: f64,
}

/// Queues at the stations: the state the solution is carried on from.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Queues(pub(super) [f64; STATIONS]);

impl Queues {
    /// Finds everybody's rate, starting from the queues of the last solution.
    pub(super) fn solve(&mut self, customers: &mut [Customer], around: &Surroundings, rounds: u32) {
        let n: f64 = customers.iter().map(|c| c.count).sum();
        if n <= 0.0 {
            self.0 = [0.0; STATIONS];
            return;
        }
        let others = (n - 1.0).max(0.0) / n;
        let lock = 1.0
            + around.alpha * (around.lockers - 1.0).max(0.0)
            + around.beta * around.lockers * (around.lockers - 1.0).max(0.0);
        for _ in 0..rounds {
            let mut stretch = [0.0; STATIONS];
            for ((s, q), (taken, speed)) in
                stretch.iter_mut().zip(self.0).zip(around.taken.iter().zip(around.speed))
            {
                *s = (1.0 + q * others) / ((1.0 - taken.min(0.98)) * speed);
            }
            let mut queues = [0.0; STATIONS];
            for c in customers.iter_mut() {
                let mut time = c.delay_s + c.lock_s * lock;
                for (demand, stretch) in c.demand.iter().zip(stretch) {
                    time += demand * stretch;
                }
                c.rate = 1.0 / time.max(1e-9);
                for ((queue, demand), stretch) in queues.iter_mut().zip(c.demand).zip(stretch) {
                    *queue += c.count * c.rate * demand * stretch;
                }
            }
            let moved = self.0.iter().zip(queues).map(|(a, b)| (a - b).abs() / (1.0 + b)).fold(0.0, f64::max);
            self.0 = queues;
            if moved < 0.005 {
                break;
            }
        }
    }

    /// Mean requests a newcomer finds at a station.
    pub(super) const fn at(&self, station: usize) -> f64 {
        self.0[station]
    }
}

/// Share of each station all customers together keep busy.
pub(super) fn usage(customers: &[Customer], around: &Surroundings) -> [f64; STATIONS] {
    let mut used = [0.0; STATIONS];
    for c in customers {
        for ((used, demand), speed) in used.iter_mut().zip(c.demand).zip(around.speed) {
            *used += c.count * c.rate * demand / speed;
        }
    }
    used
}

/// One core's seconds as demand on a pool of cores: the queueing part, and the delay that goes with it.
pub(super) fn cores(seconds: f64, cores: u32) -> (f64, f64) {
    let c = f64::from(cores);
    (seconds / c, seconds * (c - 1.0) / c)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALM: Surroundings =
        Surroundings { taken: [0.0; STATIONS], speed: [1.0; STATIONS], alpha: 0.0, beta: 0.0, lockers: 1.0 };

    fn throughput(n: u32, core_s: f64, pool: u32, delay_s: f64, around: &Surroundings) -> f64 {
        let (demand, delay) = cores(core_s, pool);
        let mut c = Customer { delay_s: delay_s + delay, count: f64::from(n), ..Customer::default() };
        c.demand[DESTINATION_CPU] = demand;
        let mut customers = [c];
        Queues::default().solve(&mut customers, around, 200);
        customers[0].rate * f64::from(n)
    }

    #[test]
    fn one_alone_goes_at_its_own_pace() {
        assert!((throughput(1, 0.1, 4, 0.3, &CALM) - 2.5).abs() < 1e-6);
    }

    #[test]
    fn many_go_as_fast_as_the_cores_and_never_faster() {
        let x = throughput(64, 0.1, 4, 0.3, &CALM);
        assert!(x <= 40.0 && x > 39.0, "{x}");
        let half = Surroundings { taken: [0.5; STATIONS], ..CALM };
        let x = throughput(64, 0.1, 4, 0.3, &half);
        assert!(x <= 20.0 && x > 19.0, "{x}");
    }

    #[test]
    fn a_lock_peaks_where_its_law_says() {
        let rate = |n: f64| {
            let mut customers = [Customer { lock_s: 0.01, count: n, ..Customer::default() }];
            let around = Surroundings { alpha: 0.04, beta: 0.006, lockers: n, ..CALM };
            Queues::default().solve(&mut customers, &around, 50);
            customers[0].rate * n
        };
        // The root of (1 - alpha) / beta is 12.6.
        assert!(rate(13.0) > rate(12.0) && rate(13.0) > rate(14.0));
    }
}
