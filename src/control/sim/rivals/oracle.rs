//! Knows the model and the weather: every minute the number with the most work among those that keep to every
//! line. Nobody can do this; it says how much there is to gain.

use super::{Judge, Rival, Seen, World};

/// The oracle.
#[derive(Clone, Debug, Default)]
pub(super) struct Oracle {
    last_s: Option<f64>,
}

impl Rival for Oracle {
    fn decide(&mut self, seen: &Seen, world: &World, judge: &Judge) -> u32 {
        if self.last_s.is_some_and(|last| seen.now_s - last < 30.0) {
            return seen.limit;
        }
        self.last_s = Some(seen.now_s);
        best(world, judge).unwrap_or(1)
    }
}

/// The best lawful number for this moment, if any is lawful.
fn best(world: &World, judge: &Judge) -> Option<u32> {
    let item_mb = world.item_mb();
    let item_mb = if item_mb > 0.0 { item_mb } else { 0.08 };
    (1..=64)
        .filter_map(|n| {
            let (truth, rate) = world.imagine(n, item_mb);
            let lawful = judge.readings(&truth, world).iter().all(|r| r.value <= r.soft);
            lawful.then_some((n, rate))
        })
        // A tenth of a percent more work is not worth another worker.
        .fold(None, |best: Option<(u32, f64)>, (n, rate)| match best {
            Some((_, most)) if rate <= most * 1.001 => best,
            _ => Some((n, rate)),
        })
        .map(|(n, _)| n)
}

#[cfg(test)]
mod tests {
    use super::{super::testing::answers, *};
    use crate::control::{policy::Policy, sim::scenario::Scenario};

    #[test]
    fn it_stops_at_the_line_the_model_sets() {
        // One core second in eight per second of work on four cores: 6 workers stay below 80 %, 7 do not.
        let text = "title = \"x\"\nwhat = \"y\"\n[transfer]\nitem_wait_ms = 50\n[destination]\ncores = 4\n\
                    item_cpu_ms = 50\nmb_cpu_ms = 0\nbackground = []\nwander_cpu = 0.0\n";
        let scenario = Scenario::read(text).unwrap();
        let world = World::new(&scenario, Vec::new(), 1);
        let judge = Judge::new(&world, &Policy::for_tests().lines);
        let n = best(&world, &judge).unwrap();
        let cpu = |n| world.imagine(n, 0.08).0.used[super::super::DESTINATION_CPU];
        assert!(cpu(n) <= 0.80 && cpu(n + 1) > 0.80, "{n}: {} {}", cpu(n), cpu(n + 1));
    }

    #[test]
    fn it_looks_twice_a_minute() {
        let mut law = Oracle::default();
        let look = |now_s: f64| Seen { now_s, ..Seen::default() };
        assert_eq!(answers(&mut law, 1, [look(5.0), look(10.0)]).len(), 2);
        assert_eq!(law.last_s, Some(5.0));
    }
}
