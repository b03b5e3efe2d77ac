//! Where a call is made: a clock whose waits are sometimes late, an operation by a script, and what happens.

use core::cell::RefCell;
use core::time::Duration;

use backoff_core::{Failure, GiveUp, Policy, Progress, TokenBudget};
use backoff_driver::test_util::{VirtualClock, VirtualSleep};
use backoff_driver::{
    Attempts, BlockingSleeper, Clock, Event, Handler, Limited, NoObserver, OnTimeout, Report,
    Runtime, Sleeper, Stable, TimedOut, Uninterrupted, retry,
};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::Case;
use super::form::Form;
use crate::exact;
use crate::input::Plan;

/// A failure, unless the attempt succeeded, and whether it is one of the script.
pub(super) type Outcome = Result<(), (Failure, bool)>;

/// What is made of an interrupted attempt.
pub(super) const INTERRUPTED: Outcome = Err((Failure::transient(), false));

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trace {
    events: Vec<Line>,
    /// When attempts were started.
    pub(super) starts: Vec<Duration>,
    pub(super) outcome: Outcome,
    pub(super) report: Report,
    pub(super) ended: Duration,
}

/// An event: what, the attempt, its time, and the delay or the reason.
type Line = (
    &'static str,
    u32,
    Duration,
    Option<Duration>,
    Option<GiveUp>,
);

fn line(event: &Event<'_, Outcome>) -> Line {
    let (what, delay, reason) = match event {
        Event::GaveUp { reason, .. } => ("gave up", None, Some(*reason)),
        Event::Interrupted { .. } => ("interrupted", None, None),
        Event::Renewed { .. } => ("renewed", None, None),
        Event::Retrying { delay, .. } => ("retrying", Some(*delay), None),
        Event::Succeeded { .. } => ("succeeded", None, None),
        other => panic!("an event without a line: {other:?}"),
    };
    (what, event.attempt(), event.elapsed(), delay, reason)
}

pub(super) struct World<'c> {
    case: &'c Case,
    policy: &'c Policy<&'c Plan>,
    pub(super) clock: VirtualClock,
    budget: TokenBudget,
    events: RefCell<Vec<Line>>,
    starts: RefCell<Vec<Duration>>,
}

impl<'c> World<'c> {
    pub(super) fn new(case: &'c Case, policy: &'c Policy<&'c Plan>) -> Self {
        Self {
            case,
            policy,
            clock: VirtualClock::new(),
            budget: TokenBudget::new(case.tokens.into(), 1),
            events: RefCell::default(),
            starts: RefCell::default(),
        }
    }

    /// The call as a closure whose attempts are interrupted.
    pub(super) fn limited_closure(&self) -> Trace {
        let call = retry(self.policy, self.runtime(), || self.attempt())
            .when(failure)
            .stable_after(self.stable_after())
            .with_budget(&self.budget)
            .on_event(|event| self.note(event))
            .on_timeout(|_| INTERRUPTED)
            .reported();
        let (outcome, report) = match self.resumed() {
            Some((progress, elapsed)) => self.clock.block_on(call.resume(progress, elapsed)),
            None => self.clock.block_on(call),
        };
        self.trace(outcome, report)
    }

    /// The call as a closure whose attempts take their time.
    pub(super) fn uninterrupted_closure(&self) -> Trace {
        let call = retry(self.policy, self.runtime(), || self.attempt())
            .when(failure)
            .stable_after(self.stable_after())
            .with_budget(&self.budget)
            .on_event(|event| self.note(event))
            .uninterrupted()
            .reported();
        let (outcome, report) = match self.resumed() {
            Some((progress, elapsed)) => self.clock.block_on(call.resume(progress, elapsed)),
            None => self.clock.block_on(call),
        };
        self.trace(outcome, report)
    }

    /// The call, whose attempts are interrupted.
    pub(super) fn limited(&self) -> Form<'_, 'c, OnTimeout<MakeUp>> {
        let attempts = self.attempts().on_timeout((|_| INTERRUPTED) as _);
        Form::new(self, attempts)
    }

    /// The call, whose attempts take their time.
    pub(super) fn uninterrupted(&self) -> Form<'_, 'c, Uninterrupted> {
        Form::new(self, self.attempts().uninterrupted())
    }

    fn attempts(&self) -> Call<'_, 'c, Limited> {
        let observer: Observer<'_> = Box::new(|event| self.note(event));
        let attempts = Attempts::new(self.policy, self.runtime())
            .when(failure as fn(&(Failure, bool)) -> Failure)
            .stable_after(self.stable_after())
            .with_budget(&self.budget)
            .with_observer(observer);
        match self.resumed() {
            Some((progress, elapsed)) => attempts.resume(progress, elapsed),
            None => attempts,
        }
    }

    fn stable_after(&self) -> Duration {
        let after = self.case.stable_after;
        after.map_or(Duration::MAX, |after| self.case.time(after))
    }

    fn resumed(&self) -> Option<(Progress, Duration)> {
        let resumed = self.case.resumed;
        resumed.map(|(progress, elapsed)| (progress, self.case.time(elapsed)))
    }

    fn runtime(&self) -> Late {
        Late {
            clock: self.clock.clone(),
            random: Xoshiro128PlusPlus::seed_from_u64(self.case.seed),
            by: self.case.time(self.case.late),
        }
    }

    /// An attempt that takes its time on a task. One that takes none is ready at once, and never interrupted.
    pub(super) async fn attempt(&self) -> Outcome {
        let (takes, outcome) = self.start();
        if !takes.is_zero() {
            self.clock.sleep(takes).await;
        }
        outcome
    }

    /// Starts an attempt: how long it takes, and what it comes to.
    pub(super) fn start(&self) -> (Duration, Outcome) {
        let mut starts = self.starts.borrow_mut();
        let next = self.case.script.get(starts.len());
        starts.push(self.clock.now());
        match next {
            Some(next) => (self.case.time(next.takes), Err((next.failure, true))),
            None => (Duration::ZERO, Ok(())),
        }
    }

    fn note(&self, event: &Event<'_, Outcome>) {
        self.events.borrow_mut().push(line(event));
    }

    pub(super) fn trace(&self, outcome: Outcome, report: Report) -> Trace {
        Trace {
            events: self.events.take(),
            starts: self.starts.take(),
            outcome,
            report,
            ended: self.clock.now(),
        }
    }
}

/// A failure speaks for itself.
fn failure(error: &(Failure, bool)) -> Failure {
    error.0
}

/// A call in this world.
pub(super) type Call<'w, 'c, T> = Attempts<&'c Policy<&'c Plan>, Late, Handling<'w, T>>;

type Handling<'w, T> = Handler<
    fn(&(Failure, bool)) -> Failure,
    (NoObserver, Observer<'w>),
    Stable<Report>,
    &'w TokenBudget,
    T,
>;

type MakeUp = fn(TimedOut) -> Outcome;

type Observer<'w> = Box<dyn FnMut(&Event<'_, Outcome>) + 'w>;

/// A clock every fourth wait of which ends late. Which ones depends on the time alone, and so is the same in every form.
pub(super) struct Late {
    clock: VirtualClock,
    random: Xoshiro128PlusPlus,
    by: Duration,
}

impl Late {
    fn lasts(&self, wait: Duration) -> Duration {
        let mut random = Xoshiro128PlusPlus::seed_from_u64(exact::nanos(self.clock.now()));
        let is_late = !wait.is_zero() && random.next_u32().is_multiple_of(4);
        wait.saturating_add(if is_late { self.by } else { Duration::ZERO })
    }
}

impl Clock for Late {
    fn now(&self) -> Duration {
        self.clock.now()
    }
}

impl Runtime for Late {
    fn random(&mut self) -> u32 {
        self.random.next_u32()
    }
}

impl Sleeper for Late {
    type Sleep = VirtualSleep;

    fn sleep(&self, wait: Duration) -> VirtualSleep {
        self.clock.sleep(self.lasts(wait))
    }
}

impl BlockingSleeper for Late {
    fn block(&self, wait: Duration) {
        self.clock.block(self.lasts(wait));
    }
}
