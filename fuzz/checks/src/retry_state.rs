//! A whole call: operations replayed into the state machine, each decision against the rules.

use core::time::Duration;

use arbitrary::Arbitrary;
use backoff_core::{
    DeadlineRule, Decision, DelayOrigin, Failure, FailureKind, GiveUp, HintRule, Jitter, Policy,
    PolicyRef, Progress, RetryState, Schedule,
};

use crate::Check;
use crate::exact::{self, Bounds, PARTS};
use crate::input::{self, Plan};

/// A policy, where a call under it stands, and what happens to the call.
#[derive(Arbitrary, Debug)]
pub struct Case {
    /// The policy.
    pub setting: Setting,
    /// `None`: at its start.
    #[arbitrary(with = standing)]
    pub start: Option<Progress>,
    /// What happens, in this order.
    pub operations: Vec<Operation>,
}

/// A policy as it was asked for.
#[derive(Arbitrary, Debug)]
#[expect(missing_docs, reason = "the setters of `Policy` have these names")]
pub struct Setting {
    pub schedule: Plan,
    pub throttled_schedule: Option<Plan>,
    #[arbitrary(with = input::jitter)]
    pub jitter: Jitter,
    #[arbitrary(with = input::limit)]
    pub max_delay: Option<Duration>,
    #[arbitrary(with = input::limit)]
    pub deadline: Option<Duration>,
    pub clamps_to_remaining: bool,
    #[arbitrary(with = input::limit)]
    pub attempt_timeout: Option<Duration>,
    #[arbitrary(with = input::limit)]
    pub max_hint: Option<Duration>,
    #[arbitrary(with = hint_rule)]
    pub hint_rule: HintRule,
    /// `None`: for ever.
    pub max_attempts: Option<u8>,
    pub doubtful_limit: u8,
}

/// An attempt that failed.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Operation {
    /// Since the call began, on a clock that need not be a good one.
    #[arbitrary(with = input::duration)]
    pub elapsed: Duration,
    /// What was wrong.
    #[arbitrary(with = input::failure)]
    pub failure: Failure,
    /// The random word.
    pub random: u32,
}

fn standing(u: &mut arbitrary::Unstructured<'_>) -> arbitrary::Result<Option<Progress>> {
    u.arbitrary::<bool>()?
        .then(|| input::progress(u))
        .transpose()
}

fn hint_rule(u: &mut arbitrary::Unstructured<'_>) -> arbitrary::Result<HintRule> {
    let rules = [HintRule::Clamp, HintRule::GiveUp, HintRule::Ignore];
    u.choose(&rules).copied()
}

impl Check for Case {
    fn check(&self) {
        let policy = self.setting.policy();
        self.setting.reads_back(&policy);
        let mut call = self
            .start
            .map_or(policy.start(), |progress| policy.resume(progress));
        for operation in &self.operations {
            let before = call.progress();
            let decision = operation.decide(&mut call);
            let step = Step {
                setting: &self.setting,
                policy: &policy,
                operation: *operation,
                before,
                decision,
                after: call.progress(),
            };
            step.check();
        }
    }
}

impl Setting {
    pub(crate) fn policy(&self) -> Policy<&Plan> {
        let mut policy = Policy::new(&self.schedule)
            .with_jitter(self.jitter)
            .with_hint_rule(self.hint_rule)
            .with_doubtful_limit(self.doubtful_limit.into());
        if let Some(schedule) = &self.throttled_schedule {
            policy = policy.with_throttled_schedule(schedule);
        }
        if let Some(max) = self.max_delay {
            policy = policy.with_max_delay(max);
        }
        if let Some(max) = self.max_hint {
            policy = policy.with_max_hint(max);
        }
        if let Some(timeout) = self.attempt_timeout {
            policy = policy.with_attempt_timeout(timeout);
        }
        if self.clamps_to_remaining {
            policy = policy.with_deadline_rule(DeadlineRule::ClampToRemaining);
        }
        policy = match self.max_attempts {
            Some(attempts) => policy.with_max_attempts(attempts.into()),
            None => policy.without_attempt_limit(),
        };
        match self.deadline {
            Some(deadline) => policy.with_deadline(deadline),
            None => policy.without_deadline(),
        }
    }

    /// Checks that each getter gives back what its setter was given.
    fn reads_back(&self, policy: &Policy<&Plan>) {
        let finite = |limit: &Duration| exact::nanos(*limit) != u64::MAX;
        let attempts = self.max_attempts.map(|attempts| attempts.max(1).into());
        assert!(std::ptr::eq(*policy.schedule(), &raw const self.schedule));
        assert_eq!(
            policy.throttled_schedule().is_some(),
            self.throttled_schedule.is_some()
        );
        let jitter = match self.jitter {
            Jitter::Additive(margin) => {
                Jitter::Additive(exact::duration(exact::nanos(margin).into()))
            }
            jitter => jitter,
        };
        assert_eq!(policy.jitter(), jitter);
        assert_eq!(policy.max_delay(), self.max_delay.filter(finite));
        assert_eq!(policy.max_attempts(), attempts);
        assert_eq!(policy.deadline(), self.deadline.filter(finite));
        assert_eq!(
            policy.timeout_per_attempt(),
            self.attempt_timeout.filter(finite)
        );
        assert_eq!(policy.doubtful_limit(), u32::from(self.doubtful_limit));
        let max_hint = exact::nanos(self.max_hint.unwrap_or(Duration::from_secs(120)));
        assert_eq!(policy.max_hint(), exact::duration(max_hint.into()));
        assert_eq!(policy.hint_rule(), self.hint_rule);
        let clamps = policy.deadline_rule() == DeadlineRule::ClampToRemaining;
        assert_eq!(clamps, self.clamps_to_remaining);
    }
}

impl Operation {
    fn decide(self, call: &mut RetryState<impl PolicyRef>) -> Decision {
        call.on_failure(self.elapsed, self.failure, self.random)
    }
}

/// One decision, and all that is known about it.
struct Step<'c> {
    setting: &'c Setting,
    policy: &'c Policy<&'c Plan>,
    operation: Operation,
    before: Progress,
    decision: Decision,
    after: Progress,
}

/// What follows a failure before the deadline is looked at: a wait in nanoseconds, and the progress then.
type Unbounded = Result<(u64, Progress), GiveUp>;

impl Step<'_> {
    fn check(&self) {
        let unbounded = self.without_deadline();
        self.rules_1_2_and_7_the_first_check_that_fails_is_the_reason(unbounded);
        if let Ok((wait, progress)) = unbounded {
            self.rules_3_and_6_the_wait_is_drawn_from_its_window_on_top_of_the_hint(wait);
            self.what_is_remembered(wait, progress);
        }
        self.rule_5_the_deadline_counts_the_wait(unbounded);
        self.rule_6_a_hint_is_not_shortened_in_silence();
        self.rule_5_what_remains_limits_the_next_attempt();
        self.rule_13_a_resumed_call_decides_alike();
    }

    /// The same decision under the same policy without its deadline.
    fn without_deadline(&self) -> Unbounded {
        let policy = self.policy.without_deadline();
        let mut call = policy.resume(self.before);
        match self.operation.decide(&mut call) {
            Decision::Retry { after } => Ok((exact::returned(after), call.progress())),
            Decision::GiveUp(reason) => Err(reason),
        }
    }

    fn rules_1_2_and_7_the_first_check_that_fails_is_the_reason(&self, unbounded: Unbounded) {
        let (setting, kind) = (self.setting, self.operation.failure.kind());
        let doubtful = kind == FailureKind::Doubtful;
        let most = setting
            .max_attempts
            .map(|attempts| u32::from(attempts.max(1)));
        let expected = if kind == FailureKind::Permanent {
            Some(GiveUp::Permanent)
        } else if most.is_some_and(|most| self.before.attempt() >= most) {
            Some(GiveUp::Attempts)
        } else if doubtful && self.before.doubtful_retries() >= setting.doubtful_limit.into() {
            Some(GiveUp::Doubtful)
        } else if self.hint() > self.max_hint() && setting.hint_rule == HintRule::GiveUp {
            Some(GiveUp::HintTooLong)
        } else {
            None
        };
        assert_eq!(unbounded.err(), expected);
    }

    fn rules_3_and_6_the_wait_is_drawn_from_its_window_on_top_of_the_hint(&self, wait: u64) {
        let (setting, obeyed) = (self.setting, self.obeyed_hint());
        let floor = obeyed.max(exact::returned(self.operation.failure.min_delay()));
        let jitter = match setting.jitter {
            // A hint is exact without jitter, and has a share of the whole window with any.
            _ if obeyed == 0 => setting.jitter,
            Jitter::None => return assert_eq!(wait, floor),
            _ => Jitter::Full,
        };
        let max = setting.max_delay.map_or(u64::MAX, exact::nanos);
        let previous = exact::returned(self.before.previous_delay());
        let [first, present] = [1, self.before.attempt()].map(|retry| self.window(retry).min(max));
        let (window, previous) = exact::basis(jitter, first, present, previous);
        let bounds = Bounds::of(jitter, window, previous, max);
        assert!(wait >= floor, "{wait} ns is shorter than {floor} ns");
        if wait == u64::MAX {
            // Saturated, so that only the upper end is left to check.
            let highest = u128::from(floor) * PARTS + bounds.high;
            return assert!(highest + PARTS >= u128::from(wait) * PARTS, "{highest}");
        }
        bounds.check(wait - floor, self.operation.random);
        assert!(wait - floor <= max, "{wait} ns is above the maximum");
    }

    fn rule_6_a_hint_is_not_shortened_in_silence(&self) {
        let Decision::Retry { after } = self.decision else {
            return;
        };
        let origin = match (self.obeyed_hint(), self.hint()) {
            (0, _) => DelayOrigin::Schedule,
            (obeyed, hint) if obeyed == hint && exact::returned(after) >= hint => DelayOrigin::Hint,
            _ => DelayOrigin::ClampedHint,
        };
        assert_eq!(
            self.policy.delay_origin(self.operation.failure, after),
            origin
        );
    }

    /// Only a retry changes anything: the attempt, the doubtful failures, the delay for decorrelated jitter.
    fn what_is_remembered(&self, wait: u64, after: Progress) {
        let (before, failure) = (self.before, self.operation.failure);
        assert_eq!(after.attempt(), before.attempt().saturating_add(1));
        let doubtful = u32::from(failure.kind() == FailureKind::Doubtful);
        assert_eq!(
            after.doubtful_retries(),
            before.doubtful_retries().saturating_add(doubtful)
        );
        if self.setting.jitter != Jitter::Decorrelated || self.obeyed_hint() != 0 {
            assert_eq!(after.previous_delay(), before.previous_delay());
        } else if wait != u64::MAX {
            let delay = wait - exact::returned(failure.min_delay());
            assert_eq!(after.previous_delay(), exact::duration(delay.into()));
        }
    }

    fn rule_5_the_deadline_counts_the_wait(&self, unbounded: Unbounded) {
        let (decision, remembered) = match (unbounded, self.remaining()) {
            (Err(reason), _) => (Decision::GiveUp(reason), self.before),
            (Ok((wait, progress)), None) => (retry(wait), progress),
            (Ok(_), Some(0)) => (Decision::GiveUp(GiveUp::Deadline), self.before),
            (Ok((wait, progress)), Some(remaining)) if wait <= remaining => (retry(wait), progress),
            (Ok((_, progress)), Some(remaining)) if self.setting.clamps_to_remaining => {
                (retry(remaining), progress)
            }
            (Ok(_), Some(_)) => (Decision::GiveUp(GiveUp::Deadline), self.before),
        };
        assert_eq!((self.decision, self.after), (decision, remembered));
    }

    fn rule_5_what_remains_limits_the_next_attempt(&self) {
        let call = self.policy.resume(self.after);
        let (elapsed, remaining) = (self.operation.elapsed, self.remaining());
        let duration = |nanos: u64| exact::duration(nanos.into());
        assert_eq!(call.remaining(elapsed), remaining.map(duration));
        let limit = match remaining {
            Some(0) if self.setting.clamps_to_remaining => None, // the last attempt starts at the deadline
            remaining => remaining,
        };
        let timeout = self
            .setting
            .attempt_timeout
            .map(exact::nanos)
            .filter(|t| *t != u64::MAX);
        let least = limit.into_iter().chain(timeout).min();
        assert_eq!(call.attempt_timeout(elapsed), least.map(duration));
    }

    fn rule_13_a_resumed_call_decides_alike(&self) {
        let saved = Progress::from_bytes(&self.before.to_bytes()).expect("saved before");
        let mut resumed = RetryState::resume(*self.policy, saved); // which owns its policy
        assert_eq!(self.operation.decide(&mut resumed), self.decision);
        assert_eq!(resumed.progress(), self.after);
        resumed.reset();
        assert_eq!(resumed.progress(), Progress::START);
    }

    fn window(&self, retry: u32) -> u64 {
        let throttled = self.operation.failure.kind() == FailureKind::Throttled;
        let slower = self
            .setting
            .throttled_schedule
            .as_ref()
            .filter(|_| throttled);
        let plan = slower.unwrap_or(&self.setting.schedule);
        plan.nanos(retry.try_into().expect("at least 1"))
    }

    fn hint(&self) -> u64 {
        self.operation
            .failure
            .retry_after()
            .map_or(0, exact::returned)
    }

    fn max_hint(&self) -> u64 {
        exact::nanos(self.setting.max_hint.unwrap_or(Duration::from_secs(120)))
    }

    /// How much of the hint is obeyed, unless the policy gives up because of it.
    fn obeyed_hint(&self) -> u64 {
        match self.setting.hint_rule {
            _ if self.hint() <= self.max_hint() => self.hint(),
            HintRule::Clamp => self.max_hint(),
            _ => 0,
        }
    }

    /// Until the deadline; an endless one is none.
    fn remaining(&self) -> Option<u64> {
        let deadline = exact::nanos(self.setting.deadline?);
        let remaining = deadline.saturating_sub(exact::nanos(self.operation.elapsed));
        (deadline != u64::MAX).then_some(remaining)
    }
}

fn retry(nanos: u64) -> Decision {
    Decision::Retry {
        after: exact::duration(nanos.into()),
    }
}
