//! The forms of a call against each other: whatever happens to it, they do and tell the same.

mod form;
mod world;

use core::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use backoff_core::{DeadlineRule, Failure, Policy, Progress};

use self::world::{INTERRUPTED, Trace, World};
use crate::Check;
use crate::input::{self, Plan};
use crate::retry_state::Setting;

/// A call, and the world in which it is made.
#[derive(Arbitrary, Debug)]
pub struct Case {
    setting: Setting,
    seed: u64,
    /// The attempts that fail; the one after them succeeds.
    script: Vec<Attempt>,
    /// How late a wait ends, now and then.
    #[arbitrary(with = input::duration)]
    late: Duration,
    #[arbitrary(with = input::limit)]
    stable_after: Option<Duration>,
    #[arbitrary(with = resumed)]
    resumed: Option<(Progress, Duration)>,
    /// The retries that a budget allows.
    tokens: u8,
    /// Whether times are of some milliseconds, so that limits and waits come close to each other.
    is_short: bool,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
struct Attempt {
    #[arbitrary(with = input::duration)]
    takes: Duration,
    #[arbitrary(with = input::failure)]
    failure: Failure,
}

fn resumed(u: &mut Unstructured<'_>) -> arbitrary::Result<Option<(Progress, Duration)>> {
    let is_resumed: bool = u.arbitrary()?;
    is_resumed
        .then(|| Ok((input::progress(u)?, input::duration(u)?)))
        .transpose()
}

/// Times above count as those of a clock that went back.
const LONGEST: Duration = Duration::from_nanos(u64::MAX / 2);

impl Check for Case {
    fn check(&self) {
        let policy = self.policy();
        let world = || World::new(self, &policy);
        let closure = world().limited_closure();
        let free_closure = world().uninterrupted_closure();
        if self.lasted(closure.ended.max(free_closure.ended)) > LONGEST {
            return;
        }
        self.check_trace(&policy, &closure);
        assert_eq!(world().limited().run(), closure, "run");
        assert_eq!(world().limited().each(), closure, "each");
        let mut looped = world().limited().limit();
        if looped.outcome == INTERRUPTED {
            looped.outcome = closure.outcome; // a loop keeps no earlier outcome
        }
        assert_eq!(looped, closure, "the loop with limits");

        self.check_trace(&policy, &free_closure);
        assert_eq!(world().uninterrupted().run(), free_closure, "run");
        assert_eq!(world().uninterrupted().each(), free_closure, "each");
        assert_eq!(world().uninterrupted().limit(), free_closure, "the loop");
        assert_eq!(world().uninterrupted().rounds(), free_closure, "rounds");
        assert_eq!(world().uninterrupted().call(), free_closure, "a thread");
    }
}

impl Case {
    fn policy(&self) -> Policy<&Plan> {
        let policy = self.setting.policy();
        if !self.is_short {
            return policy;
        }
        let mut short = policy.with_max_delay(self.time(Duration::from_millis(4)));
        if let Some(deadline) = policy.deadline() {
            short = short.with_deadline(self.time(deadline).saturating_mul(4));
        }
        match policy.timeout_per_attempt() {
            Some(timeout) => short.with_attempt_timeout(self.time(timeout)),
            None => short,
        }
    }

    /// A time of this case: less than eight milliseconds if times are short.
    fn time(&self, time: Duration) -> Duration {
        if self.is_short {
            Duration::from_millis(u64::from(time.subsec_nanos() % 8))
        } else {
            time
        }
    }

    /// How long the call has lasted at a time of the clock.
    fn lasted(&self, now: Duration) -> Duration {
        let (_, before) = self.resumed.unwrap_or_default();
        self.time(before).saturating_add(now)
    }

    /// Checks what the documentation says of every call.
    fn check_trace(&self, policy: &Policy<&Plan>, trace: &Trace) {
        if self.stable_after.is_some() {
            return; // times start anew
        }
        let report = &trace.report;
        assert!(report.slept() <= report.elapsed(), "{trace:?}");
        assert_eq!(report.elapsed(), self.lasted(trace.ended), "{trace:?}");
        let deadline = policy.deadline().unwrap_or(Duration::MAX);
        let later = trace.starts.iter().skip(1);
        let late = later
            .filter(|start| self.lasted(**start) > deadline)
            .count();
        let clamps = policy.deadline_rule() == DeadlineRule::ClampToRemaining;
        assert!(late <= usize::from(clamps), "{late} are late in {trace:?}");
    }
}
