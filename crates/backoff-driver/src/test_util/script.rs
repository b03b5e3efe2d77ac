//! An operation that does as it is told.

use core::future::{Ready, ready};
use core::iter;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::vec::Vec;

/// An operation whose outcomes are written down in advance; the last one repeats.
///
/// Shared by reference, also between threads.
///
/// # Examples
///
/// ```
/// use backoff_driver::test_util::Script;
///
/// let script = Script::fails(2, "reset").then(42);
/// assert_eq!(script.play(), Err("reset"));
/// assert_eq!(script.play(), Err("reset"));
/// assert_eq!(script.play(), Ok(42));
/// assert_eq!(script.play(), Ok(42));
/// assert_eq!(script.plays(), 4);
/// ```
#[derive(Debug)]
pub struct Script<O> {
    outcomes: Vec<O>,
    last: O,
    plays: AtomicUsize,
}

impl<O: Clone> Script<O> {
    /// Makes a script of one outcome or more: an array of none does not compile.
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::Script;
    /// let script = Script::new([None, None, Some("ready")]);
    /// assert_eq!(script.play(), None);
    /// ```
    pub fn new<const N: usize>(outcomes: [O; N]) -> Self {
        const { assert!(N > 0, "a script needs an outcome") };
        let last = outcomes[N - 1].clone();
        Self {
            outcomes: outcomes.into(),
            last,
            plays: AtomicUsize::new(0),
        }
    }

    /// The next outcome.
    pub fn play(&self) -> O {
        let index = self.plays.fetch_add(1, Ordering::Relaxed);
        self.outcomes.get(index).unwrap_or(&self.last).clone()
    }

    /// The next outcome, as a future that is ready at once.
    pub fn play_async(&self) -> Ready<O> {
        ready(self.play())
    }

    /// How often it was played.
    pub fn plays(&self) -> usize {
        self.plays.load(Ordering::Relaxed)
    }
}

impl Script<()> {
    /// Starts a script that fails so many times; [`then`](FailingScript::then) says what it succeeds with.
    pub const fn fails<E: Clone>(times: usize, error: E) -> FailingScript<E> {
        FailingScript { times, error }
    }
}

/// A script without its end yet. Made by [`Script::fails`].
#[derive(Clone, Copy, Debug)]
pub struct FailingScript<E> {
    times: usize,
    error: E,
}

impl<E: Clone> FailingScript<E> {
    /// Succeeds from then on.
    pub fn then<T: Clone>(self, value: T) -> Script<Result<T, E>> {
        let outcomes = iter::repeat_n(Err(self.error), self.times).collect();
        Script {
            outcomes,
            last: Ok(value),
            plays: AtomicUsize::new(0),
        }
    }
}
