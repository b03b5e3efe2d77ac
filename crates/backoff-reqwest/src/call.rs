//! The loop around one request.

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use backoff_http::{
    ATTEMPT_HEADER, AttemptText, Classification, ErrorChain, Evidence, Fault, HttpDate,
    RequestInfo, RetryMark, Rules,
};
use backoff_tokio::{Budget, Schedule, outcomes};
use reqwest::header::HeaderValue;
use reqwest::{Request, Response};

use crate::hops::{self, Hops};
use crate::report::Report;
use crate::request::Scope;
use crate::response;
use crate::retries::Retries;

/// What sends one attempt: reqwest's client, or the rest of a chain of middleware.
pub(crate) trait Transport: Send {
    /// Why there is no response.
    type Error: Send;

    /// Sends one attempt.
    fn send(
        &mut self,
        request: Request,
    ) -> impl Future<Output = Result<Response, Self::Error>> + Send;

    /// The error of a body that broke off.
    fn broken(error: reqwest::Error) -> Self::Error;

    /// What an error is to be judged by.
    fn cause(error: &Self::Error) -> &(dyn Error + 'static);
}

/// Sends a request until an outcome is final.
pub(crate) async fn run<T: Transport, S: Schedule, B: Budget + Clone>(
    retries: &Retries<S, B>,
    mut transport: T,
    mut request: Request,
    scope: Scope,
) -> (Result<Response, T::Error>, Report) {
    let call = scope.of(retries.prepare(&mut request));
    let asked = request.timeout().copied();
    let own = asked.map_or(retries.attempt_timeout, |asked| {
        asked.min(retries.attempt_timeout)
    });
    let mut attempts = backoff_tokio::attempts(retries.policy)
        .with_budget(retries.budget.clone())
        .when(outcomes(itself));
    let mut kept: Option<Last<T>> = None;
    loop {
        let limit = Limit::new(own, attempts.attempt_timeout(), attempts.remaining());
        if let Some(kept) = kept.take_if(|_| limit.is_over()) {
            attempts.interrupt(&kept.classification);
            return kept.report(attempts.report());
        }
        let spare = request.try_clone();
        *request.timeout_mut() = Some(limit.after);
        if retries.numbers {
            number(&mut request, attempts.attempt());
        }
        let (outcome, hops) = hops::watch(attempt(&mut transport, request, scope)).await;
        let mut last = Last::<T>::judge(retries.rules, call, outcome, hops);
        if last.timed_out && limit.by_deadline && attempts.remaining() == Some(Duration::ZERO) {
            attempts.interrupt(&last.classification);
            return kept.unwrap_or(last).report(attempts.report());
        }
        if spare.is_none() {
            last.classification = last.classification.with_spent_body();
        }
        let (Some(pause), Some(next)) = (attempts.pause_after(&last.classification), spare) else {
            return last.report(attempts.report());
        };
        request = next;
        let last = last.wait(pause).await.or(kept.take());
        if !attempts.recheck(&last.classification) {
            return last.report(attempts.report());
        }
        kept = Some(last);
    }
}

/// The report on a request that could not be built.
pub(crate) fn not_built<S, B>(retries: &Retries<S, B>, error: &reqwest::Error) -> Report {
    let call = RequestInfo::new(backoff_http::Method::Get);
    let classification = retries.rules.classify_error(call, error);
    Report::new(backoff_tokio::Report::default(), classification, false)
}

/// How long an attempt may take.
struct Limit {
    after: Duration,
    /// The deadline of the call ends it, not the timeout of an attempt.
    by_deadline: bool,
}

impl Limit {
    /// The least of what an attempt of this client may take and what the policy says, given what is left until
    /// the deadline.
    fn new(own: Duration, policy: Option<Duration>, remaining: Option<Duration>) -> Self {
        let after = policy.map_or(own, |policy| own.min(policy));
        // The last attempt under `DeadlineRule::ClampToRemaining` starts at the deadline, and has time left.
        let by_deadline =
            remaining.is_some_and(|left| left <= after && (after.is_zero() || !left.is_zero()));
        Self { after, by_deadline }
    }

    const fn is_over(&self) -> bool {
        self.by_deadline && self.after.is_zero()
    }
}

/// Makes one attempt.
async fn attempt<T: Transport>(
    transport: &mut T,
    request: Request,
    scope: Scope,
) -> Result<Response, T::Error> {
    let response = transport.send(request).await?;
    if scope.whole {
        response::read(response).await.map_err(T::broken)
    } else {
        Ok(response)
    }
}

/// Says on a request which attempt it is.
fn number(request: &mut Request, attempt: u32) {
    // Digits are a legal value.
    if let Ok(value) = HeaderValue::from_str(AttemptText::new(attempt).as_str()) {
        request.headers_mut().insert(ATTEMPT_HEADER, value);
    }
}

/// What an attempt came to, and what that means.
struct Last<T: Transport> {
    outcome: Result<Response, T::Error>,
    classification: Classification,
    timed_out: bool,
    /// By itself it would be that of a request that was not processed.
    misleads: bool,
}

impl<T: Transport> Last<T> {
    fn judge(
        rules: &Rules<'_>,
        call: RequestInfo,
        outcome: Result<Response, T::Error>,
        hops: Hops,
    ) -> Self {
        let (mut classification, timed_out) = Self::find(rules, call, &outcome);
        let mut misleads = false;
        let is_response = match &outcome {
            Ok(_) => true,
            Err(error) => status_in(T::cause(error)).is_some(),
        };
        if hops.may_be_many(is_response) {
            let alone = classification.is_retryable();
            classification = Self::find(rules, call.as_redirected(), &outcome).0;
            misleads = alone && !classification.is_retryable();
        }
        Self {
            outcome,
            classification,
            timed_out,
            misleads,
        }
    }

    /// What an outcome means, and whether it is a timeout.
    fn find(
        rules: &Rules<'_>,
        call: RequestInfo,
        outcome: &Result<Response, T::Error>,
    ) -> (Classification, bool) {
        match outcome {
            Ok(response) => {
                let mark: Option<&RetryMark> = response.extensions().get();
                let (status, headers) = (response.status().as_u16(), response.headers());
                let judge = || rules.classify_response(call, status, headers, HttpDate::now());
                (mark.map_or_else(judge, |mark| (*mark).into()), false)
            }
            Err(error) => {
                let cause = T::cause(error);
                let evidence = Evidence::of_error(cause);
                let judge = || match status_in(cause) {
                    Some(status) => rules.classify_response(call, status, &(), None),
                    None => rules.classify_error(call, evidence),
                };
                let mark = RetryMark::find(cause);
                let timed_out = evidence.fault() == Fault::Timeout;
                (mark.map_or_else(judge, Classification::from), timed_out)
            }
        }
    }

    /// Waits, and keeps what the call ends with if its deadline passes during the next attempt.
    async fn wait(mut self, pause: impl Future<Output = ()>) -> Self {
        self.outcome = match self.outcome {
            Ok(response) => Ok(response::keep(response, pause).await),
            Err(error) => {
                pause.await;
                Err(error)
            }
        };
        self
    }

    /// The better of two to end a call with: a response says more than that the next attempt took too long.
    fn or(self, earlier: Option<Self>) -> Self {
        match earlier {
            Some(earlier) if self.timed_out => earlier,
            _ => self,
        }
    }

    fn report(self, history: backoff_tokio::Report) -> (Result<Response, T::Error>, Report) {
        (
            self.outcome,
            Report::new(history, self.classification, self.misleads),
        )
    }
}

/// Returns the status of a response that an inner layer turned into an error, without its headers.
fn status_in(error: &(dyn Error + 'static)) -> Option<u16> {
    ErrorChain::of(error).find_map(|error| {
        let error: &reqwest::Error = error.downcast_ref()?;
        error.status().map(|status| status.as_u16())
    })
}

const fn itself(classification: &Classification) -> Classification {
    *classification
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_the_least_and_knows_whether_it_is_the_deadline() {
        let seconds = |seconds: Option<u64>| seconds.map(Duration::from_secs);
        // The client's own limit, the policy's, what is left; the limit, by the deadline, over.
        let cases = [
            (30, None, None, (30, false, false)),
            (30, Some(10), None, (10, false, false)),
            (30, Some(10), Some(60), (10, false, false)),
            (30, Some(5), Some(5), (5, true, false)),
            (3, Some(5), Some(5), (3, false, false)),
            (30, Some(0), Some(0), (0, true, true)),
            // The last attempt at the deadline, without and with a timeout in the policy.
            (30, None, Some(0), (30, false, false)),
            (30, Some(10), Some(0), (10, false, false)),
        ];
        for (own, policy, left, expected) in cases {
            let limit = Limit::new(Duration::from_secs(own), seconds(policy), seconds(left));
            let found = (limit.after.as_secs(), limit.by_deadline, limit.is_over());
            assert_eq!(found, expected, "{own} {policy:?} {left:?}");
        }
    }
}
