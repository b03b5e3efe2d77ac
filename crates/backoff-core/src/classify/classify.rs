//! Whether the outcome of an attempt is a failure.

use super::verdict::Verdict;
use crate::failure::Failure;

/// Classifies the outcome of an attempt.
///
/// A plain function or closure over an error, `Fn(&E) -> V`, classifies every `Result<T, E>`. It may return any
/// [`Verdict`], most simply a `bool`: whether to retry. For other outcomes there are [`errors`](crate::errors),
/// [`values`](crate::values), [`outcomes`](crate::outcomes), and their `or`.
///
/// # Examples
///
/// A function over an error:
///
/// ```
/// use backoff_core::{Classify, Failure};
///
/// fn is_timeout(error: &&str) -> bool {
///     error.contains("timed out")
/// }
///
/// assert_eq!(is_timeout.classify(&Ok::<(), _>(())), None);
/// assert_eq!(is_timeout.classify(&Err::<(), _>("timed out")), Some(Failure::transient()));
/// assert_eq!(is_timeout.classify(&Err::<(), _>("no such user")), Some(Failure::permanent()));
/// ```
///
/// A type that classifies responses:
///
/// ```
/// use backoff_core::{Classify, Failure};
///
/// struct Response { status: u16 }
/// struct ByStatus;
///
/// impl Classify<Response> for ByStatus {
///     fn classify(&self, response: &Response) -> Option<Failure> {
///         match response.status {
///             200..=399 => None,
///             429 | 503 => Some(Failure::throttled()),
///             _ => Some(Failure::permanent()),
///         }
///     }
/// }
///
/// assert_eq!(ByStatus.classify(&Response { status: 204 }), None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not classify outcomes of the type `{O}`",
    label = "no classifier of `{O}`",
    note = "without a classifier in `when`, an outcome must be a `Result`, and every `Err` is retried",
    note = "`when` takes a function over the error of a `Result`; `values` and `outcomes` classify anything else"
)]
pub trait Classify<O: ?Sized> {
    /// Returns what kind of failure the outcome is, or `None` to accept it, which ends the call.
    fn classify(&self, outcome: &O) -> Option<Failure>;
}

impl<T, E, V, F> Classify<Result<T, E>> for F
where
    F: Fn(&E) -> V,
    V: Verdict,
{
    #[inline]
    fn classify(&self, outcome: &Result<T, E>) -> Option<Failure> {
        let error = outcome.as_ref().err()?;
        Some(self(error).failure().unwrap_or(Failure::permanent()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::FailureKind;

    type Outcome = Result<u32, &'static str>;

    #[test]
    fn the_answers_of_a_closure_over_an_error() {
        let failures = [
            (
                (|_: &&str| true).classify(&Outcome::Err("")),
                Failure::transient(),
            ),
            (
                (|_: &&str| false).classify(&Outcome::Err("")),
                Failure::permanent(),
            ),
            (
                (|_: &&str| FailureKind::Doubtful).classify(&Outcome::Err("")),
                Failure::doubtful(),
            ),
            (
                (|_: &&str| Failure::throttled()).classify(&Outcome::Err("")),
                Failure::throttled(),
            ),
            (
                (|_: &&str| None::<Failure>).classify(&Outcome::Err("")),
                Failure::permanent(),
            ),
            (
                (|_: &&str| Some(true)).classify(&Outcome::Err("")),
                Failure::transient(),
            ),
        ];
        for (index, (answer, expected)) in failures.into_iter().enumerate() {
            assert_eq!(answer, Some(expected), "closure {index}");
        }
        assert_eq!((|_: &&str| true).classify(&Outcome::Ok(1)), None);
    }
}
