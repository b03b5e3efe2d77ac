//! A bucket of tokens in one atomic integer.

use super::atomic::{AtomicU32, Ordering};

/// A bucket of tokens, from none to its capacity.
///
/// Threads agree on nothing but the count, and its own order of changes suffices for that: every access is relaxed.
#[derive(Debug)]
pub(super) struct Bucket {
    tokens: AtomicU32,
    capacity: u32,
}

impl Bucket {
    pub(super) const fn full(capacity: u32) -> Self {
        Self {
            tokens: AtomicU32::new(capacity),
            capacity,
        }
    }

    /// Sets the count, at most the capacity.
    pub(super) const fn with_tokens(self, tokens: u32) -> Self {
        let capacity = self.capacity;
        Self {
            tokens: AtomicU32::new(if tokens < capacity { tokens } else { capacity }),
            capacity,
        }
    }

    pub(super) const fn capacity(&self) -> u32 {
        self.capacity
    }

    #[inline]
    pub(super) fn tokens(&self) -> u32 {
        self.tokens.load(Ordering::Relaxed)
    }

    /// Adds up to the capacity, and returns whether there was room. A full bucket is not written to.
    #[inline]
    pub(super) fn put(&self, amount: u32) -> bool {
        self.change(|tokens| {
            (tokens < self.capacity).then(|| tokens.saturating_add(amount).min(self.capacity))
        })
        .is_ok()
    }

    /// Takes the amount if there is that much, and returns whether it did.
    #[inline]
    pub(super) fn take(&self, amount: u32) -> bool {
        self.change(|tokens| tokens.checked_sub(amount)).is_ok()
    }

    /// Takes the amount, or everything if there is less, and returns what is left.
    #[inline]
    pub(super) fn drain(&self, amount: u32) -> u32 {
        let before = self.change(|tokens| (tokens > 0).then(|| tokens.saturating_sub(amount)));
        before.unwrap_or(0).saturating_sub(amount)
    }

    /// Returns the count before the change, as an `Err` if nothing was changed.
    #[inline]
    fn change(&self, next: impl FnMut(u32) -> Option<u32>) -> Result<u32, u32> {
        self.tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, next)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_full_bucket_is_not_written() {
        let bucket = Bucket::full(3);
        assert!(!bucket.put(1) && bucket.take(1) && bucket.put(2) && !bucket.put(2));
        assert_eq!(bucket.tokens(), 3);
    }

    #[test]
    fn taking_is_all_or_nothing_and_draining_is_what_there_is() {
        let bucket = Bucket::full(9).with_tokens(5);
        assert!(!bucket.take(6) && bucket.take(1));
        assert_eq!(
            [bucket.drain(3), bucket.drain(3), bucket.drain(3)],
            [1, 0, 0]
        );
        assert!(bucket.take(0) && !bucket.take(1));
    }
}
