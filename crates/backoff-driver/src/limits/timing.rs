//! What a call must keep to limit its attempts.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

use super::interrupt::{Limited, OnTimeout, Uninterrupted};

/// What a call keeps to limit its attempts: a timer and the last outcome, or neither.
pub trait Timing {
    /// Whether attempts are interrupted.
    const INTERRUPTS: bool;

    /// A timer beside an attempt.
    type Timer<S: Future<Output = ()>>: Future<Output = ()>;

    /// An outcome that is kept during the next attempt.
    type Last<O>;

    /// Keeps a timer, if one is needed.
    fn timer<S: Future<Output = ()>>(sleep: S) -> Option<Self::Timer<S>>;

    /// Keeps an outcome, if one is needed, during an attempt that began at `began`, in nanoseconds since the start of the
    /// call.
    fn keep<O>(outcome: O, began: u64) -> Option<Self::Last<O>>;

    /// When the attempt began.
    fn began<O>(last: &Self::Last<O>) -> u64;

    /// The outcome that was kept.
    fn kept<O>(last: Self::Last<O>) -> O;
}

/// Keeps nothing, and so has no value.
#[derive(Debug)]
pub enum Never {}

impl Future for Never {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match *self {}
    }
}

/// The last outcome before the current attempt, and when that began.
#[derive(Debug)]
pub struct Last<O> {
    outcome: O,
    began: u64,
}

impl Timing for Uninterrupted {
    const INTERRUPTS: bool = false;
    type Timer<S: Future<Output = ()>> = Never;
    type Last<O> = Never;

    #[inline]
    fn timer<S: Future<Output = ()>>(_sleep: S) -> Option<Never> {
        None
    }

    #[inline]
    fn keep<O>(_outcome: O, _began: u64) -> Option<Never> {
        None
    }

    #[inline]
    fn began<O>(last: &Never) -> u64 {
        match *last {}
    }

    #[inline]
    fn kept<O>(last: Never) -> O {
        match last {}
    }
}

impl Timing for Limited {
    const INTERRUPTS: bool = true;
    type Timer<S: Future<Output = ()>> = S;
    type Last<O> = Last<O>;

    #[inline]
    fn timer<S: Future<Output = ()>>(sleep: S) -> Option<S> {
        Some(sleep)
    }

    #[inline]
    fn keep<O>(outcome: O, began: u64) -> Option<Last<O>> {
        Some(Last { outcome, began })
    }

    #[inline]
    fn began<O>(last: &Last<O>) -> u64 {
        last.began
    }

    #[inline]
    fn kept<O>(last: Last<O>) -> O {
        last.outcome
    }
}

impl<G> Timing for OnTimeout<G> {
    const INTERRUPTS: bool = true;
    type Timer<S: Future<Output = ()>> = S;
    type Last<O> = Last<O>;

    #[inline]
    fn timer<S: Future<Output = ()>>(sleep: S) -> Option<S> {
        Limited::timer(sleep)
    }

    #[inline]
    fn keep<O>(outcome: O, began: u64) -> Option<Last<O>> {
        Limited::keep(outcome, began)
    }

    #[inline]
    fn began<O>(last: &Last<O>) -> u64 {
        Limited::began(last)
    }

    #[inline]
    fn kept<O>(last: Last<O>) -> O {
        Limited::kept(last)
    }
}
