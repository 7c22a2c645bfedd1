//! Coarse rungs upwards, then the few numbers worth telling apart (law 6.11, steps 2 and 3).

use super::Point;
use crate::control::policy::SweepPolicy;

/// Numbers measured on the way up: about half as many again each time.
const RUNGS: [u32; 20] = [1, 2, 3, 4, 6, 8, 11, 16, 22, 32, 45, 64, 90, 128, 181, 256, 362, 512, 724, 1000];
/// Rungs in a row that bring less than `phi` of a fair share before the way up ends.
const POOR_RUNGS: usize = 2;

/// The next rung above `n`.
pub(super) fn above(n: u32) -> u32 {
    RUNGS.into_iter().find(|rung| *rung > n).unwrap_or(n)
}

/// Whether the last rungs brought so little that none further up will bring more. `points` ascend.
pub(super) fn is_flat(points: &[Point], phi: f64) -> bool {
    let poor = |pair: &[Point]| {
        let (low, high) = (&pair[0], &pair[1]);
        let share = f64::from(high.workers - low.workers) / f64::from(low.workers);
        low.work > 0.0 && high.work / low.work - 1.0 < phi * share
    };
    points.len() > POOR_RUNGS && points.windows(2).rev().take(POOR_RUNGS).all(poor)
}

/// Numbers near the best lawful one: every one that the coarse curve puts within `near` of it, at least and at
/// most so many as the policy says, `room` at most. `points` ascend.
pub(super) fn candidates(points: &[Point], policy: &SweepPolicy, most: u32) -> Vec<u32> {
    let lawful: Vec<&Point> = points.iter().filter(|p| p.lawful).collect();
    let Some(best) = lawful.iter().max_by(|a, b| a.work.total_cmp(&b.work)) else { return Vec::new() };
    let top = lawful.last().map_or(best.workers, |p| p.workers);
    let near = |n: &u32| between(points, *n).is_some_and(|w| w >= best.work * (1.0 - policy.near));
    let mut found: Vec<u32> = (1..=top).filter(near).collect();
    // A curve needs its neighbours: below first, they are the cheaper ones.
    while found.len() < policy.candidates_least as usize {
        let (low, high) = (found.first().copied().unwrap_or(best.workers), found.last().copied());
        let high = high.unwrap_or(best.workers);
        if low > 1 {
            found.insert(0, low - 1);
        } else if high < top {
            found.push(high + 1);
        } else {
            break;
        }
    }
    thin(&found, most.clamp(policy.candidates_least, policy.candidates_most) as usize)
}

/// So many of them, both ends among them, evenly.
fn thin(all: &[u32], most: usize) -> Vec<u32> {
    if all.len() <= most {
        return all.to_vec();
    }
    let step = (all.len() - 1) as f64 / (most - 1) as f64;
    (0..most).map(|i| all[(i as f64 * step).round() as usize]).collect()
}

/// The coarse curve at `n`, straight between its points.
fn between(points: &[Point], n: u32) -> Option<f64> {
    let high = points.iter().position(|p| p.workers >= n)?;
    let upper = &points[high];
    if upper.workers == n || high == 0 {
        return (upper.workers == n).then_some(upper.work);
    }
    let lower = &points[high - 1];
    let share = f64::from(n - lower.workers) / f64::from(upper.workers - lower.workers);
    Some(lower.work + (upper.work - lower.work) * share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::policy::Policy;

    fn points(works: &[(u32, f64)]) -> Vec<Point> {
        works.iter().map(|&(workers, work)| Point { workers, work, lawful: true }).collect()
    }

    #[test]
    fn rungs_go_up_by_about_half() {
        let mut n = 0;
        let climbed: Vec<u32> = std::iter::from_fn(|| {
            n = above(n);
            (n < 40).then_some(n)
        })
        .collect();
        assert_eq!(climbed, [1, 2, 3, 4, 6, 8, 11, 16, 22, 32]);
    }

    #[test]
    fn two_poor_rungs_end_the_way_up() {
        // From 8 to 11 a fair share is 37 %, 15 % of it 5.6 %; from 11 to 16 6.8 %.
        assert!(!is_flat(&points(&[(6, 5.0), (8, 6.0), (11, 6.2)]), 0.15));
        assert!(is_flat(&points(&[(6, 5.0), (8, 6.0), (11, 6.2), (16, 6.4)]), 0.15));
        assert!(!is_flat(&points(&[(6, 5.0), (8, 6.0), (11, 6.2), (16, 7.0)]), 0.15));
        assert!(!is_flat(&points(&[(1, 1.0), (2, 1.0)]), 0.15));
    }

    #[test]
    fn candidates_lie_near_the_best() {
        let policy = Policy::for_tests().sweep;
        let rising = points(&[(4, 3.8), (6, 5.4), (8, 7.0), (9, 7.8)]);
        assert_eq!(candidates(&rising, &policy, 7), [7, 8, 9]);
        let flat = points(&[(8, 7.0), (11, 7.6), (16, 7.7), (22, 7.3)]);
        assert_eq!(candidates(&flat, &policy, 7), [10, 12, 13, 15, 17, 18, 20]);
        assert_eq!(candidates(&flat, &policy, 4), [10, 13, 17, 20]);
        let alone = points(&[(1, 1.0), (2, 1.9)]);
        assert_eq!(candidates(&alone, &policy, 7), [1, 2]);
        assert!(candidates(&[], &policy, 7).is_empty());
    }
}
