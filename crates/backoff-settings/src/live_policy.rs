//! A policy that changes while the program runs.

use std::sync::{PoisonError, RwLock};

use backoff_core::Policy;

use crate::any_schedule::AnySchedule;

/// A policy that changes while the program runs: new calls get the new policy, and running calls keep theirs.
///
/// Each call [loads](Self::load) a copy of its own, so no call ever sees half of a change. Loading takes a lock for as
/// long as it takes to copy the policy.
///
/// # Examples
///
/// ```
/// use backoff_settings::{AnySchedule, LivePolicy, PolicySettings};
///
/// static RETRIES: LivePolicy = LivePolicy::new(AnySchedule::DEFAULT_POLICY);
///
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// async fn ping() -> std::io::Result<()> {
/// #   Ok(())
/// }
/// backoff_tokio::retry(RETRIES.load(), ping).await?;
///
/// // After the file was edited:
/// let settings: PolicySettings = toml::from_str("max_attempts = 9")?;
/// RETRIES.store(settings.policy());
/// assert_eq!(RETRIES.load().max_attempts(), Some(9));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct LivePolicy<S = AnySchedule> {
    policy: RwLock<Policy<S>>,
}

impl<S> LivePolicy<S> {
    /// Makes a handle that holds this policy until another is stored.
    #[must_use]
    pub const fn new(policy: Policy<S>) -> Self {
        Self {
            policy: RwLock::new(policy),
        }
    }

    /// Replaces the policy, for the calls that begin from now on.
    pub fn store(&self, policy: Policy<S>) {
        *self.policy.write().unwrap_or_else(PoisonError::into_inner) = policy;
    }
}

impl<S: Copy> LivePolicy<S> {
    /// Returns a copy of the policy, for one call.
    #[must_use]
    pub fn load(&self) -> Policy<S> {
        *self.policy.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for LivePolicy {
    fn default() -> Self {
        Self::new(AnySchedule::DEFAULT_POLICY)
    }
}
