//! Payments and retries, with their times.

use core::time::Duration;

use backoff_core::{PlannedRetry, RatioBudget};

use super::{Model, Share};

/// Every payment, and every retry as a negative one, with its time.
pub(super) struct Ratio {
    share: Share,
    reserve: i128,
    window: Duration,
    paid: Vec<(Duration, i128)>,
}

/// By how much a window may be longer than asked for: 170 ms, and a tick of the clock.
const SLACK: Duration = Duration::from_millis(187);

impl Ratio {
    pub(super) fn of(share: Share, reserve_per_second: u16, window: Duration) -> Self {
        let window = window.clamp(Duration::from_secs(1), Duration::from_secs(60));
        let window =
            Duration::from_millis(u64::try_from(window.as_millis()).expect("a minute at most"));
        let retries = i128::from(reserve_per_second)
            * i128::try_from(window.as_millis()).expect("small")
            / 1_000;
        let reserve = (retries * share.denominator).min(1 << 29);
        Self {
            share,
            reserve,
            window,
            paid: vec![],
        }
    }

    /// The least and the most that may be at hand: the window slides in ten steps, so that what is older than
    /// nine of them counts or not.
    fn at_hand(&self, now: Duration) -> (i128, i128) {
        let (mut least, mut most) = (self.reserve, self.reserve);
        for (time, amount) in &self.paid {
            let age = now.saturating_sub(*time);
            if age >= self.window + SLACK {
                continue;
            }
            let counts = age + SLACK < self.window * 9 / 10;
            least += if counts { *amount } else { (*amount).min(0) };
            most += if counts { *amount } else { (*amount).max(0) };
        }
        (least, most)
    }
}

impl Model<RatioBudget> for Ratio {
    fn begin(&mut self, _call: usize, now: Duration) {
        self.paid.push((now, self.share.numerator));
    }

    fn withdraw(&mut self, _call: usize, retry: &PlannedRetry, granted: bool) {
        let (least, most) = self.at_hand(retry.now);
        let price = self.share.denominator;
        assert!(granted || least < price, "refused with {least} at hand");
        assert!(!granted || most >= price, "granted with {most} at hand");
        if granted {
            self.paid.push((retry.now, -price));
        }
    }
}
