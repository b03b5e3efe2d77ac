//! The atomic integers of the target, of `portable-atomic`, or of the model checker.

#[cfg(all(loom, test))]
pub(crate) mod model;

#[cfg(not(any(feature = "portable-atomic-1", all(loom, test))))]
pub(crate) use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

#[cfg(all(loom, test))]
pub(crate) use model::{AtomicU32, AtomicUsize, Ordering};

#[cfg(all(feature = "portable-atomic-1", not(all(loom, test))))]
pub(crate) use portable_atomic::{AtomicU32, AtomicUsize, Ordering};
