//! How a layer retries.

use backoff_core::Unlimited;
use backoff_driver::NoObserver;
use backoff_http::{ClientRules, RequestInfo};
use backoff_tokio::Tokio;
use http::{Request, Uri};

use crate::replay::Cloned;

/// How a layer retries: what its builder sets, and each call reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings<P, B = Unlimited, O = NoObserver, C = Cloned, R = Tokio> {
    pub(crate) policy: P,
    pub(crate) rules: ClientRules<'static>,
    pub(crate) idempotent: fn(&Uri) -> bool,
    pub(crate) budget: B,
    pub(crate) observer: O,
    pub(crate) replay: C,
    pub(crate) runtime: R,
}

impl<P> Settings<P> {
    pub(crate) const fn new(policy: P) -> Self {
        Self {
            policy,
            rules: ClientRules::DEFAULT,
            idempotent: |_| false,
            budget: Unlimited,
            observer: NoObserver,
            replay: Cloned,
            runtime: Tokio,
        }
    }
}

impl<P, B, O, C, R> Settings<P, B, O, C, R> {
    /// Describes a request to the rules.
    pub(crate) fn request_info<Q>(&self, request: &Request<Q>) -> RequestInfo {
        let info = RequestInfo::of(request.method(), request.headers());
        if (self.idempotent)(request.uri()) {
            info.as_idempotent()
        } else {
            info
        }
    }

    /// Exchanges what has a type of its own.
    pub(crate) fn replace<B2, O2, C2, R2>(
        self,
        change: impl FnOnce(B, O, C, R) -> (B2, O2, C2, R2),
    ) -> Settings<P, B2, O2, C2, R2> {
        let (budget, observer, replay, runtime) =
            change(self.budget, self.observer, self.replay, self.runtime);
        Settings {
            policy: self.policy,
            rules: self.rules,
            idempotent: self.idempotent,
            budget,
            observer,
            replay,
            runtime,
        }
    }
}
