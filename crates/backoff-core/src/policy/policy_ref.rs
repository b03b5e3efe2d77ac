//! Access to a policy, however it is held.

use super::policy::Policy;
use crate::schedule::Schedule;

/// Gives access to a policy that is held by value, by reference or in a shared pointer.
///
/// Functions that take a policy take `impl PolicyRef`. The caller chooses: a `&'static Policy` in firmware, a
/// `Policy` that moves into a future, an `Arc<Policy>` that was read from a file. All of them decide alike.
///
/// | holder | feature |
/// |---|---|
/// | `Policy<S>`, `&P` | |
/// | `Arc<P>`, on targets with atomic pointers, and `Rc<P>` | `alloc` |
///
/// # Examples
///
/// ```
/// use backoff_core::{Policy, PolicyRef, RetryState};
///
/// fn first_attempt(policy: impl PolicyRef) -> u32 {
///     RetryState::new(policy).attempt()
/// }
///
/// static POLICY: Policy = Policy::DEFAULT;
/// assert_eq!(first_attempt(&POLICY), 1);
/// assert_eq!(first_attempt(POLICY.with_max_attempts(3)), 1);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a retry policy",
    label = "expected a `Policy`, a reference to one, or an `Arc` or `Rc` of one",
    note = "a policy is a `Policy<S>` whose `S` implements `Schedule`",
    note = "`Arc<Policy>` and `Rc<Policy>` need the feature `alloc` of `backoff-core`"
)]
pub trait PolicyRef {
    /// The schedule of the policy.
    type Schedule: Schedule;

    /// Returns the policy.
    fn policy(&self) -> &Policy<Self::Schedule>;
}

impl<S: Schedule> PolicyRef for Policy<S> {
    type Schedule = S;

    #[inline]
    fn policy(&self) -> &Policy<S> {
        self
    }
}

impl<P: PolicyRef + ?Sized> PolicyRef for &P {
    type Schedule = P::Schedule;

    #[inline]
    fn policy(&self) -> &Policy<P::Schedule> {
        (**self).policy()
    }
}

#[cfg(feature = "alloc")]
impl<P: PolicyRef + ?Sized> PolicyRef for alloc::rc::Rc<P> {
    type Schedule = P::Schedule;

    #[inline]
    fn policy(&self) -> &Policy<P::Schedule> {
        (**self).policy()
    }
}

#[cfg(all(feature = "alloc", target_has_atomic = "ptr"))]
impl<P: PolicyRef + ?Sized> PolicyRef for alloc::sync::Arc<P> {
    type Schedule = P::Schedule;

    #[inline]
    fn policy(&self) -> &Policy<P::Schedule> {
        (**self).policy()
    }
}
