//! A call that is retried.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use backoff_core::{Budget, PolicyRef};
use backoff_driver::{AttemptTimer, Observe, Sleeper};
use backoff_http::Classification;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::attempt::Attempt;
use crate::box_error::BoxError;
use crate::call::{Call, Next};
use crate::replay::Replay;

pin_project! {
    /// A call that is retried. Made by [`Retry`](crate::Retry).
    ///
    /// Dropping it cancels the call. After its end it stays pending.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct ResponseFuture<V, Q, P, B: Budget, O, C, R>
    where
        V: Service<Request<Q>>,
        R: Sleeper,
    {
        #[pin]
        state: State<Attempt<V, Q>, R::Sleep>,
        call: Call<Q, P, B, O, C, R>,
        service: V,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<A, S> {
        Attempting {
            #[pin] attempt: A,
            #[pin] timer: AttemptTimer<S>,
        },
        Ended,
        Pausing { #[pin] pause: S },
    }
}

impl<V, Q, P, B: Budget, O, C, R> ResponseFuture<V, Q, P, B, O, C, R>
where
    V: Service<Request<Q>>,
    R: Sleeper,
{
    /// `service` is what later attempts are made with.
    pub(crate) const fn new(
        call: Call<Q, P, B, O, C, R>,
        first: Attempt<V, Q>,
        service: V,
    ) -> Self {
        Self {
            state: State::attempting(first),
            call,
            service,
        }
    }
}

impl<A, S> State<A, S> {
    const fn attempting(attempt: A) -> Self {
        Self::Attempting {
            attempt,
            timer: AttemptTimer::new(),
        }
    }
}

impl<V, Q, P, B, O, C, R, A> Future for ResponseFuture<V, Q, P, B, O, C, R>
where
    V: Service<Request<Q>, Response = Response<A>> + Clone,
    V::Error: Into<BoxError>,
    P: PolicyRef,
    B: Budget,
    O: Observe<Classification>,
    C: Replay<Q>,
    R: Sleeper,
{
    type Output = Result<Response<A>, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let next = match this.state.as_mut().project() {
                StateProjection::Attempting { attempt, timer } => {
                    let ended = ready!(this.call.poll_attempt(attempt, timer, cx));
                    this.call.settle(ended)
                }
                StateProjection::Pausing { pause } => {
                    ready!(pause.poll(cx));
                    match this.call.resume() {
                        Some(next) => next,
                        None => return Poll::Pending,
                    }
                }
                StateProjection::Ended => return Poll::Pending,
            };
            match next {
                Next::Attempt(request) => {
                    let attempt = Attempt::new(this.service.clone(), request);
                    this.state.set(State::attempting(attempt));
                }
                Next::Final(outcome) => {
                    this.state.set(State::Ended);
                    return Poll::Ready(outcome);
                }
                // A failed response is dropped by now, and the attempt here.
                Next::Pause(pause) => this.state.set(State::Pausing { pause }),
            }
        }
    }
}

impl<V, Q, P, B: Budget, O, C, R> fmt::Debug for ResponseFuture<V, Q, P, B, O, C, R>
where
    V: Service<Request<Q>>,
    R: Sleeper,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture")
            .field("call", &self.call)
            .finish_non_exhaustive()
    }
}
