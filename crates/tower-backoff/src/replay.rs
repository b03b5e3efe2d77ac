//! What can be sent again.

use http::Request;

/// Copies what is sent, so that it can be sent again: the body of a request of HTTP, or a whole request of
/// [any other kind](crate::RetryLayer::when).
///
/// Every `Fn(&B) -> Option<B>` is a `Replay`. If it returns `None`, the body can be sent only once, and its request is not
/// retried.
///
/// # Examples
///
/// ```
/// use tower_backoff::Replay;
///
/// let small = |body: &String| (body.len() <= 1_000).then(|| body.clone());
/// assert_eq!(small.replay(&"order".to_owned()), Some("order".to_owned()));
/// assert_eq!(small.replay(&"long".repeat(1_000)), None);
/// ```
pub trait Replay<B> {
    /// Returns a copy of the body, or `None` if it can be sent only once.
    fn replay(&self, body: &B) -> Option<B>;

    /// Returns a copy of a request with such a body.
    #[doc(hidden)]
    fn replay_request(&self, request: &Request<B>) -> Option<Request<B>> {
        let mut copy = Request::new(self.replay(request.body())?);
        request.method().clone_into(copy.method_mut());
        request.uri().clone_into(copy.uri_mut());
        *copy.version_mut() = request.version();
        request.headers().clone_into(copy.headers_mut());
        request.extensions().clone_into(copy.extensions_mut());
        Some(copy)
    }
}

/// Clones everything: the default.
///
/// # Examples
///
/// ```
/// use tower_backoff::{Cloned, Replay};
///
/// assert_eq!(Cloned.replay(&"order"), Some("order"));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Cloned;

impl<B: Clone> Replay<B> for Cloned {
    #[inline]
    fn replay(&self, body: &B) -> Option<B> {
        Some(body.clone())
    }

    #[inline]
    fn replay_request(&self, request: &Request<B>) -> Option<Request<B>> {
        Some(request.clone())
    }
}

impl<B, F: Fn(&B) -> Option<B>> Replay<B> for F {
    fn replay(&self, body: &B) -> Option<B> {
        self(body)
    }
}
