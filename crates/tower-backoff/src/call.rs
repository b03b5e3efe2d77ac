//! One call: the requests of its attempts, and what follows an attempt.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use backoff_core::{Budget, PolicyRef};
use backoff_driver::{
    AttemptTimer, Attempts, Handler, NoObserver, Observe, Report, Sleeper, TimedOut,
};
use backoff_http::{Classification, Classified, ClientRules, Fault, RequestInfo, RetryMark};
use http::{Request, Response};

use crate::box_error::BoxError;
use crate::failed_response::FailedResponse;
use crate::replay::Replay;
use crate::settings::Settings;

/// One call: the requests of its attempts, and what follows an attempt.
pub(crate) struct Call<Q, P, B: Budget, O, C, R> {
    attempts: Attempts<P, R, CallHandler<B, O>>,
    rules: ClientRules<'static>,
    info: RequestInfo,
    replay: C,
    /// The request of the next attempt, if its body can be sent again.
    spare: Option<Request<Q>>,
    last: Option<Failed>,
}

type CallHandler<B, O> = Handler<Classified, (NoObserver, O), Report, B>;

/// What follows an attempt, or a pause.
pub(crate) enum Next<Q, A, S> {
    /// Another attempt starts, with this request.
    Attempt(Request<Q>),
    /// The call ends.
    Final(Result<Response<A>, BoxError>),
    /// Another attempt follows after a pause.
    Pause(S),
}

/// How the last attempt failed. A response is dropped before the pause, because it holds a connection.
struct Failed {
    classification: Classification,
    error: Option<BoxError>,
}

impl<Q, P, B, O, C, R> Call<Q, P, B, O, C, R>
where
    P: PolicyRef,
    B: Budget,
    O: Observe<Classification>,
    C: Replay<Q>,
    R: Sleeper,
{
    pub(crate) fn new(settings: &Settings<P, B, O, C, R>, request: &Request<Q>) -> Self
    where
        Settings<P, B, O, C, R>: Clone,
    {
        let Settings {
            policy,
            rules,
            budget,
            observer,
            replay,
            runtime,
            ..
        } = settings.clone();
        Self {
            attempts: Attempts::new(policy, runtime)
                .with_budget(budget)
                .when(Classified)
                .with_observer(observer),
            rules,
            info: settings.request_info(request),
            replay,
            spare: None,
            last: None,
        }
    }

    /// Makes a request ready to be sent, and keeps a copy for the next attempt.
    pub(crate) fn prepare(&mut self, mut request: Request<Q>) -> Request<Q> {
        self.spare = copy(&request, &self.replay);
        let attempt = self.attempts.attempt();
        self.rules.number(request.headers_mut(), attempt);
        request
    }

    /// Polls an attempt within the limits of the policy.
    pub(crate) fn poll_attempt<F: Future>(
        &mut self,
        attempt: Pin<&mut F>,
        timer: Pin<&mut AttemptTimer<R::Sleep>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<F::Output, TimedOut>> {
        self.attempts.poll_timeout(attempt, timer, cx)
    }

    /// Decides what follows an attempt, which ended or ran out of time.
    pub(crate) fn settle<A, E: Into<BoxError>>(
        &mut self,
        ended: Result<Result<Response<A>, E>, TimedOut>,
    ) -> Next<Q, A, R::Sleep> {
        let outcome = match ended {
            Ok(outcome) => outcome.map_err(Into::into),
            Err(cut) => return self.settle_cut(cut),
        };
        let classification = match &outcome {
            Ok(response) => self.rules.classify_response(
                self.info,
                response.status(),
                response.headers(),
                response.extensions(),
            ),
            Err(error) => self.rules.classify_error(self.info, &**error),
        };
        let classification = self.repeatable(classification);
        let Some(pause) = self.attempts.pause_after(&classification) else {
            return self.end(outcome, classification);
        };
        let error = outcome.err();
        self.last = Some(Failed {
            classification,
            error,
        });
        Next::Pause(pause)
    }

    /// Decides what follows an attempt that ran out of time. The last outcome of the service says more than that.
    fn settle_cut<A>(&mut self, cut: TimedOut) -> Next<Q, A, R::Sleep> {
        let timeout = self.rules.rules().classify_error(self.info, Fault::Timeout);
        let classification = self.repeatable(timeout);
        if cut.is_deadline() {
            let last = self.last.take().unwrap_or(Failed {
                classification,
                error: Some(cut.into()),
            });
            self.attempts.interrupt(&last.classification);
            return self.end_with(last);
        }
        let Some(pause) = self.attempts.pause_after(&classification) else {
            return self.end(Err(cut.into()), classification);
        };
        self.last.get_or_insert_with(|| Failed {
            classification,
            error: Some(cut.into()),
        });
        Next::Pause(pause)
    }

    /// Decides after a pause whether another attempt may start. `None` without a pause before it.
    pub(crate) fn resume<A>(&mut self) -> Option<Next<Q, A, R::Sleep>> {
        let (last, request) = (self.last.take()?, self.spare.take()?);
        if !self.attempts.recheck(&last.classification) {
            return Some(self.end_with(last));
        }
        self.last = Some(last);
        Some(Next::Attempt(self.prepare(request)))
    }

    fn repeatable(&self, classification: Classification) -> Classification {
        match self.spare {
            Some(_) => classification,
            None => classification.with_spent_body(),
        }
    }

    fn end_with<A>(&self, last: Failed) -> Next<Q, A, R::Sleep> {
        let classification = last.classification;
        self.end(Err(last.into_error()), classification)
    }

    /// Ends the call, and marks an outcome that outer layers must not retry again.
    fn end<A>(
        &self,
        outcome: Result<Response<A>, BoxError>,
        classification: Classification,
    ) -> Next<Q, A, R::Sleep> {
        if classification.failure().is_none() {
            return Next::Final(outcome); // without a look at the clock
        }
        let report = self.attempts.report();
        if !report.is_exhausted() {
            return Next::Final(outcome);
        }
        let mark = RetryMark::after(report.attempts());
        Next::Final(match outcome {
            Ok(mut response) => {
                mark.insert_into(response.extensions_mut());
                Ok(response)
            }
            Err(error) => Err(mark.wrap(error)),
        })
    }
}

impl<Q, P, B: Budget, O, C, R> fmt::Debug for Call<Q, P, B, O, C, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("attempts", &self.attempts)
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}

impl Failed {
    fn into_error(self) -> BoxError {
        match self.error {
            Some(error) => error,
            None => FailedResponse::new(self.classification).into(),
        }
    }
}

/// A copy of a request, if its body can be copied.
fn copy<Q>(request: &Request<Q>, replay: &impl Replay<Q>) -> Option<Request<Q>> {
    let mut copy = Request::new(replay.replay(request.body())?);
    request.method().clone_into(copy.method_mut());
    request.uri().clone_into(copy.uri_mut());
    *copy.version_mut() = request.version();
    request.headers().clone_into(copy.headers_mut());
    request.extensions().clone_into(copy.extensions_mut());
    Some(copy)
}
