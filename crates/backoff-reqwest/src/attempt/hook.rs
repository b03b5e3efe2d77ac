//! What is done to the request of each attempt, before it is sent.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::Request;

/// Any error.
pub type BoxError = Box<dyn Error + Send + Sync>;

type Hooked = Pin<Box<dyn Future<Output = Result<Request, BoxError>> + Send>>;

/// What is done to the request of each attempt, before it is sent.
#[derive(Clone)]
pub(crate) struct Hook(Arc<dyn Fn(Request, u32) -> Hooked + Send + Sync>);

impl Hook {
    pub(crate) fn new<F, A>(hook: F) -> Self
    where
        F: Fn(Request, u32) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Request, BoxError>> + Send + 'static,
    {
        Self(Arc::new(move |request, attempt| {
            Box::pin(hook(request, attempt))
        }))
    }

    /// Runs hooks one after another.
    pub(super) async fn run(
        hooks: &[Self],
        mut request: Request,
        attempt: u32,
    ) -> Result<Request, HookError> {
        for hook in hooks {
            let hooked = (hook.0)(request, attempt).await;
            request = hooked.map_err(|error| HookError { attempt, error })?;
        }
        Ok(request)
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hook")
    }
}

/// The error of a hook before an attempt ([`on_attempt`](crate::ClientBuilder::on_attempt)), which was not sent.
///
/// It is a cause of the [`Error`](crate::Error) of the call. The rules classify it by what its own cause proves: a hook whose
/// connection was reset is tried again, and one that was given a permanent error is not.
#[derive(Debug)]
pub struct HookError {
    attempt: u32,
    error: BoxError,
}

impl HookError {
    /// Returns the attempt that was not sent; the first is 1.
    #[must_use]
    pub const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Returns the error of the hook.
    #[must_use]
    pub fn get_ref(&self) -> &(dyn Error + Send + Sync + 'static) {
        &*self.error
    }
}

impl fmt::Display for HookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the hook before attempt {} failed", self.attempt)
    }
}

impl Error for HookError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.error)
    }
}
