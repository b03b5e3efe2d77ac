//! Exclusive access to a shared value, by whatever lock the target has.

use core::cell::RefCell;

/// A lock around a value: [`RefCell`] where tasks share a thread, `std::sync::Mutex` with the feature `std`, and
/// on a microcontroller a type of yours around the mutex of `critical-section` or `embassy-sync`.
///
/// # Examples
///
/// ```
/// use backoff_driver::Lock;
/// use std::sync::RwLock;
///
/// struct Guarded<T>(RwLock<T>);
///
/// impl<T> Lock for Guarded<T> {
///     type Value = T;
///
///     fn with<R>(&self, access: impl FnOnce(&mut T) -> R) -> Option<R> {
///         self.0.write().ok().map(|mut value| access(&mut value))
///     }
/// }
///
/// assert_eq!(Guarded(RwLock::new(41)).with(|value| *value + 1), Some(42));
/// ```
pub trait Lock {
    /// What is locked.
    type Value;

    /// Runs `access` with the value, which nobody else has meanwhile; `None` where the value is not to be had.
    fn with<R>(&self, access: impl FnOnce(&mut Self::Value) -> R) -> Option<R>;
}

impl<T> Lock for RefCell<T> {
    type Value = T;

    fn with<R>(&self, access: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.try_borrow_mut()
            .ok()
            .map(|mut value| access(&mut value))
    }
}

/// A thread that panicked while it held the lock leaves the value as it was.
#[cfg(feature = "std")]
impl<T> Lock for std::sync::Mutex<T> {
    type Value = T;

    fn with<R>(&self, access: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut value = self
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Some(access(&mut value))
    }
}
