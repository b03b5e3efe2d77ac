//! Classifiers made of functions, which can be joined.

use super::classify::Classify;
use super::verdict::Verdict;
use crate::failure::{Failure, FailureKind};

/// Classifies the error of a `Result` by a function, and accepts every `Ok`.
///
/// The function itself is a classifier too. This one can be joined with others by [`or`](Classifier::or).
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
pub const fn errors<E, V: Verdict, F: Fn(&E) -> V>(classify: F) -> Classifier<Errors<F>> {
    Classifier(Errors(classify))
}

/// Classifies the value of a `Result` by a function, and takes every `Err` for a permanent failure.
///
/// For calls that report a failure as a value: an empty page, a job that is not finished. Say which errors to retry
/// by [`or`](Classifier::or).
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
pub const fn values<T, V: Verdict, F: Fn(&T) -> V>(classify: F) -> Classifier<Values<F>> {
    Classifier(Values(classify))
}

/// Classifies a whole outcome, of any type, by a function.
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
pub const fn outcomes<O: ?Sized, V: Verdict, F: Fn(&O) -> V>(
    classify: F,
) -> Classifier<Outcomes<F>> {
    Classifier(Outcomes(classify))
}

/// A classifier that can be joined with another by [`or`](Self::or).
#[derive(Clone, Copy, Debug)]
pub struct Classifier<C>(C);

impl<C> Classifier<C> {
    /// Retries what this classifier or `other` retries.
    ///
    /// `other` is asked about every outcome that this one accepts or takes for permanent. The first that retries an
    /// outcome names the failure. If neither does, the failure is permanent if either says so.
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

/// Two classifiers: the second is asked if the first does not call for a retry. Made by [`Classifier::or`].
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
    fn a_whole_outcome_need_not_be_a_result() {
        let classify = outcomes(|status: &u16| *status >= 500);
        assert_eq!(classify.classify(&503), Some(Failure::transient()));
        assert_eq!(classify.classify(&200), None);
    }
}
