//! The layer that reads bodies of responses.

use backoff_http::Rules;
use tower_layer::Layer;

use super::service::Peek;

/// Reads the beginning of the bodies of responses, as far as rules want it, for an outer
/// [`RetryLayer`](crate::RetryLayer) with the same rules.
///
/// Bodies say what a status does not: that a quota is used up, for example. Which are read, and how much of them, is at
/// [`Rules::wanted_body`]. The caller gets each body as it was, as a [`Buffered`](crate::Buffered). Reading belongs to the
/// attempt: a failed response whose body is slower than the time of an attempt has timed out.
///
/// # Examples
///
/// ```
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::{BodyExt, Full};
/// use std::convert::Infallible;
/// use tower::{ServiceBuilder, ServiceExt};
/// use tower_backoff::{PeekLayer, Policy, RetryLayer, Rules};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), tower_backoff::BoxError> {
/// let used_up = r#"{"error": {"code": "insufficient_quota"}}"#;
/// let service = ServiceBuilder::new()
///     .layer(RetryLayer::new(Policy::DEFAULT).with_rules(&Rules::OPENAI))
///     .layer(PeekLayer::new(&Rules::OPENAI))
///     .service_fn(|_: Request<()>| async {
///         let response = Response::builder().status(429).body(Full::<Bytes>::from(used_up));
///         Ok::<_, Infallible>(response.unwrap())
///     });
/// let response = service.oneshot(Request::new(())).await?; // after one attempt
/// let body = response.into_body().collect().await.unwrap().to_bytes();
/// assert_eq!(body, used_up);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PeekLayer<'r> {
    rules: &'r Rules<'r>,
}

impl<'r> PeekLayer<'r> {
    /// Reads the bodies that these rules want.
    #[must_use]
    pub const fn new(rules: &'r Rules<'r>) -> Self {
        Self { rules }
    }
}

impl<'r, V> Layer<V> for PeekLayer<'r> {
    type Service = Peek<'r, V>;

    fn layer(&self, service: V) -> Peek<'r, V> {
        Peek::new(service, self.rules)
    }
}
