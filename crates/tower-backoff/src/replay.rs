//! Which bodies can be sent again.

/// Copies the body of a request, so that it can be sent again.
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
}

/// Clones every body: the default.
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
    fn replay(&self, body: &B) -> Option<B> {
        Some(body.clone())
    }
}

impl<B, F: Fn(&B) -> Option<B>> Replay<B> for F {
    fn replay(&self, body: &B) -> Option<B> {
        self(body)
    }
}
