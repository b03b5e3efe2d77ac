//! When retries are made at the earliest and at the latest.

use std::time::Duration;

use backoff_core::DeadlineRule;

/// The least and the most of a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Bounds {
    pub(super) least: Duration,
    pub(super) most: Duration,
}

/// When the retries of a call are made, and how long it waits in all. Computed, not sampled.
#[derive(Debug)]
pub(super) struct CallBounds {
    /// Since the first attempt. `None` is a retry that the deadline always prevents.
    pub(super) retries: Vec<Option<Bounds>>,
    pub(super) total: Bounds,
}

/// A deadline, and what happens to a delay that does not fit.
pub(super) type Deadline = Option<(Duration, DeadlineRule)>;

impl CallBounds {
    /// Computes the bounds of a call with these delays, each within its own bounds.
    ///
    /// They are exact where the delays do not depend on each other. With decorrelated jitter they may be too wide, but are
    /// never too narrow.
    pub(super) fn of(delays: impl IntoIterator<Item = Bounds>, deadline: Deadline) -> Self {
        let zero = Duration::ZERO;
        let mut elapsed = Some(Bounds {
            least: zero,
            most: zero,
        });
        let mut total = Bounds {
            least: Duration::MAX,
            most: zero,
        };
        let mut retries = Vec::new();
        for delay in delays {
            if let (Some(before), Some(deadline)) = (elapsed, deadline) {
                let end = earliest_end(before, delay, deadline);
                total.least = end.map_or(total.least, |end| total.least.min(end));
            }
            elapsed = elapsed.and_then(|before| next(before, delay, deadline));
            total.most = elapsed.map_or(total.most, |after| after.most);
            retries.push(elapsed);
        }
        // Where the last retry may be made, the call ends with its attempts.
        total.least = elapsed.map_or(total.least, |last| total.least.min(last.least));
        Self { retries, total }
    }
}

/// Returns when a retry is made, if it can be made at all.
fn next(before: Bounds, delay: Bounds, deadline: Deadline) -> Option<Bounds> {
    let least = before.least.saturating_add(delay.least);
    let most = before.most.saturating_add(delay.most);
    let Some((deadline, rule)) = deadline else {
        return Some(Bounds { least, most });
    };
    let fits = match rule {
        DeadlineRule::ClampToRemaining => true,
        _ => least <= deadline,
    };
    (before.least < deadline && fits).then(|| Bounds {
        least: least.min(deadline),
        most: most.min(deadline),
    })
}

/// Returns the least time at which a call may end because a delay does not fit.
fn earliest_end(
    before: Bounds,
    delay: Bounds,
    (deadline, rule): (Duration, DeadlineRule),
) -> Option<Duration> {
    // The last nanosecond at which the longest delay fits.
    let last = match rule {
        DeadlineRule::ClampToRemaining => None,
        _ => deadline.checked_sub(delay.most),
    };
    let end = match (rule, last) {
        (DeadlineRule::ClampToRemaining, _) => deadline,
        (_, None) => Duration::ZERO,
        (_, Some(last)) => last.saturating_add(Duration::from_nanos(1)).min(deadline),
    };
    let end = end.max(before.least);
    (end <= before.most).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn bounds_are_those_of_all_draws() {
        let (give_up, clamp) = (DeadlineRule::GiveUp, DeadlineRule::ClampToRemaining);
        let cases = [
            // (delays, deadline, the last possible retry, least and most of the total in nanoseconds)
            (
                &[(100, 100), (200, 200)][..],
                None,
                2,
                (300_000_000, 300_000_000),
            ),
            (&[(0, 100), (0, 200)], None, 2, (0, 300_000_000)),
            // The second delay does not fit after a first one of 1 ns and more above 100 ms.
            (
                &[(0, 200), (0, 200)],
                Some((300, give_up)),
                2,
                (0, 300_000_000),
            ),
            (
                &[(150, 200), (0, 200)],
                Some((300, give_up)),
                2,
                (150_000_000, 300_000_000),
            ),
            (
                &[(0, 200), (250, 250)],
                Some((300, give_up)),
                2,
                (50_000_001, 300_000_000),
            ),
            (
                &[(100, 200), (250, 250)],
                Some((300, give_up)),
                1,
                (100_000_000, 200_000_000),
            ),
            (&[(100, 500)], Some((300, give_up)), 1, (0, 300_000_000)),
            (&[(400, 500)], Some((300, give_up)), 0, (0, 0)),
            (
                &[(400, 500), (1, 1)],
                Some((300, clamp)),
                1,
                (300_000_000, 300_000_000),
            ),
            (
                &[(100, 100), (400, 500)],
                Some((300, clamp)),
                2,
                (300_000_000, 300_000_000),
            ),
            (&[(0, 0), (0, 0)], Some((0, give_up)), 0, (0, 0)),
        ];
        for (delays, deadline, last, (least, most)) in cases {
            let bounds = delays.iter().map(|(least, most)| Bounds {
                least: MS(*least),
                most: MS(*most),
            });
            let deadline = deadline.map(|(millis, rule)| (MS(millis), rule));
            let call = CallBounds::of(bounds, deadline);
            let case = format!("{delays:?} {deadline:?}: {call:?}");
            assert_eq!(call.retries.iter().flatten().count(), last, "{case}");
            assert_eq!(call.total.least, Duration::from_nanos(least), "{case}");
            assert_eq!(call.total.most, Duration::from_nanos(most), "{case}");
        }
    }
}
