//! One delivery of a message, and the decision that follows its attempt.

use core::time::Duration;

use backoff_core::{
    Account, Budget, CallEnd, DeadlineRule, Decision, Failure, GiveUp, PlannedRetry, PolicyRef,
    Progress, RetryState,
};

use crate::settlement::Settlement;

/// One delivery of a message: how far its call has come, and how old the message is.
///
/// A message is a call whose attempts are its deliveries. Its deadline counts from the publication, so the time
/// that it spends in the queue counts too.
///
/// # Examples
///
/// ```
/// use backoff_queue::{Delivery, Failure, GiveUp, Policy, Settlement};
/// use core::time::Duration;
///
/// static POLICY: Policy = Policy::DEFAULT.with_max_attempts(3);
///
/// let (age, random) = (Duration::from_secs(2), u32::MAX);
/// let second = Delivery::counted(2, age);
/// let Settlement::Redeliver { after, progress } = second.settle(&POLICY, Some(Failure::transient()), random) else {
///     unreachable!("the second of three attempts");
/// };
/// assert_eq!(after, Duration::from_millis(200)); // the longest delay of the second window
///
/// let third = Delivery::new(progress, age + after);
/// let settlement = third.settle(&POLICY, Some(Failure::transient()), random);
/// assert_eq!(settlement, Settlement::DeadLetter(GiveUp::Attempts));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct Delivery {
    progress: Progress,
    age: Duration,
}

impl Delivery {
    /// Describes a delivery by the progress that the queue carried, or [`Progress::START`] at the first.
    ///
    /// `age` is the time since the message was published.
    #[must_use]
    pub const fn new(progress: Progress, age: Duration) -> Self {
        Self { progress, age }
    }

    /// Describes a delivery by the queue's count of deliveries; the first is 1, and 0 counts as 1.
    ///
    /// For queues that carry nothing but a count. Two rules know less then: the limit of doubtful failures never
    /// applies, and decorrelated jitter starts at its base each time.
    #[must_use]
    pub const fn counted(deliveries: u32, age: Duration) -> Self {
        Self::new(Progress::at(deliveries), age)
    }

    /// Returns the number of the attempt; the first is 1.
    #[must_use]
    pub const fn attempt(self) -> u32 {
        self.progress.attempt()
    }

    /// Returns the progress before this attempt.
    #[must_use]
    pub const fn progress(self) -> Progress {
        self.progress
    }

    /// Returns the time since the message was published.
    #[must_use]
    pub const fn age(self) -> Duration {
        self.age
    }

    /// Says why the attempt of this delivery must not begin, or returns `None` if it may. Ask before the attempt.
    ///
    /// | reason | when |
    /// |---|---|
    /// | [`GiveUp::Attempts`] | there were more deliveries than the policy has attempts: workers crashed while they processed the message |
    /// | [`GiveUp::Deadline`] | the message was redelivered after the deadline, unless the policy [clamps](DeadlineRule::ClampToRemaining) |
    ///
    /// The first attempt may always begin, however long the message waited for a worker.
    #[must_use]
    pub fn refusal<P: PolicyRef>(self, policy: P) -> Option<GiveUp> {
        let policy = policy.policy();
        if policy
            .max_attempts()
            .is_some_and(|max| self.attempt() > max)
        {
            return Some(GiveUp::Attempts);
        }
        let clamps = policy.deadline_rule() == DeadlineRule::ClampToRemaining;
        let late = policy
            .deadline()
            .is_some_and(|deadline| self.age > deadline);
        (late && !clamps && self.attempt() > 1).then_some(GiveUp::Deadline)
    }

    /// Returns the time that counts as elapsed when the attempt begins: the age of the message.
    ///
    /// It is zero for a first attempt that begins after the deadline, which would be interrupted at once otherwise.
    #[must_use]
    pub fn elapsed<P: PolicyRef>(self, policy: P) -> Duration {
        let deadline = policy.policy().deadline();
        let late = deadline.is_some_and(|deadline| self.age >= deadline);
        if late && self.attempt() == 1 {
            Duration::ZERO
        } else {
            self.age
        }
    }

    /// Returns how long the attempt may take if it begins now, or `None` if nothing limits it.
    #[must_use]
    pub fn attempt_timeout<P: PolicyRef>(self, policy: P) -> Option<Duration> {
        let elapsed = self.elapsed(&policy);
        RetryState::resume(policy, self.progress).attempt_timeout(elapsed)
    }

    /// Decides what happens to the message. `failure` is `None` if the attempt succeeded.
    ///
    /// The age is the one at which the attempt ended. The checks and their order are those of a call:
    /// [`RetryState::on_failure`]. `random` is uniform over all of `u32`.
    #[must_use = "a settlement does nothing unless the queue is told of it"]
    pub fn settle<P: PolicyRef>(
        self,
        policy: P,
        failure: Option<Failure>,
        random: u32,
    ) -> Settlement {
        let Some(failure) = failure else {
            return Settlement::Acknowledge;
        };
        let mut state = RetryState::resume(policy, self.progress);
        match state.on_failure(self.age, failure, random) {
            Decision::GiveUp(reason) => Settlement::DeadLetter(reason),
            Decision::Retry { after } => Settlement::Redeliver {
                after,
                progress: state.progress(),
            },
        }
    }

    /// Decides as [`settle`](Self::settle) does, and then asks a budget: without its consent, a message is
    /// dead-lettered as [`GiveUp::Budget`].
    ///
    /// `now` is a time of the clock that all calls of the budget share. The deliveries of a message may end in
    /// different processes, so each is an account of its own, and the call is counted as begun at its first
    /// delivery. A success after a redelivery therefore returns no charge. A budget that counts calls in flight
    /// sees none.
    #[must_use = "a settlement does nothing unless the queue is told of it"]
    pub fn settle_within<P: PolicyRef, B: Budget>(
        self,
        policy: P,
        failure: Option<Failure>,
        random: u32,
        budget: B,
        now: Duration,
    ) -> Settlement {
        let mut account = Account::new(budget);
        if self.attempt() == 1 {
            account.begin(now);
        }
        let settlement = self.settle(policy, failure, random);
        match (settlement, failure) {
            (Settlement::Redeliver { after, .. }, Some(failure)) => {
                if !account.withdraw(&PlannedRetry::new(now, failure, after)) {
                    account.end(CallEnd::GaveUp(GiveUp::Budget));
                    return Settlement::DeadLetter(GiveUp::Budget);
                }
            }
            (Settlement::DeadLetter(reason), _) => account.end(CallEnd::GaveUp(reason)),
            _ => account.end(CallEnd::Succeeded),
        }
        settlement
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use backoff_core::{Policy, RatioBudget};

    const S: fn(u64) -> Duration = Duration::from_secs;

    #[test]
    fn an_attempt_is_refused_after_the_deadline_and_beyond_the_last_attempt() {
        let policy = Policy::DEFAULT.with_max_attempts(3).with_deadline(S(60));
        let clamps = policy.with_deadline_rule(DeadlineRule::ClampToRemaining);
        let forever = policy.retry_forever();
        let cases = [
            // (policy, deliveries, age, refusal)
            (policy, 0, 0, None),
            (policy, 1, 3600, None),
            (policy, 2, 60, None),
            (policy, 2, 61, Some(GiveUp::Deadline)),
            (policy, 3, 59, None),
            (policy, 4, 0, Some(GiveUp::Attempts)),
            (policy, u32::MAX, u64::MAX, Some(GiveUp::Attempts)),
            (clamps, 2, 61, None),
            (clamps, 4, 61, Some(GiveUp::Attempts)),
            (forever, u32::MAX, u64::MAX, None),
        ];
        for (policy, deliveries, age, refusal) in cases {
            let delivery = Delivery::counted(deliveries, S(age));
            assert_eq!(delivery.refusal(policy), refusal, "{delivery:?}");
        }
    }

    #[test]
    fn an_attempt_has_the_timeout_and_what_is_left_until_the_deadline() {
        let policy = Policy::DEFAULT.with_deadline(S(60));
        let timed = policy.with_attempt_timeout(S(10));
        let cases = [
            // (policy, deliveries, age, timeout)
            (policy, 1, 0, Some(60)),
            (policy, 1, 20, Some(40)),
            (policy, 1, 3600, Some(60)), // a first attempt that waited for a worker
            (policy, 2, 59, Some(1)),
            (timed, 1, 0, Some(10)),
            (timed, 1, 55, Some(5)),
            (timed, 1, 60, Some(10)),
            (timed.without_deadline(), 7, 3600, Some(10)),
            (policy.without_deadline(), 7, 3600, None),
        ];
        for (policy, deliveries, age, timeout) in cases {
            let delivery = Delivery::counted(deliveries, S(age));
            let limit = delivery.attempt_timeout(policy);
            assert_eq!(limit, timeout.map(S), "{delivery:?} {policy}");
        }
    }

    #[test]
    fn a_budget_is_asked_last_and_counts_each_message_once() {
        let budget = RatioBudget::new(1, 2).with_reserve(0);
        let policy = Policy::DEFAULT.with_max_attempts(9);
        let settle = |deliveries, failure| {
            let delivery = Delivery::counted(deliveries, Duration::ZERO);
            delivery.settle_within(policy, failure, 7, &budget, S(1))
        };
        let transient = Some(Failure::transient());
        assert_eq!(settle(1, None), Settlement::Acknowledge);
        let redelivered = |settlement| matches!(settlement, Settlement::Redeliver { .. });
        // Two messages pay for one retry. Their redeliveries are no further calls.
        assert!(redelivered(settle(1, transient)));
        assert_eq!(settle(2, transient), Settlement::DeadLetter(GiveUp::Budget));
        assert_eq!(
            settle(9, transient),
            Settlement::DeadLetter(GiveUp::Attempts)
        );
        let permanent = Some(Failure::permanent());
        assert_eq!(
            settle(2, permanent),
            Settlement::DeadLetter(GiveUp::Permanent)
        );
    }
}
