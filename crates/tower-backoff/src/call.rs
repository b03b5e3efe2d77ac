//! One call: the requests of its attempts, and what follows an attempt.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use backoff_core::{Budget, PolicyRef};
use backoff_driver::{
    AttemptTimer, Attempts, Handler, NoObserver, Observe, Report, Sleeper, TimedOut,
};
use backoff_http::RetryMark;
use tower_service::Service;

use crate::attempt::Attempt;
use crate::protocol::{Known, Outcome, Protocol};
use crate::settings::Settings;

/// One call: the requests of its attempts, and what follows an attempt. `I` is what it keeps of its request, and `X` an
/// outcome.
pub(crate) struct Call<Q, P, B: Budget, O, H, R, I, X> {
    attempts: Attempts<P, R, CallHandler<B, O>>,
    protocol: H,
    info: I,
    /// The request of the next attempt, if it can be sent again.
    spare: Option<Q>,
    /// How the last attempt failed. In a box, because most calls end with their first attempt.
    last: Option<Box<X>>,
}

type CallHandler<B, O> = Handler<Known, (NoObserver, O), Report, B>;

/// What an attempt with the request `Q` of the service `V` ended with.
type Ended<V, Q> = Result<Result<<V as Service<Q>>::Response, <V as Service<Q>>::Error>, TimedOut>;

/// What follows an attempt, or a pause.
pub(crate) enum Next<X: Outcome, S> {
    /// Another attempt starts.
    Attempt,
    /// The call ends.
    Final(Result<X::Response, X::Error>),
    /// Another attempt follows after a pause.
    Pause(S),
}

impl<Q, P, B, O, H, R, I, X> Call<Q, P, B, O, H, R, I, X>
where
    P: PolicyRef,
    B: Budget,
    O: for<'t> Observe<X::Observed<'t>>,
    R: Sleeper,
    X: Outcome<Info = I>,
{
    /// Begins a call, and makes its request ready to be sent.
    #[inline]
    pub(crate) fn begin<E>(settings: &Settings<P, B, O, H, R>, request: &mut Q) -> Self
    where
        Settings<P, B, O, H, R>: Clone,
        H: Protocol<Q, X::Response, E, Info = I, Outcome = X>,
    {
        let Settings {
            policy,
            budget,
            observer,
            protocol,
            runtime,
        } = settings.clone();
        let attempts = Attempts::new(policy, runtime)
            .with_budget(budget)
            .when(Known)
            .with_observer(observer);
        let is_observed = <O as Observe<X::Observed<'static>>>::LISTENS;
        let info = protocol.describe(request, is_observed);
        let spare = protocol.copy(request);
        protocol.number(request, 1);
        Self {
            attempts,
            info,
            spare,
            last: None,
            protocol,
        }
    }

    /// Polls an attempt within the limits of the policy.
    #[inline]
    pub(crate) fn poll_attempt<V>(
        &mut self,
        mut attempt: Pin<&mut Attempt<V, V::Future>>,
        timer: Pin<&mut AttemptTimer<R::Sleep>>,
        cx: &mut Context<'_>,
    ) -> Poll<Ended<V, Q>>
    where
        V: Service<Q, Response = X::Response>,
        H: Protocol<Q, V::Response, V::Error, Info = I, Outcome = X>,
    {
        let (protocol, spare) = (&self.protocol, &mut self.spare);
        let number = self.attempts.attempt();
        let polled = poll_fn(|cx| {
            let request = || {
                let mut request = spare.take()?;
                *spare = protocol.copy(&request);
                protocol.number(&mut request, number);
                Some(request)
            };
            attempt.as_mut().poll(request, cx)
        });
        self.attempts.poll_timeout(pin!(polled), timer, cx)
    }

    /// Decides what follows an attempt, which ended or ran out of time.
    #[inline]
    pub(crate) fn settle<E>(
        &mut self,
        ended: Result<Result<X::Response, E>, TimedOut>,
    ) -> Next<X, R::Sleep>
    where
        H: Protocol<Q, X::Response, E, Info = I, Outcome = X>,
    {
        let is_copied = self.spare.is_some();
        let outcome = match ended {
            Ok(result) => self.protocol.classify(&self.info, result, is_copied),
            Err(cut) => {
                let made_up = self.protocol.interrupted(&self.info, cut, is_copied);
                return self.settle_interrupted(cut, made_up);
            }
        };
        let Self { attempts, info, .. } = self;
        match outcome.tell(info, |told| attempts.pause_after(told)) {
            Some(pause) => {
                self.keep(outcome);
                Next::Pause(pause)
            }
            None if outcome.failure().is_none() => Next::Final(outcome.into_result(None)),
            None => Next::Final(self.end(outcome)),
        }
    }

    /// Decides what follows an attempt that ran out of time. The last outcome of the service says more than that.
    #[cold]
    fn settle_interrupted(&mut self, cut: TimedOut, made_up: X) -> Next<X, R::Sleep> {
        if cut.is_deadline() {
            let last = self.last.take().map_or(made_up, |last| *last);
            let Self { attempts, info, .. } = self;
            last.tell(info, |told| attempts.interrupt(told));
            return Next::Final(self.end(last));
        }
        let Self { attempts, info, .. } = self;
        let Some(pause) = made_up.tell(info, |told| attempts.pause_after(told)) else {
            return Next::Final(self.end(made_up));
        };
        self.last.get_or_insert_with(|| Box::new(made_up));
        Next::Pause(pause)
    }

    #[cold]
    fn keep(&mut self, mut outcome: X) {
        outcome.release();
        self.last = Some(Box::new(outcome));
    }

    /// Decides after a pause whether another attempt may start. `None` without a pause before it.
    pub(crate) fn resume(&mut self) -> Option<Next<X, R::Sleep>> {
        let last = self.last.take()?;
        let Self { attempts, info, .. } = self;
        if !last.tell(info, |told| attempts.recheck(told)) {
            return Some(Next::Final(self.end(*last)));
        }
        self.last = Some(last);
        Some(Next::Attempt)
    }

    /// Ends the call, and marks an outcome that outer layers must not retry again.
    #[cold]
    fn end(&self, outcome: X) -> Result<X::Response, X::Error> {
        let report = self.attempts.report();
        let mark = report
            .is_exhausted()
            .then(|| RetryMark::after(report.attempts()));
        outcome.into_result(mark)
    }
}

impl<Q, P, B: Budget, O, H, R, I: fmt::Debug, X> fmt::Debug for Call<Q, P, B, O, H, R, I, X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("attempts", &self.attempts)
            .field("info", &self.info)
            .finish_non_exhaustive()
    }
}
