//! A call that is retried.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use backoff_core::{Budget, Classify, Failure, Schedule};
use backoff_driver::{Attempts, Observe, Report, Sleeper, ThreadRandom, TimedOut, Timeout};
use backoff_http::{
    ATTEMPT_HEADER, AttemptText, Classification, Evidence, Fault, HttpDate, RequestInfo,
    RetriesExhausted, RetryMark, Rules,
};
use http::{HeaderValue, Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::BoxError;
use crate::attempt::Attempt;
use crate::layer::RetryLayer;
use crate::replay::Replay;

pin_project! {
    /// A call that is retried. Made by [`Retry`](crate::Retry).
    ///
    /// Dropping it cancels the call.
    pub struct ResponseFuture<V, Q, S: 'static, B: Budget, L, C, Z>
    where
        V: Service<Request<Q>>,
        Z: Sleeper,
    {
        #[pin]
        state: State<Timeout<Attempt<V, Q>, Z::Sleep>, Z::Sleep>,
        attempts: Attempts<'static, S, Z, ThreadRandom, Itself, L, Report, B>,
        judge: Judge,
        replay: C,
        numbers: bool,
        service: V,
        // The request of the next attempt, where there can be one.
        spare: Option<Request<Q>>,
        // The error of an earlier attempt, for a call that the deadline ends.
        kept: Option<BoxError>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<A, P> {
        Attempting { #[pin] attempt: A },
        Pausing { #[pin] pause: P },
        Ended,
    }
}

impl<V, Q, S, B, L, C, Z> ResponseFuture<V, Q, S, B, L, C, Z>
where
    V: Service<Request<Q>>,
    S: Schedule,
    B: Budget,
    C: Replay<Q> + Clone,
    Z: Sleeper,
{
    pub(crate) fn start<D, M, Y>(
        layer: &RetryLayer<S, D, M, C, Y>,
        attempts: Attempts<'static, S, Z, ThreadRandom, Itself, L, Report, B>,
        call: RequestInfo,
        mut request: Request<Q>,
        service: V,
        begin: impl FnOnce(Request<Q>) -> Attempt<V, Q>,
    ) -> Self {
        let spare = copy(&request, &layer.replay);
        if layer.numbers {
            number(&mut request, attempts.attempt());
        }
        let attempt = attempts.timeout(begin(request));
        Self {
            state: State::Attempting { attempt },
            attempts,
            judge: Judge {
                rules: layer.rules,
                evidence: layer.evidence,
                call,
            },
            replay: layer.replay.clone(),
            numbers: layer.numbers,
            service,
            spare,
            kept: None,
        }
    }
}

impl<V, Q, S, B, L, C, Z, A> Future for ResponseFuture<V, Q, S, B, L, C, Z>
where
    V: Service<Request<Q>, Response = Response<A>> + Clone,
    V::Error: Into<BoxError>,
    S: Schedule,
    B: Budget,
    L: Observe<Classification>,
    C: Replay<Q>,
    Z: Sleeper,
{
    type Output = Result<Response<A>, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let next = match this.state.as_mut().project() {
                StateProjection::Attempting { attempt } => {
                    let output = ready!(attempt.poll(cx));
                    let settled = settle(output, this.attempts, this.judge, this.spare.is_some());
                    match settled {
                        Settled::Failed(outcome, pause) => {
                            *this.kept = outcome.err().or(this.kept.take());
                            State::Pausing { pause }
                        }
                        Settled::Final(outcome, is_cut) => {
                            this.state.set(State::Ended);
                            let kept = this.kept.take().filter(|_| is_cut);
                            let outcome = kept.map_or(outcome, Err);
                            return Poll::Ready(marked(outcome, &this.attempts.report()));
                        }
                    }
                }
                StateProjection::Pausing { pause } => {
                    ready!(pause.poll(cx));
                    let Some(mut request) = this.spare.take() else {
                        return Poll::Pending; // a pause has a request to follow
                    };
                    *this.spare = copy(&request, this.replay);
                    if *this.numbers {
                        number(&mut request, this.attempts.attempt());
                    }
                    let attempt = Attempt::new(this.service.clone(), request);
                    State::Attempting {
                        attempt: this.attempts.timeout(attempt),
                    }
                }
                StateProjection::Ended => return Poll::Pending,
            };
            this.state.set(next);
        }
    }
}

/// What an attempt came to.
enum Settled<A, P> {
    /// It failed, and another follows after the pause.
    Failed(Result<Response<A>, BoxError>, P),
    /// It ends the call; where the deadline cut it off, an earlier outcome is better.
    Final(Result<Response<A>, BoxError>, bool),
}

fn settle<S, B, L, Z, A, E: Into<BoxError>>(
    output: Result<Result<Response<A>, E>, TimedOut>,
    attempts: &mut Attempts<'static, S, Z, ThreadRandom, Itself, L, Report, B>,
    judge: &Judge,
    can_replay: bool,
) -> Settled<A, Z::Sleep>
where
    S: Schedule,
    B: Budget,
    L: Observe<Classification>,
    Z: Sleeper,
{
    let (outcome, mut classification) = match output {
        Ok(Ok(response)) => {
            let classification = judge.response(&response);
            (Ok(response), classification)
        }
        Ok(Err(error)) => {
            let error = error.into();
            let classification = judge.error(&*error);
            (Err(error), classification)
        }
        Err(cut) => {
            let classification = judge.rules.classify_error(judge.call, Fault::Timeout);
            if cut.is_deadline() {
                attempts.interrupt(&classification);
                return Settled::Final(Err(cut.into()), true);
            }
            (Err(cut.into()), classification)
        }
    };
    if !can_replay {
        classification = classification.with_spent_body();
    }
    match attempts.pause_after(&classification) {
        Some(pause) => Settled::Failed(outcome, pause),
        None => Settled::Final(outcome, false),
    }
}

/// What outcomes of a call are judged by.
struct Judge {
    rules: &'static Rules<'static>,
    evidence: fn(&(dyn std::error::Error + 'static)) -> Evidence,
    call: RequestInfo,
}

impl Judge {
    fn response<A>(&self, response: &Response<A>) -> Classification {
        if let Some(mark) = response.extensions().get::<RetryMark>() {
            return (*mark).into();
        }
        let (status, headers) = (response.status().as_u16(), response.headers());
        self.rules
            .classify_response(self.call, status, headers, HttpDate::now())
    }

    fn error(&self, error: &(dyn std::error::Error + 'static)) -> Classification {
        match RetryMark::find(error) {
            Some(mark) => mark.into(),
            None => self.rules.classify_error(self.call, (self.evidence)(error)),
        }
    }
}

/// Takes a classification for what it says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Itself;

impl Classify<Classification> for Itself {
    #[inline]
    fn classify(&self, classification: &Classification) -> Option<Failure> {
        classification.failure()
    }
}

/// A copy of a request, where its body can be copied.
fn copy<Q>(request: &Request<Q>, replay: &impl Replay<Q>) -> Option<Request<Q>> {
    let mut copy = Request::new(replay.replay(request.body())?);
    request.method().clone_into(copy.method_mut());
    request.uri().clone_into(copy.uri_mut());
    *copy.version_mut() = request.version();
    request.headers().clone_into(copy.headers_mut());
    request.extensions().clone_into(copy.extensions_mut());
    Some(copy)
}

/// Says on a request which attempt it is.
fn number<Q>(request: &mut Request<Q>, attempt: u32) {
    // Digits are a legal value.
    if let Ok(value) = HeaderValue::from_str(AttemptText::new(attempt).as_str()) {
        request.headers_mut().insert(ATTEMPT_HEADER, value);
    }
}

/// Puts the mark for the layers around this one on an outcome that they must not retry again.
fn marked<A>(
    outcome: Result<Response<A>, BoxError>,
    report: &Report,
) -> Result<Response<A>, BoxError> {
    if !report.is_exhausted() {
        return outcome;
    }
    let mark = RetryMark::after(report.attempts());
    match outcome {
        Ok(mut response) => {
            response.extensions_mut().get_or_insert(mark);
            Ok(response)
        }
        Err(error) if RetryMark::find(&*error).is_some() => Err(error),
        Err(error) => Err(RetriesExhausted::new(mark, error).into()),
    }
}

impl<V, Q, S, B: Budget, L, C, Z> fmt::Debug for ResponseFuture<V, Q, S, B, L, C, Z>
where
    V: Service<Request<Q>>,
    Z: Sleeper,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture")
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
