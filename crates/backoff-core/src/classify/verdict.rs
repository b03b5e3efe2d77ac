//! What a function that classifies may return.

use crate::failure::{Failure, FailureKind};

/// What a function that classifies may return.
///
/// | returned | for an error | for a value or a whole outcome |
/// |---|---|---|
/// | `true` | transient failure | transient failure |
/// | `false`, `None` | permanent failure | accepted |
/// | [`FailureKind`], [`Failure`], `Some` of either | that failure | that failure |
///
/// # Examples
///
/// ```
/// use backoff_core::{Failure, FailureKind, Verdict};
/// assert_eq!(true.failure(), Some(Failure::transient()));
/// assert_eq!(FailureKind::Doubtful.failure(), Some(Failure::doubtful()));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say whether to try again",
    label = "not a verdict",
    note = "a function that classifies returns a `bool`, a `FailureKind`, a `Failure`, or an `Option` of one"
)]
pub trait Verdict {
    /// Returns the failure that the verdict names, or `None` if it names none.
    fn failure(self) -> Option<Failure>;
}

impl Verdict for bool {
    #[inline]
    fn failure(self) -> Option<Failure> {
        if self {
            Some(Failure::transient())
        } else {
            None
        }
    }
}

impl Verdict for Failure {
    #[inline]
    fn failure(self) -> Option<Failure> {
        Some(self)
    }
}

impl Verdict for FailureKind {
    #[inline]
    fn failure(self) -> Option<Failure> {
        Some(Failure::new(self))
    }
}

impl<V: Verdict> Verdict for Option<V> {
    #[inline]
    fn failure(self) -> Option<Failure> {
        self.and_then(Verdict::failure)
    }
}
