//! A stream that goes on over many connections.

use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, ready};

use backoff_core::PolicyRef;
use futures_util::stream::FusedStream;
use futures_util::{Stream, TryFuture};
use pin_project_lite::pin_project;

use crate::attempts::{AttemptTimer, Attempts, Next};
use crate::handler::{Handle, Handler};
use crate::limits::{Interrupt, TimedOut, Timing};
use crate::runtime::Sleeper;

impl<P: PolicyRef, R: Sleeper, H: Timing> Attempts<P, R, H> {
    /// Makes a stream that connects, yields what the connection yields, and connects again when it fails.
    ///
    /// `connect` opens a connection: a stream of `Result`s. An attempt is one connection, from its start to its end. Its
    /// outcome is `Err` if the connection could not be opened or yielded an error, and `Ok(())` if it ended. The
    /// classifier decides as in any call: by default an error is retried, and the end of a connection is the end of the
    /// stream. To reconnect after that too, classify by [`values`](backoff_core::values), as below. Errors that are
    /// retried are told to [observers](Self::on_event) only. One that is final is the last item of the stream.
    ///
    /// The policy's timeout of an attempt and its deadline interrupt the opening of a connection as they do in
    /// [`limit`](Self::limit), but not a connection that is open. The timeout counts from when the stream is polled, and the
    /// deadline from when the `Attempts` were made. Connections usually want
    /// [`stable_after`](Self::stable_after) and [`retry_forever`](backoff_core::Policy::retry_forever).
    ///
    /// Dropping the stream ends the call. `take_until` of `futures` ends it at a shutdown.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::{EveryError, Policy, values};
    /// use backoff_driver::Attempts;
    /// use core::time::Duration;
    /// use futures_util::{StreamExt, TryStreamExt, stream};
    /// use std::io;
    ///
    /// static POLICY: Policy = Policy::exponential(Duration::from_secs(1), Duration::from_secs(60)).retry_forever();
    ///
    /// async fn connect() -> io::Result<impl futures_util::Stream<Item = io::Result<u32>>> {
    ///     Ok(stream::iter([Ok(1), Ok(2), Err(io::ErrorKind::ConnectionReset.into())]))
    /// }
    ///
    /// # let clock = VirtualClock::new();
    /// let readings = Attempts::new(&POLICY, clock.clone())
    ///     .when(values(|()| true).or(EveryError)) // every end of a connection
    ///     .stable_after(Duration::from_secs(60))
    ///     .reconnecting(connect);
    /// let first: Vec<u32> = clock.block_on(readings.take(5).try_collect()).unwrap();
    /// assert_eq!(first, [1, 2, 1, 2, 1]);
    /// ```
    pub fn reconnecting<F, A>(mut self, connect: F) -> Reconnecting<P, R, F, A, H>
    where
        F: FnMut() -> A,
        A: TryFuture,
    {
        self.keep_start();
        Reconnecting {
            attempts: self,
            connect,
            last: None,
            state: State::Idle,
        }
    }
}

pin_project! {
    /// A stream over connections that are made again when they fail. Made by [`Attempts::reconnecting`].
    #[must_use = "streams do nothing unless they are polled"]
    pub struct Reconnecting<P, R, F, A, H = Handler>
    where
        R: Sleeper,
        A: TryFuture,
        H: Timing,
    {
        attempts: Attempts<P, R, H>,
        connect: F,
        // The last real outcome after a connection was open.
        last: Option<Result<(), A::Error>>,
        #[pin]
        state: State<A, H::Timer<R::Sleep>, A::Ok, R::Sleep, A::Error>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<A, T, S, P, E> {
        Connecting {
            #[pin] connecting: A,
            #[pin] timer: AttemptTimer<T>,
        },
        // The wait before the first connection.
        Delayed { #[pin] pause: P },
        // A final error is taken when it is yielded.
        Ended { error: Option<E> },
        Idle,
        Open { #[pin] stream: S },
        // The outcome is taken when the pause ends.
        Pausing {
            #[pin] pause: P,
            outcome: Option<Result<(), E>>,
        },
    }
}

impl<P, R: Sleeper, F, A: TryFuture, H: Timing> Reconnecting<P, R, F, A, H> {
    /// Returns the call: its attempt and, with its `report`, what happened so far.
    pub const fn attempts(&self) -> &Attempts<P, R, H> {
        &self.attempts
    }
}

impl<P, R, F, A, S, T, E, H> Stream for Reconnecting<P, R, F, A, H>
where
    P: PolicyRef,
    R: Sleeper,
    F: FnMut() -> A,
    A: Future<Output = Result<S, E>>,
    S: Stream<Item = Result<T, E>>,
    H: Handle<Result<(), E>> + Interrupt<Result<(), E>> + Timing,
{
    type Item = Result<T, E>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let mut this = self.as_mut().project();
            let ended = match this.state.as_mut().project() {
                StateProjection::Idle => {
                    if let Some(wait) = this.attempts.draw_first_delay() {
                        let pause = this.attempts.sleep(wait);
                        this.state.set(State::Delayed { pause });
                        continue;
                    }
                    let connecting = (this.connect)();
                    let timer = AttemptTimer::new();
                    this.state.set(State::Connecting { connecting, timer });
                    continue;
                }
                StateProjection::Delayed { pause } => {
                    ready!(pause.poll(cx));
                    this.attempts.begin_delayed();
                    this.attempts.keep_start();
                    this.state.set(State::Idle);
                    continue;
                }
                StateProjection::Connecting { connecting, timer } => {
                    match ready!(this.attempts.poll_timeout(connecting, timer, cx)) {
                        Ok(Ok(stream)) => {
                            *this.last = None;
                            this.state.set(State::Open { stream });
                            continue;
                        }
                        Ok(Err(error)) => Ok(Err(error)),
                        Err(cut) => Err(cut),
                    }
                }
                StateProjection::Open { stream } => match ready!(stream.poll_next(cx)) {
                    Some(Ok(item)) => return Poll::Ready(Some(Ok(item))),
                    Some(Err(error)) => Ok(Err(error)),
                    None => Ok(Ok(())),
                },
                StateProjection::Pausing { pause, outcome } => {
                    ready!(pause.poll(cx));
                    let outcome = outcome.take();
                    self.as_mut().resume(outcome);
                    continue;
                }
                StateProjection::Ended { error } => return Poll::Ready(error.take().map(Err)),
            };
            ready!(self.as_mut().poll_settle(ended, cx));
        }
    }
}

impl<P, R, F, A, S, E, H> Reconnecting<P, R, F, A, H>
where
    P: PolicyRef,
    R: Sleeper,
    A: Future<Output = Result<S, E>>,
    H: Handle<Result<(), E>> + Interrupt<Result<(), E>> + Timing,
{
    /// Decides what follows a connection. Pending if other tasks must run before it.
    fn poll_settle(
        self: Pin<&mut Self>,
        ended: Result<Result<(), E>, TimedOut>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let mut this = self.project();
        match this.attempts.settle(ended, this.last.take()) {
            Some(Next::Final(outcome)) => this.state.set(State::Ended {
                error: outcome.err(),
            }),
            Some(Next::Pause { delay, outcome }) => {
                this.state.set(State::Pausing {
                    pause: this.attempts.sleep(delay),
                    outcome: Some(outcome),
                });
                if delay.is_zero() {
                    // Also where the sleeper does not, other tasks run between two attempts.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
            }
            None => return Poll::Pending, // never: what interrupts an attempt makes its outcome
        }
        Poll::Ready(())
    }

    /// Goes on after a pause, unless the deadline or the budget forbids it.
    fn resume(self: Pin<&mut Self>, outcome: Option<Result<(), E>>) {
        let mut this = self.project();
        match outcome {
            Some(outcome) if this.attempts.recheck(&outcome) => {
                *this.last = Some(outcome);
                this.state.set(State::Idle);
            }
            outcome => this.state.set(State::Ended {
                error: outcome.and_then(Result::err),
            }),
        }
    }
}

/// The stream is over once it has yielded a final error, or its end.
impl<P, R, F, A, S, T, E, H> FusedStream for Reconnecting<P, R, F, A, H>
where
    P: PolicyRef,
    R: Sleeper,
    F: FnMut() -> A,
    A: Future<Output = Result<S, E>>,
    S: Stream<Item = Result<T, E>>,
    H: Handle<Result<(), E>> + Interrupt<Result<(), E>> + Timing,
{
    fn is_terminated(&self) -> bool {
        matches!(self.state, State::Ended { error: None })
    }
}

impl<P, R: Sleeper, F, A: TryFuture, H: Timing> fmt::Debug for Reconnecting<P, R, F, A, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconnecting")
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
