//! The loop around one request.

use std::pin::pin;
use std::time::Duration;

use backoff_http::{Classified, Exchange, RequestInfo, RetryMark};
use backoff_tokio::{
    Attempts, Budget, Handler, NoObserver, Observe, Policy, Progress, Schedule, Tokio,
};
use reqwest::{Request, Url};
use tokio::time;

use crate::attempt::{self, Plan};
use crate::body;
use crate::host::{self, Hold};
use crate::observers::RequestLine;
use crate::outcome::Outcome;
use crate::report::Report;
use crate::scope::Scope;
use crate::settings::Settings;
use crate::transport::Transport;

/// One call: the loop around one request.
pub(crate) struct Call<'s, S, B: Budget, O, T> {
    settings: &'s Settings<S>,
    policy: &'s Policy<S>,
    attempts: Attempts<&'s Policy<S>, Tokio, CallHandler<O, B>>,
    transport: T,
    scope: Scope,
    line: RequestLine,
    /// An attempt that failed may have been processed.
    may_be_processed: bool,
}

type CallHandler<O, B> = Handler<Classified, (NoObserver, O), backoff_tokio::Report, B>;

/// How a call ended.
pub(crate) struct Finished<T: Transport> {
    pub(crate) result: Result<reqwest::Response, T::Error>,
    /// The mark for outer layers, if they must not retry the outcome again.
    pub(crate) mark: Option<RetryMark>,
    /// Its times and numbers are zero unless the caller wants a report or the call failed.
    pub(crate) report: Report,
}

/// Sends a request until an outcome is final. The deadline counts from here.
///
/// A future holds what is moved into it twice, so that the request, which is large, is lent.
pub(crate) async fn run<S, B, O, T>(
    settings: &Settings<S>,
    budget: B,
    observer: O,
    transport: T,
    request: &mut Request,
    scope: Scope,
) -> Finished<T>
where
    S: Schedule + Clone,
    B: Budget,
    O: for<'e> Observe<Exchange<'e>>,
    T: Transport,
{
    let common = settings.policy_for(request.url());
    // What the request changes of its policy.
    let own = match (request.timeout(), scope.deadline, scope.download) {
        (None, None, None) => None,
        (timeout, ..) => Some(Box::new(changed(common, timeout.copied(), scope))),
    };
    let policy = own.as_deref().unwrap_or(common);
    let attempts = backoff_tokio::attempts(policy)
        .with_budget(budget)
        .when(Classified)
        .with_observer(observer);
    let mut call = Call {
        settings,
        policy,
        attempts,
        transport,
        scope,
        line: RequestLine::of(request, <O as Observe<Exchange<'static>>>::LISTENS),
        may_be_processed: false,
    };
    if !policy.first_delay().is_zero() {
        Box::pin(call.attempts.first_pause()).await;
    }
    let held = match &settings.hints {
        Some(_) => Box::pin(call.hold_back(request.url())).await,
        None => Held::Free,
    };
    let outcome = match held {
        Held::Free => call.run(request).await,
        Held::Refused(refused) => call.refused(refused),
        Held::Waited => {
            call = call.begun_late();
            call.run(request).await
        }
    };
    call.finish(*outcome)
}

/// A policy with the limits of one request.
fn changed<S: Clone>(policy: &Policy<S>, timeout: Option<Duration>, scope: Scope) -> Policy<S> {
    let mut policy = policy.clone();
    if let Some(timeout) = timeout {
        policy = policy.with_attempt_timeout(timeout);
    }
    let deadline = scope.deadline.or(policy.deadline());
    match [deadline, scope.download].into_iter().flatten().min() {
        Some(deadline) => policy.with_deadline(deadline),
        None => policy,
    }
}

impl<S, B, O, T> Call<'_, S, B, O, T>
where
    S: Schedule + Clone,
    B: Budget,
    O: for<'e> Observe<Exchange<'e>>,
    T: Transport,
{
    async fn run(&mut self, request: &mut Request) -> Box<Outcome<T>> {
        body::keep_form(request);
        let info = self.scope.describe(self.settings.prepare(request));
        if request.timeout().is_some() {
            *request.timeout_mut() = None; // the policy has it
        }
        let mut last: Option<Box<Outcome<T>>> = None;
        loop {
            let outcome = self.attempt(request, info).await;
            if outcome.is_at_deadline {
                return self.interrupted(last, outcome);
            }
            let pause = self
                .attempts
                .pause_after(&outcome.exchange(self.line.target()));
            let Some(pause) = pause else {
                return outcome;
            };
            self.may_be_processed |= outcome.may_be_processed();
            // Boxed, because the wait would double the size of a call, and most calls never wait.
            let outcome = Box::pin(outcome.wait(pause)).await;
            let outcome = outcome.or(last.take());
            if !self.attempts.recheck(&outcome.exchange(self.line.target())) {
                return outcome;
            }
            if self.settings.hints.is_some() {
                let held = Box::pin(self.hold_back(request.url())).await;
                if matches!(held, Held::Refused(_)) {
                    return self.interrupted(None, outcome);
                }
            }
            last = Some(outcome);
        }
    }

    /// Notes that the first attempt begins now, and not when the call did.
    fn begun_late(self) -> Self {
        let attempts = self.attempts.resume(Progress::START, Duration::ZERO);
        Self { attempts, ..self }
    }

    /// Sends one attempt within its limits. The request of the next one is in its place then.
    async fn attempt(&mut self, request: &mut Request, info: RequestInfo) -> Box<Outcome<T>> {
        let rules = &self.settings.rules;
        let is_repeatable = body::is_repeatable(request);
        let download = self.scope.download;
        let plan = Plan {
            attempt: self.attempts.attempt(),
            left: download.map(|download| download.saturating_sub(self.attempts.elapsed())),
            rules,
            info,
            hooks: &self.settings.hooks,
            guards: self.settings.numbers || info.has_idempotency_key(),
            whole: self.scope.whole,
        };
        let mut failed = None;
        let sending = attempt::send(&mut self.transport, request, &plan, &mut failed);
        // Pinned here, because it would be moved twice otherwise, and it is large.
        let ended = self.attempts.timeout(pin!(sending)).await;
        let mut outcome = match (ended, failed) {
            (Ok(sent), _) => Outcome::new(rules, info, sent),
            // The body of a failure stalled. What the failure says stands.
            (Err(_), Some(failed)) => {
                let (head, classification) = *failed;
                Outcome::classified(Ok(head.with(body::spent())), classification)
            }
            (Err(cut), None) => {
                let url = request.url().clone();
                let late = Box::pin(self.transport.late(url, cut)).await;
                let is_over = self.attempts.remaining() == Some(Duration::ZERO);
                Outcome::interrupted(rules, info, late, cut.is_deadline() || is_over)
            }
        };
        self.share_hint(request.url(), &outcome);
        if !is_repeatable {
            outcome.classification = outcome.classification.with_spent_body();
        }
        // Boxed, because it is large and moved often.
        Box::new(outcome)
    }

    /// Lets other calls to the host that answered know what it asks for.
    fn share_hint(&self, url: &Url, outcome: &Outcome<T>) {
        if let Some(hints) = &self.settings.hints {
            let authority = host::authority(outcome.answered_by().unwrap_or(url));
            let now = backoff_tokio::Clock::now(&Tokio);
            hints.note(&authority, &outcome.classification, now);
        }
    }

    /// Waits as long as the host asked another call to, unless that is longer than the policy allows.
    async fn hold_back(&mut self, url: &Url) -> Held<T> {
        let Some(hints) = &self.settings.hints else {
            return Held::Free;
        };
        let authority = host::authority(url);
        let mut held = Held::Free;
        loop {
            let elapsed = self.attempts.elapsed();
            match host::hold(hints, &authority, self.policy, elapsed) {
                Hold::Free => return held,
                Hold::Refused(error, told) => {
                    let result = T::fail(error.into()).await;
                    return Held::Refused(Box::new(Outcome::classified(result, told)));
                }
                Hold::Wait(wait) => time::sleep(wait).await,
                Hold::WaitOnce(wait) => {
                    time::sleep(wait).await;
                    return Held::Waited;
                }
            }
            held = Held::Waited;
        }
    }

    /// Ends a call whose first attempt its host holds back for too long: as if it had been told itself.
    fn refused(&mut self, refused: Box<Outcome<T>>) -> Box<Outcome<T>> {
        let _ = self
            .attempts
            .delay_after(&refused.exchange(self.line.target()));
        self.interrupted(None, refused)
    }

    /// Ends a call whose next attempt the deadline interrupted, if it has not ended. An earlier outcome says more.
    fn interrupted(
        &mut self,
        last: Option<Box<Outcome<T>>>,
        outcome: Box<Outcome<T>>,
    ) -> Box<Outcome<T>> {
        let outcome = last.unwrap_or(outcome);
        let exchange = outcome.exchange(self.line.target());
        self.attempts.interrupt(&exchange);
        outcome
    }

    fn finish(self, outcome: Outcome<T>) -> Finished<T> {
        let has_failed = outcome.classification.failure().is_some();
        // Without them, a success needs no look at the clock.
        let history = (has_failed || self.scope.reported).then(|| self.attempts.report());
        let mark = history
            .filter(|history| has_failed && (outcome.misleads || history.is_exhausted()))
            .map(|history| RetryMark::after(history.attempts()));
        let report = Report::new(
            history.unwrap_or_default(),
            outcome.classification,
            self.may_be_processed,
        );
        Finished {
            result: outcome.result,
            mark,
            report,
        }
    }
}

/// What became of an attempt whose host asked other calls to wait.
enum Held<T: Transport> {
    Free,
    Refused(Box<Outcome<T>>),
    Waited,
}
