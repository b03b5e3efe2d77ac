//! A runtime whose type is erased.

extern crate alloc;

use alloc::boxed::Box;
use core::fmt;
use core::future::Future;
use core::pin::Pin;
use core::time::Duration;

use super::{Clock, Runtime, Sleeper};

/// The wait of a [`BoxRuntime`].
pub type BoxSleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Any runtime behind one type, for libraries that do not want a generic parameter in every signature.
///
/// It allocates once when it is made, and once for each wait. It serves one call: keep a function that makes one, so that
/// no two calls share the state of a generator.
///
/// # Examples
///
/// A client of a library, made for whatever runtime its user has:
///
/// ```
/// use backoff_core::Policy;
/// use backoff_driver::test_util::VirtualClock;
/// use backoff_driver::{Attempts, BoxRuntime};
///
/// pub struct Client {
///     policy: Policy,
///     runtime: fn() -> BoxRuntime,
/// }
///
/// impl Client {
///     pub async fn ping(&self) -> std::io::Result<()> {
///         Attempts::new(&self.policy, (self.runtime)()).run(async || Ok(())).await
///     }
/// }
///
/// let clock = VirtualClock::new();
/// let client = Client { policy: Policy::DEFAULT, runtime: || BoxRuntime::new(VirtualClock::new()) };
/// assert!(clock.block_on(client.ping()).is_ok());
/// ```
pub struct BoxRuntime(Box<dyn ErasedRuntime + Send + Sync>);

impl BoxRuntime {
    /// Boxes a runtime.
    pub fn new<R>(runtime: R) -> Self
    where
        R: Sleeper<Sleep: Send + 'static> + Send + Sync + 'static,
    {
        Self(Box::new(runtime))
    }
}

impl Clock for BoxRuntime {
    fn now(&self) -> Duration {
        self.0.erased_now()
    }
}

impl Runtime for BoxRuntime {
    fn random(&mut self) -> u32 {
        self.0.erased_random()
    }
}

impl Sleeper for BoxRuntime {
    type Sleep = BoxSleep;

    fn sleep(&self, duration: Duration) -> BoxSleep {
        self.0.erased_sleep(duration)
    }
}

impl fmt::Debug for BoxRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxRuntime").finish_non_exhaustive()
    }
}

trait ErasedRuntime {
    fn erased_now(&self) -> Duration;
    fn erased_random(&mut self) -> u32;
    fn erased_sleep(&self, duration: Duration) -> BoxSleep;
}

impl<R: Sleeper<Sleep: Send + 'static>> ErasedRuntime for R {
    fn erased_now(&self) -> Duration {
        self.now()
    }

    fn erased_random(&mut self) -> u32 {
        self.random()
    }

    fn erased_sleep(&self, duration: Duration) -> BoxSleep {
        Box::pin(self.sleep(duration))
    }
}
