//! What can be set for requests of any kind.

use backoff_driver::Event;

use super::RetryLayer;
use crate::any_request::{AnyRequest, Attempted};
use crate::http_request::Http;
use crate::replay::Cloned;

impl<P, B, R, O> RetryLayer<P, B, O, Http<'static>, R> {
    /// Retries requests of any kind: a database, a queue, a service of your own.
    ///
    /// `classifier` says which outcomes are failures; it is what [`Classify`](backoff_core::Classify) takes, most simply a
    /// function over the error. Requests are cloned; [`with_replay`](Self::with_replay) copies them in another way, and
    /// returns `None` for those that must not be repeated. Say `when` first, because the settings for HTTP end there.
    ///
    /// The error of the service must be made from [`TimedOut`](backoff_driver::TimedOut), as `io::Error` and
    /// [`BoxError`](crate::BoxError) can be. The outcome of a call is the last one of the inner service, as it was. It is
    /// kept during the wait.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{self, ErrorKind};
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use tower::{ServiceBuilder, ServiceExt};
    /// use tower_backoff::{Policy, RetryLayer};
    ///
    /// static ATTEMPTS: AtomicU32 = AtomicU32::new(0);
    ///
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)]
    /// # async fn main() -> io::Result<()> {
    /// let database = ServiceBuilder::new()
    ///     .layer(
    ///         RetryLayer::new(Policy::DEFAULT)
    ///             .when(|error: &io::Error| error.kind() == ErrorKind::ConnectionReset)
    ///             .with_replay(|query: &String| query.starts_with("SELECT").then(|| query.clone())),
    ///     )
    ///     .service_fn(|query: String| async move {
    ///         match ATTEMPTS.fetch_add(1, Ordering::Relaxed) {
    ///             0 => Err(ErrorKind::ConnectionReset.into()),
    ///             _ => Ok(query.len()),
    ///         }
    ///     });
    /// assert_eq!(database.clone().oneshot("SELECT 1".to_owned()).await?, 8);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn when<C>(self, classifier: C) -> RetryLayer<P, B, O, AnyRequest<C, Cloned>, R> {
        self.map_protocol(|_| AnyRequest {
            classifier,
            replay: Cloned,
        })
    }
}

impl<P, B, O, C, D, R> RetryLayer<P, B, O, AnyRequest<C, D>, R> {
    /// Tells a closure of every retry and of the end of each call, with the outcome.
    ///
    /// Each call gets a clone of it. It is told after the observers that were added before.
    #[must_use]
    pub fn on_event<M, A, E>(self, observer: M) -> RetryLayer<P, B, (O, M), AnyRequest<C, D>, R>
    where
        M: FnMut(&Event<'_, Attempted<A, E>>),
    {
        self.add_observer(observer)
    }

    /// Tells `observer`, anything that is [`Observe`](backoff_driver::Observe), of every retry and of the end of each call.
    ///
    /// Each call gets a clone of it. It is told after the observers that were added before.
    #[must_use]
    pub fn with_observer<M>(self, observer: M) -> RetryLayer<P, B, (O, M), AnyRequest<C, D>, R> {
        self.add_observer(observer)
    }

    /// Copies requests by this function, or by anything that is [`Replay`](crate::Replay).
    #[must_use]
    pub fn with_replay<N>(self, replay: N) -> RetryLayer<P, B, O, AnyRequest<C, N>, R> {
        self.map_protocol(|any| AnyRequest {
            classifier: any.classifier,
            replay,
        })
    }
}
