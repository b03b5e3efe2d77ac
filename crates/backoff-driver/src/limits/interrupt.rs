//! The three ways to treat an attempt whose time is over.

use core::fmt;

use super::timed_out::{FromTimeout, TimedOut};

/// Makes the outcome of an attempt that was interrupted: [`Limited`], [`OnTimeout`] or [`Uninterrupted`].
#[diagnostic::on_unimplemented(
    message = "an attempt that is interrupted needs an outcome, and its error cannot be made from `TimedOut`",
    label = "the policy's timeout and deadline interrupt attempts",
    note = "give one: `.on_timeout(|cut| Err(..))`",
    note = "or implement `From<TimedOut>` for the error",
    note = "or let attempts run to their end: `.uninterrupted()`"
)]
pub trait Interrupt<O> {
    /// The outcome; `None` from those that interrupt nothing.
    #[doc(hidden)]
    fn interrupt(&mut self, cut: TimedOut) -> Option<O>;
}

/// The default: limits interrupt attempts, and the error is made [from `TimedOut`](TimedOut).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Limited;

#[diagnostic::do_not_recommend]
impl<O: FromTimeout> Interrupt<O> for Limited {
    fn interrupt(&mut self, cut: TimedOut) -> Option<O> {
        Some(O::from_timeout(cut))
    }
}

/// Limits interrupt attempts, and a function makes the outcome. Made by `on_timeout`.
#[derive(Clone, Copy)]
pub struct OnTimeout<G>(pub(crate) G);

impl<O, G: FnMut(TimedOut) -> O> Interrupt<O> for OnTimeout<G> {
    fn interrupt(&mut self, cut: TimedOut) -> Option<O> {
        Some((self.0)(cut))
    }
}

impl<G> fmt::Debug for OnTimeout<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnTimeout").finish_non_exhaustive()
    }
}

/// Attempts run to their end. Made by `uninterrupted`.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Uninterrupted;

impl<O> Interrupt<O> for Uninterrupted {
    fn interrupt(&mut self, _cut: TimedOut) -> Option<O> {
        None
    }
}
