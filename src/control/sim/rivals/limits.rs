//! Laws that look at limits only: the wiki's rule as people do it by hand, and additive increase with
//! multiplicative decrease.

use super::{Judge, Rival, Seen, World};

/// One more every five minutes while everything is five points below its line, one less when over.
#[derive(Clone, Debug, Default)]
pub(super) struct Wiki {
    last_s: f64,
}

impl Rival for Wiki {
    fn decide(&mut self, seen: &Seen, _: &World, _: &Judge) -> u32 {
        let since = seen.now_s - self.last_s;
        if seen.over_points > 0.0 && since >= 60.0 {
            self.last_s = seen.now_s;
            return seen.limit.saturating_sub(1).max(1);
        }
        if seen.over_points <= -5.0 && since >= 300.0 {
            self.last_s = seen.now_s;
            return seen.limit + 1;
        }
        seen.limit
    }
}

/// One more a minute while nothing is over its line, a tenth fewer (at least one) when something is.
#[derive(Clone, Debug, Default)]
pub(super) struct Aimd {
    last_s: f64,
}

impl Rival for Aimd {
    fn decide(&mut self, seen: &Seen, _: &World, _: &Judge) -> u32 {
        if seen.now_s - self.last_s < 60.0 {
            return seen.limit;
        }
        self.last_s = seen.now_s;
        if seen.over_points > 0.0 || seen.drops > 0 { (seen.limit * 9 / 10).max(1) } else { seen.limit + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing::answers, *};

    fn looks(every_s: f64, over: &[f64]) -> Vec<Seen> {
        (1..)
            .zip(over)
            .map(|(i, &over_points)| Seen { now_s: f64::from(i) * every_s, over_points, ..Seen::default() })
            .collect()
    }

    #[test]
    fn the_wiki_adds_every_five_minutes_and_takes_one_back_when_over() {
        // 300, 600, 900 ...: headroom of 20, 20, 4, over by 1, over by 1, 20 again.
        let seen = looks(300.0, &[-20.0, -20.0, -4.0, 1.0, 1.0, -20.0]);
        assert_eq!(answers(&mut Wiki::default(), 1, seen), [2, 3, 3, 2, 1, 2]);
    }

    #[test]
    fn aimd_adds_one_and_takes_a_tenth() {
        let seen = looks(60.0, &[-1.0, -1.0, 2.0, -1.0, 3.0]);
        assert_eq!(answers(&mut Aimd::default(), 19, seen), [20, 21, 18, 19, 17]);
    }
}
