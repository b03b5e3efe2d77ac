//! The loop around one request.

use std::time::Duration;

use backoff_http::{Classified, Exchange, RetryMark, Target};
use backoff_std::{
    Attempts, BlockingSleeper, Budget, Handler, NoObserver, Observe, Policy, Schedule, Thread,
};
use ureq::Agent;

use crate::attempt;
use crate::outcome::Outcome;
use crate::payload::Payload;
use crate::redirect::Head;
use crate::report::Report;
use crate::scope::Scope;
use crate::settings::Settings;

/// One call: the loop around one request.
pub(crate) struct Call<'s, S, B: Budget, O> {
    settings: &'s Settings<S, B, O>,
    attempts: Attempts<&'s Policy<S>, Thread, CallHandler<'s, B, O>>,
    scope: Scope,
}

type CallHandler<'s, B, O> = Handler<Classified, (NoObserver, O), backoff_std::Report, &'s B>;

/// A timer of the operating system may be early by the part of a tick that it cannot express.
const TICK: Duration = Duration::from_millis(1);

impl<'s, S, B, O> Call<'s, S, B, O>
where
    S: Schedule,
    B: Budget,
    O: for<'e> Observe<Exchange<'e>> + Clone,
{
    /// Begins a call: the deadline counts from here.
    pub(crate) fn new(settings: &'s Settings<S, B, O>, scope: Scope) -> Self {
        let attempts = backoff_std::attempts(&settings.policy)
            .with_budget(&settings.budget)
            .when(Classified)
            .with_observer(settings.observer.clone());
        Self {
            settings,
            attempts,
            scope,
        }
    }

    /// Sends a request until an outcome is final.
    pub(crate) fn run(&mut self, agent: &Agent, mut head: Head, mut payload: Payload) -> Outcome {
        let rules = &self.settings.rules;
        let info = self.scope.describe(self.settings.prepare(&mut head));
        let mut last: Option<Outcome> = None;
        self.attempts.block_first_pause();
        loop {
            rules.number(&mut head.headers, self.attempts.attempt());
            let attempt = attempt::send(agent, &head, &mut payload, self.limit(), self.scope);
            let mut outcome = Outcome::new(rules, info, attempt, self.scope.reading);
            if outcome.timed_out() && self.is_over() {
                let outcome = last.unwrap_or(outcome);
                self.attempts.interrupt(&outcome.exchange(target(&head)));
                return outcome;
            }
            if !payload.can_repeat() {
                outcome.classification = outcome.classification.with_spent_body();
            }
            let Some(delay) = self.attempts.delay_after(&outcome.exchange(target(&head))) else {
                return outcome;
            };
            let outcome = self.wait(outcome, delay).or(last.take());
            if !self.attempts.recheck(&outcome.exchange(target(&head))) {
                return outcome;
            }
            last = Some(outcome);
        }
    }

    /// Waits for `delay`, which the reading of a failed body is a part of.
    fn wait(&self, outcome: Outcome, delay: Duration) -> Outcome {
        let decided = self.attempts.elapsed();
        let outcome = outcome.release();
        let read = self.attempts.elapsed().saturating_sub(decided);
        Thread.block(delay.saturating_sub(read));
        outcome
    }

    /// How long the attempt that starts now may take.
    fn limit(&self) -> Duration {
        let by_policy = self.attempts.attempt_timeout();
        let remaining = self.attempts.remaining().filter(|left| !left.is_zero());
        match self.scope.timeout {
            // The last attempt of a clamped call begins at the deadline, and has its own time.
            Some(own) => own.min(remaining.unwrap_or(own)),
            None => by_policy.unwrap_or(Duration::MAX),
        }
    }

    /// Whether the deadline has passed.
    fn is_over(&self) -> bool {
        self.attempts.remaining().is_some_and(|left| left < TICK)
    }

    /// What happened in a call that ended with this outcome.
    pub(crate) fn report(&self, outcome: &Outcome) -> Report {
        Report::new(self.attempts.report(), outcome.classification)
    }

    /// The mark for outer layers on the outcome of a call, if they must not retry it again.
    pub(crate) fn mark(&self, outcome: &Outcome) -> Option<RetryMark> {
        outcome.classification.failure()?; // without a look at the clock
        let report = self.attempts.report();
        let is_marked = outcome.misleads || report.is_exhausted();
        is_marked.then(|| RetryMark::after(report.attempts()))
    }
}

fn target(head: &Head) -> Target<'_> {
    Target::of(&head.method, &head.uri)
}
