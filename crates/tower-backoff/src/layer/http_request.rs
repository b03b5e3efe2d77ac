//! What can be set for requests of HTTP.

use std::error::Error;

use backoff_driver::{Event, Observe};
use backoff_http::{Evidence, Exchange, Rules};
use http::Uri;

use super::RetryLayer;
use crate::http_request::Http;

impl<'r, P, B, O, C, R> RetryLayer<P, B, O, Http<'r, C>, R> {
    /// Classifies outcomes by `rules`.
    ///
    /// They are borrowed for as long as the service lives; rules that are read when the program starts can be leaked
    /// (`Box::leak`). Rules that read bodies need a [`PeekLayer`](crate::PeekLayer) within this layer.
    #[must_use]
    pub fn with_rules<'n>(self, rules: &'n Rules<'n>) -> RetryLayer<P, B, O, Http<'n, C>, R> {
        self.map_protocol(|http| {
            let rules = http.rules.with_rules(rules);
            http.with_rules(rules)
        })
    }

    /// Says which requests may be repeated whatever their method is: calls of gRPC by their path, for instance.
    ///
    /// # Examples
    ///
    /// ```
    /// use tower_backoff::{Policy, RetryLayer};
    ///
    /// let layer = RetryLayer::new(&Policy::DEFAULT).with_idempotent(|uri| uri.path() == "/shop.Orders/Get");
    /// # drop(layer);
    /// ```
    #[must_use]
    pub fn with_idempotent(mut self, idempotent: fn(&Uri) -> bool) -> Self {
        self.settings.protocol.idempotent = idempotent;
        self
    }

    /// Says what an error of the inner service proves, in place of [`Evidence::of_error`]. That knows the errors of the
    /// standard library and, behind features, of h2, hyper and hyper-util.
    ///
    /// # Examples
    ///
    /// ```
    /// use tower::load_shed::error::Overloaded;
    /// use tower_backoff::{Evidence, Fault, Policy, RetryLayer};
    ///
    /// let layer = RetryLayer::new(&Policy::DEFAULT).with_evidence(|error| {
    ///     if error.is::<Overloaded>() { Fault::Overflow.into() } else { Evidence::of_error(error) }
    /// });
    /// # drop(layer);
    /// ```
    #[must_use]
    pub fn with_evidence(self, evidence: fn(&(dyn Error + 'static)) -> Evidence) -> Self {
        self.map_protocol(|http| {
            let rules = http.rules.with_evidence(evidence);
            http.with_rules(rules)
        })
    }

    /// Sends the number of each attempt in the header [`retry-attempt`](crate::ATTEMPT_HEADER); the first attempt is 1.
    #[must_use]
    pub fn with_attempt_numbers(self) -> Self {
        self.map_protocol(|http| {
            let rules = http.rules.with_attempt_numbers();
            http.with_rules(rules)
        })
    }

    /// Tells a closure of every retry and of the end of each call: which request, what came back, what follows.
    ///
    /// Each call gets a clone of it. It is told after the observers that were added before.
    ///
    /// # Examples
    ///
    /// ```
    /// use tower_backoff::{Policy, RetryLayer};
    ///
    /// let layer = RetryLayer::new(&Policy::DEFAULT).on_event(|event| eprintln!("{}", event.line()));
    /// # drop(layer);
    /// ```
    #[must_use]
    pub fn on_event<M>(self, observer: M) -> RetryLayer<P, B, (O, M), Http<'r, C>, R>
    where
        M: FnMut(&Event<'_, Exchange<'_>>),
    {
        self.with_observer(observer)
    }

    /// Tells `observer`, anything that is [`Observe`], of every retry and of the end of each call.
    ///
    /// Each call gets a clone of it. It is told after the observers that were added before.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_driver::Counters;
    /// use tower_backoff::{Policy, RetryLayer};
    ///
    /// static COUNTERS: Counters = Counters::new();
    ///
    /// let layer = RetryLayer::new(&Policy::DEFAULT).with_observer(&COUNTERS);
    /// # drop(layer);
    /// ```
    #[must_use]
    pub fn with_observer<M>(self, observer: M) -> RetryLayer<P, B, (O, M), Http<'r, C>, R>
    where
        M: for<'e> Observe<Exchange<'e>>,
    {
        self.add_observer(observer)
    }

    /// Copies bodies by this function, or by anything that is [`Replay`](crate::Replay).
    #[must_use]
    pub fn with_replay<D>(self, replay: D) -> RetryLayer<P, B, O, Http<'r, D>, R> {
        self.map_protocol(|http| http.with_replay(replay))
    }
}
