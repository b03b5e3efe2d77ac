//! The classifier of outcomes that are classified already.

use backoff_core::{Classify, Failure};

use crate::rules::Classification;

/// Classifies an outcome that is a [`Classification`] already: for a loop that classifies an outcome once, and gives the
/// driver the classification in its place.
///
/// # Examples
///
/// ```
/// use backoff_core::{Classify, Failure};
/// use backoff_http::{Classified, Fault, Method, RequestInfo, Rules};
///
/// let classification = Rules::DEFAULT.classify_error(RequestInfo::new(Method::Get), Fault::Reset);
/// assert_eq!(Classified.classify(&classification), Some(Failure::transient()));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Classified;

impl Classify<Classification> for Classified {
    #[inline]
    fn classify(&self, classification: &Classification) -> Option<Failure> {
        classification.failure()
    }
}
