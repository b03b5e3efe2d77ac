//! A call that is retried.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use backoff_core::{Budget, PolicyRef};
use backoff_driver::{AttemptTimer, Observe, Sleeper};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::attempt::Attempt;
use crate::call::{Call, Next};
use crate::protocol::{Outcome, Protocol};
use crate::settings::Settings;

pin_project! {
    /// A call that is retried. Made by [`Retry`](crate::Retry).
    ///
    /// Dropping it cancels the call. After its end it stays pending.
    #[must_use = "futures do nothing unless they are awaited"]
    pub struct ResponseFuture<V, Q, P, B: Budget, O, H, R>
    where
        V: Service<Q>,
        H: Protocol<Q, V::Response, V::Error>,
        R: Sleeper,
    {
        #[pin]
        state: State<Attempt<V, V::Future>, R::Sleep>,
        call: Call<Q, P, B, O, H, R, H::Info, H::Outcome>,
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

impl<V, Q, P, B: Budget, O, H, R> ResponseFuture<V, Q, P, B, O, H, R>
where
    V: Service<Q>,
    H: Protocol<Q, V::Response, V::Error>,
    R: Sleeper,
{
    /// `service` is the one that is ready, and `clone` what later attempts are made with.
    #[inline]
    pub(crate) fn begin(
        settings: &Settings<P, B, O, H, R>,
        mut request: Q,
        service: &mut V,
        clone: V,
    ) -> Self
    where
        Settings<P, B, O, H, R>: Clone,
        P: PolicyRef,
        O: for<'t> Observe<<H::Outcome as Outcome>::Observed<'t>>,
    {
        Self {
            call: Call::begin(settings, &mut request),
            state: State::Attempting {
                attempt: Attempt::Calling {
                    future: service.call(request),
                },
                timer: AttemptTimer::new(),
            },
            service: clone,
        }
    }
}

impl<A, S> State<A, S> {
    #[inline]
    const fn attempting(attempt: A) -> Self {
        Self::Attempting {
            attempt,
            timer: AttemptTimer::new(),
        }
    }
}

impl<V, Q, P, B, O, H, R> Future for ResponseFuture<V, Q, P, B, O, H, R>
where
    V: Service<Q> + Clone,
    P: PolicyRef,
    B: Budget,
    O: for<'t> Observe<<H::Outcome as Outcome>::Observed<'t>>,
    H: Protocol<Q, V::Response, V::Error>,
    R: Sleeper,
{
    type Output = Result<V::Response, <H::Outcome as Outcome>::Error>;

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
                Next::Attempt => {
                    let service = this.service.clone();
                    let attempt = Attempt::Readying { service };
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

impl<V, Q, P, B: Budget, O, H, R> fmt::Debug for ResponseFuture<V, Q, P, B, O, H, R>
where
    V: Service<Q>,
    H: Protocol<Q, V::Response, V::Error>,
    R: Sleeper,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
