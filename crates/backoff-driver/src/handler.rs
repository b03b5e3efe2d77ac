//! What is done with the outcomes of a call: classified, told of, recorded, charged to a budget, made up for.

use core::fmt;
use core::time::Duration;

use backoff_core::{
    Account, Budget, CallEnd, Classify, EveryError, Failure, PlannedRetry, Unlimited,
};

use crate::limits::{Interrupt, Limited, OnTimeout, TimedOut, Timing, Uninterrupted};
use crate::observe::{Event, NoObserver, Observe};
use crate::report::{Record, Report, Stable};

/// What is done with the outcomes of a call. Made by the builders of [`Attempts`](crate::Attempts) and
/// [`RetryFuture`](crate::RetryFuture).
///
/// | parameter | what it is | default | set by |
/// |---|---|---|---|
/// | `C` | the classifier | [`EveryError`] | `when` |
/// | `O` | the observer | [`NoObserver`] | `on_event`, `with_observer` |
/// | `K` | the record of the call | [`Report`] | `reported`, `stable_after` |
/// | `B` | the budget | [`Unlimited`] | `with_budget` |
/// | `T` | what limits do to an attempt | [`Limited`] | `on_timeout`, `uninterrupted` |
pub struct Handler<C = EveryError, O = NoObserver, K = Report, B: Budget = Unlimited, T = Limited> {
    classifier: C,
    observer: O,
    pub(crate) record: K,
    pub(crate) account: Account<B>,
    timing: T,
}

/// The handler of a call without settings, which keeps no record.
pub type Plain = Handler<EveryError, NoObserver, ()>;

impl<K> Handler<EveryError, NoObserver, K> {
    pub(crate) const fn new(record: K) -> Self {
        Self {
            classifier: EveryError,
            observer: NoObserver,
            record,
            account: Account::UNLIMITED,
            timing: Limited,
        }
    }
}

/// The builders, written once: [`Attempts`](crate::Attempts) and [`RetryFuture`](crate::RetryFuture) pass theirs on.
impl<C, O, K, B: Budget, T> Handler<C, O, K, B, T> {
    pub(crate) fn when<D>(self, classifier: D) -> Handler<D, O, K, B, T> {
        Handler {
            classifier,
            observer: self.observer,
            record: self.record,
            account: self.account,
            timing: self.timing,
        }
    }

    pub(crate) fn with_observer<M>(self, observer: M) -> Handler<C, (O, M), K, B, T> {
        Handler {
            classifier: self.classifier,
            observer: (self.observer, observer),
            record: self.record,
            account: self.account,
            timing: self.timing,
        }
    }

    pub(crate) fn with_record<J>(self, record: impl FnOnce(K) -> J) -> Handler<C, O, J, B, T> {
        Handler {
            classifier: self.classifier,
            observer: self.observer,
            record: record(self.record),
            account: self.account,
            timing: self.timing,
        }
    }

    pub(crate) fn stable_after(self, duration: Duration) -> Handler<C, O, Stable<K>, B, T> {
        self.with_record(|record| Stable::new(record, duration))
    }

    pub(crate) fn with_budget<D: Budget>(self, budget: D) -> Handler<C, O, K, D, T> {
        Handler {
            classifier: self.classifier,
            observer: self.observer,
            record: self.record,
            account: Account::new(budget),
            timing: self.timing,
        }
    }

    pub(crate) fn on_timeout<G>(self, outcome: G) -> Handler<C, O, K, B, OnTimeout<G>> {
        self.with_timing(OnTimeout(outcome))
    }

    pub(crate) fn uninterrupted(self) -> Handler<C, O, K, B, Uninterrupted> {
        self.with_timing(Uninterrupted)
    }

    fn with_timing<U>(self, timing: U) -> Handler<C, O, K, B, U> {
        Handler {
            classifier: self.classifier,
            observer: self.observer,
            record: self.record,
            account: self.account,
            timing,
        }
    }
}

impl<C, O, K, B: Budget, T> fmt::Debug for Handler<C, O, K, B, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handler").finish_non_exhaustive()
    }
}

/// Handles outcomes of the type `O`: what every [`Handler`] does whose classifier and observer take them.
#[diagnostic::on_unimplemented(
    message = "the outcome `{O}` of an attempt is not classified",
    label = "no classifier of `{O}`",
    note = "unless `when` names a classifier, an outcome must be a `Result`, whose every `Err` is retried",
    note = "`when` takes a function over the error of a `Result`; `values` and `outcomes` classify anything else"
)]
pub trait Handle<O: ?Sized>: Recording {
    #[doc(hidden)]
    const COUNTS_CALLS: bool;

    #[doc(hidden)]
    const LISTENS: bool;

    #[doc(hidden)]
    const TIMES_SUCCESS: bool;

    #[doc(hidden)]
    fn begin(&mut self, now: Duration);

    #[doc(hidden)]
    fn classify(&self, outcome: &O) -> Option<Failure>;

    #[doc(hidden)]
    fn withdraw(&mut self, retry: &PlannedRetry) -> bool;

    #[doc(hidden)]
    fn recheck(&self) -> bool;

    #[doc(hidden)]
    fn end(&mut self, end: CallEnd);

    #[doc(hidden)]
    fn observe(&mut self, event: &Event<'_, O>);
}

/// Keeps a record of a call, whatever its outcomes are: what every [`Handler`] does.
pub trait Recording {
    /// What the call keeps of its history.
    type Record: Record;

    #[doc(hidden)]
    fn record(&mut self) -> &mut Self::Record;
}

#[diagnostic::do_not_recommend]
impl<Out, C, O, K, B, T> Handle<Out> for Handler<C, O, K, B, T>
where
    Out: ?Sized,
    C: Classify<Out>,
    O: Observe<Out>,
    K: Record,
    B: Budget,
{
    const COUNTS_CALLS: bool = B::BEGINS;
    const LISTENS: bool = O::LISTENS;
    const TIMES_SUCCESS: bool = O::TIMES_SUCCESS;

    #[inline]
    fn begin(&mut self, now: Duration) {
        self.account.begin(now);
    }

    #[inline]
    fn classify(&self, outcome: &Out) -> Option<Failure> {
        self.classifier.classify(outcome)
    }

    #[inline]
    fn withdraw(&mut self, retry: &PlannedRetry) -> bool {
        self.account.withdraw(retry)
    }

    #[inline]
    fn recheck(&self) -> bool {
        self.account.recheck()
    }

    #[inline]
    fn end(&mut self, end: CallEnd) {
        self.account.end(end);
    }

    #[inline]
    fn observe(&mut self, event: &Event<'_, Out>) {
        self.observer.observe(event);
    }
}

impl<C, O, K: Record, B: Budget, T> Recording for Handler<C, O, K, B, T> {
    type Record = K;

    #[inline]
    fn record(&mut self) -> &mut K {
        &mut self.record
    }
}

#[diagnostic::do_not_recommend]
impl<Out, C, O, K, B: Budget, T: Interrupt<Out>> Interrupt<Out> for Handler<C, O, K, B, T> {
    #[inline]
    fn interrupt(&mut self, cut: TimedOut) -> Option<Out> {
        self.timing.interrupt(cut)
    }
}

impl<C, O, K, B: Budget, T: Timing> Timing for Handler<C, O, K, B, T> {
    const INTERRUPTS: bool = T::INTERRUPTS;
    type Timer<S: Future<Output = ()>> = T::Timer<S>;
    type Last<Out> = T::Last<Out>;

    #[inline]
    fn timer<S: Future<Output = ()>>(sleep: S) -> Option<Self::Timer<S>> {
        T::timer(sleep)
    }

    #[inline]
    fn keep<Out>(outcome: Out, began: u64) -> Option<T::Last<Out>> {
        T::keep(outcome, began)
    }

    #[inline]
    fn began<Out>(last: &T::Last<Out>) -> u64 {
        T::began(last)
    }

    #[inline]
    fn kept<Out>(last: T::Last<Out>) -> Out {
        T::kept(last)
    }
}
