//! The loop around one request.

use std::pin::pin;
use std::time::Duration;

use backoff_http::{Classified, RetryMark};
use backoff_tokio::{Attempts, Budget, Handler, NoObserver, Policy, Schedule, Tokio};
use reqwest::{Request, Response};

use crate::hops;
use crate::outcome::Outcome;
use crate::report::Report;
use crate::response;
use crate::scope::Scope;
use crate::settings::Settings;
use crate::transport::Transport;

/// One call: the loop around one request.
pub(crate) struct Call<'s, S, B: Budget> {
    settings: &'s Settings<S, B>,
    attempts: Attempts<&'s Policy<S>, Tokio, CallHandler<'s, B>>,
}

type CallHandler<'s, B> = Handler<Classified, NoObserver, backoff_tokio::Report, &'s B>;

impl<'s, S: Schedule, B: Budget> Call<'s, S, B> {
    /// Begins a call: the deadline counts from here.
    pub(crate) fn new(settings: &'s Settings<S, B>) -> Self {
        let attempts = backoff_tokio::attempts(&settings.policy)
            .with_budget(&settings.budget)
            .when(Classified);
        Self { settings, attempts }
    }

    /// Sends a request until an outcome is final.
    pub(crate) async fn run<T: Transport>(
        &mut self,
        mut transport: T,
        mut request: Request,
        scope: Scope,
    ) -> Outcome<T> {
        let info = scope.describe(self.settings.prepare(&mut request));
        let own_timeout = request.timeout().copied().unwrap_or(Duration::MAX);
        let mut last: Option<Outcome<T>> = None;
        loop {
            let spare = request.try_clone();
            // It is the limit of the body of the response too, which is read after the call.
            *request.timeout_mut() = Some(self.limit().min(own_timeout));
            let attempt = self.attempts.attempt();
            self.settings.rules.number(request.headers_mut(), attempt);

            let sending = pin!(send(&mut transport, request, scope));
            let (result, hops) = hops::watch(sending).await;
            let mut outcome = Outcome::<T>::new(&self.settings.rules, info, result, hops);
            if outcome.timed_out() && self.attempts.remaining() == Some(Duration::ZERO) {
                let outcome = last.unwrap_or(outcome);
                self.attempts.interrupt(&outcome.classification);
                return outcome;
            }
            if spare.is_none() {
                outcome.classification = outcome.classification.with_spent_body();
            }
            let pause = self.attempts.pause_after(&outcome.classification);
            let (Some(pause), Some(next)) = (pause, spare) else {
                return outcome;
            };
            request = next;
            // Boxed, because the wait would double the size of a call, and most calls never wait.
            let outcome = Box::pin(outcome.wait(pause)).await.or(last.take());
            if !self.attempts.recheck(&outcome.classification) {
                return outcome;
            }
            last = Some(outcome);
        }
    }

    /// How long the attempt that starts now may take by the policy.
    fn limit(&self) -> Duration {
        let limit = match self.attempts.attempt() {
            1 => {
                let state = self.settings.policy.start();
                state.attempt_timeout(Duration::ZERO) // without a look at the clock
            }
            _ => self.attempts.attempt_timeout(),
        };
        limit.unwrap_or(Duration::MAX)
    }

    /// What happened in a call that ended with this outcome.
    pub(crate) fn report<T: Transport>(&self, outcome: &Outcome<T>) -> Report {
        Report::new(self.attempts.report(), outcome.classification)
    }

    /// The mark for outer layers on the outcome of a call, if they must not retry it again.
    pub(crate) fn mark<T: Transport>(&self, outcome: &Outcome<T>) -> Option<RetryMark> {
        outcome.classification.failure()?; // without a look at the clock
        let report = self.attempts.report();
        let is_marked = outcome.misleads || report.is_exhausted();
        is_marked.then(|| RetryMark::after(report.attempts()))
    }
}

async fn send<T: Transport>(
    transport: &mut T,
    request: Request,
    scope: Scope,
) -> Result<Response, T::Error> {
    let response = transport.send(request).await?;
    if scope.whole {
        Ok(response::read(response).await?)
    } else {
        Ok(response)
    }
}
