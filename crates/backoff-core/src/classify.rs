//! Which outcomes are failures, and of which kind.

use crate::failure::{Failure, FailureKind};

/// Judges the outcome of an attempt.
///
/// `None` accepts the outcome and ends the call; `Some` says what kind of failure it is.
///
/// A plain function or closure over an error, `Fn(&E) -> V`, is a classifier of every `Result<T, E>`. Its
/// answer may be any [`Verdict`], most simply a `bool`. For outcomes that are not so simple there are
/// [`errors`], [`values`], [`outcomes`] and their `or`.
///
/// # Examples
///
/// A type with an opinion of its own:
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not judge outcomes of the type `{O}`",
    label = "no classifier of `{O}`",
    note = "unless `when` names a classifier, an outcome must be a `Result`, whose every `Err` is retried",
    note = "`when` takes a function over the error of a `Result`; `values` and `outcomes` judge anything else"
)]
pub trait Classify<O: ?Sized> {
    /// The failure that the outcome is, or `None` to accept it.
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

/// What a judging function may answer.
///
/// | answer | of an error | of a value or an outcome |
/// |---|---|---|
/// | `true` | transient | transient |
/// | `false`, `None` | permanent | accepted |
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
    note = "a judging function answers with a `bool`, a `FailureKind`, a `Failure`, or an `Option` of one"
)]
pub trait Verdict {
    /// The failure that the answer names, if it names one.
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

/// Takes every `Err` for a transient failure: the classifier of those who name none.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Classify, EveryError, Failure};
/// assert_eq!(EveryError.classify(&Err::<(), _>("reset")), Some(Failure::transient()));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct EveryError;

/// The outcome of nothing. With a second implementation of [`EveryError`], a compiler that meets an outcome which is no
/// `Result` says what is missing, instead of expecting a `Result` for want of an alternative.
enum NoOutcome {}

impl Classify<NoOutcome> for EveryError {
    fn classify(&self, outcome: &NoOutcome) -> Option<Failure> {
        match *outcome {}
    }
}

impl<T, E> Classify<Result<T, E>> for EveryError {
    #[inline]
    fn classify(&self, outcome: &Result<T, E>) -> Option<Failure> {
        if outcome.is_err() {
            Some(Failure::transient())
        } else {
            None
        }
    }
}

/// Judges the error of a `Result` and accepts each `Ok`.
///
/// The same as the function itself, with an [`or`](Classifier::or).
///
/// # Examples
///
/// ```
/// use backoff_core::{errors, values, Classify, Failure};
///
/// let classify = errors(|error: &&str| *error == "reset").or(values(|page: &String| page.is_empty()));
///
/// assert_eq!(classify.classify(&Err("reset")), Some(Failure::transient()));
/// assert_eq!(classify.classify(&Ok(String::new())), Some(Failure::transient()));
/// assert_eq!(classify.classify(&Ok("text".to_owned())), None);
/// assert_eq!(classify.classify(&Err("forbidden")), Some(Failure::permanent()));
/// ```
pub const fn errors<E, V: Verdict, F: Fn(&E) -> V>(judge: F) -> Classifier<Errors<F>> {
    Classifier(Errors(judge))
}

/// Judges the value of a `Result`, and takes every `Err` for permanent.
///
/// For calls that report a failure as a value: an empty page, a job that is not finished. Its `or` says which
/// errors to retry.
///
/// # Examples
///
/// ```
/// use backoff_core::{values, Classify, EveryError, Failure};
///
/// let classify = values(|jobs_left: &u32| *jobs_left > 0).or(EveryError);
///
/// assert_eq!(classify.classify(&Ok::<_, ()>(0)), None);
/// assert_eq!(classify.classify(&Ok::<_, ()>(3)), Some(Failure::transient()));
/// assert_eq!(classify.classify(&Err(())), Some(Failure::transient()));
/// ```
pub const fn values<T, V: Verdict, F: Fn(&T) -> V>(judge: F) -> Classifier<Values<F>> {
    Classifier(Values(judge))
}

/// Judges an outcome of any type, whole.
///
/// # Examples
///
/// ```
/// use backoff_core::{outcomes, Classify, Failure};
///
/// let classify = outcomes(|found: &Option<u32>| found.is_none());
///
/// assert_eq!(classify.classify(&Some(42)), None);
/// assert_eq!(classify.classify(&None), Some(Failure::transient()));
/// ```
pub const fn outcomes<O: ?Sized, V: Verdict, F: Fn(&O) -> V>(judge: F) -> Classifier<Outcomes<F>> {
    Classifier(Outcomes(judge))
}

/// A classifier that can be joined to another with [`or`](Self::or).
#[derive(Clone, Copy, Debug)]
pub struct Classifier<C>(C);

impl<C> Classifier<C> {
    /// Asks `other` about every outcome that this one accepts or takes for permanent.
    ///
    /// So an outcome is retried if either says so, and the first one that does names the failure. Where
    /// neither does, it is permanent if either says that.
    pub fn or<D>(self, other: D) -> Classifier<Or<C, D>> {
        Classifier(Or(self.0, other))
    }
}

impl<O: ?Sized, C: Classify<O>> Classify<O> for Classifier<C> {
    #[inline]
    fn classify(&self, outcome: &O) -> Option<Failure> {
        self.0.classify(outcome)
    }
}

/// Two classifiers, the second asked where the first does not call for a retry. Made by [`Classifier::or`].
#[derive(Clone, Copy, Debug)]
pub struct Or<C, D>(C, D);

impl<O: ?Sized, C: Classify<O>, D: Classify<O>> Classify<O> for Or<C, D> {
    fn classify(&self, outcome: &O) -> Option<Failure> {
        let first = self.0.classify(outcome);
        match first {
            Some(failure) if failure.kind() != FailureKind::Permanent => first,
            _ => self.1.classify(outcome).or(first),
        }
    }
}

/// A classifier of errors. Made by [`errors`].
#[derive(Clone, Copy, Debug)]
pub struct Errors<F>(F);

impl<T, E, V: Verdict, F: Fn(&E) -> V> Classify<Result<T, E>> for Errors<F> {
    #[inline]
    fn classify(&self, outcome: &Result<T, E>) -> Option<Failure> {
        self.0.classify(outcome)
    }
}

/// A classifier of values. Made by [`values`].
#[derive(Clone, Copy, Debug)]
pub struct Values<F>(F);

impl<T, E, V: Verdict, F: Fn(&T) -> V> Classify<Result<T, E>> for Values<F> {
    #[inline]
    fn classify(&self, outcome: &Result<T, E>) -> Option<Failure> {
        match outcome {
            Ok(value) => (self.0)(value).failure(),
            Err(_) => Some(Failure::permanent()),
        }
    }
}

/// A classifier of whole outcomes. Made by [`outcomes`].
#[derive(Clone, Copy, Debug)]
pub struct Outcomes<F>(F);

impl<O: ?Sized, V: Verdict, F: Fn(&O) -> V> Classify<O> for Outcomes<F> {
    #[inline]
    fn classify(&self, outcome: &O) -> Option<Failure> {
        (self.0)(outcome).failure()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn or_retries_what_either_retries_and_the_first_names_it() {
        let busy = errors(|error: &&str| (*error == "busy").then_some(FailureKind::Throttled));
        let both = busy
            .or(errors(|error: &&str| *error != "denied"))
            .or(values(|n: &u32| *n == 0));
        let cases = [
            (Err("busy"), Some(Failure::throttled())),
            (Err("reset"), Some(Failure::transient())),
            (Err("denied"), Some(Failure::permanent())),
            (Ok(0), Some(Failure::transient())),
            (Ok(1), None),
        ];
        for (outcome, expected) in cases {
            assert_eq!(both.classify(&outcome), expected, "{outcome:?}");
        }
    }

    #[test]
    fn every_error_is_transient_where_nobody_says_otherwise() {
        assert_eq!(
            EveryError.classify(&Outcome::Err("reset")),
            Some(Failure::transient())
        );
        assert_eq!(EveryError.classify(&Outcome::Ok(1)), None);
    }

    #[test]
    fn a_whole_outcome_need_not_be_a_result() {
        let classify = outcomes(|status: &u16| *status >= 500);
        assert_eq!(classify.classify(&503), Some(Failure::transient()));
        assert_eq!(classify.classify(&200), None);
    }
}
