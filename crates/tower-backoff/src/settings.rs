//! How a layer retries.

use backoff_core::Unlimited;
use backoff_driver::NoObserver;
use backoff_tokio::Tokio;

use crate::http_request::Http;

/// How a layer retries: what its builder sets, and each call reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings<P, B = Unlimited, O = NoObserver, H = Http<'static>, R = Tokio> {
    pub(crate) policy: P,
    pub(crate) budget: B,
    pub(crate) observer: O,
    pub(crate) protocol: H,
    pub(crate) runtime: R,
}

impl<P> Settings<P> {
    pub(crate) const fn new(policy: P) -> Self {
        Self {
            policy,
            budget: Unlimited,
            observer: NoObserver,
            protocol: Http::DEFAULT,
            runtime: Tokio,
        }
    }
}

impl<P, B, O, H, R> Settings<P, B, O, H, R> {
    /// Exchanges what has a type of its own.
    pub(crate) fn replace<B2, O2, H2, R2>(
        self,
        change: impl FnOnce(B, O, H, R) -> (B2, O2, H2, R2),
    ) -> Settings<P, B2, O2, H2, R2> {
        let (budget, observer, protocol, runtime) =
            change(self.budget, self.observer, self.protocol, self.runtime);
        Settings {
            policy: self.policy,
            budget,
            observer,
            protocol,
            runtime,
        }
    }
}
