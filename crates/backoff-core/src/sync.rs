//! Atomic integers: those of the target, of `portable-atomic`, or of the model checker.

#[cfg(not(any(feature = "portable-atomic-1", all(loom, test))))]
pub(crate) use core::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

#[cfg(all(feature = "portable-atomic-1", not(all(loom, test))))]
pub(crate) use portable_atomic::{AtomicU32, AtomicUsize, Ordering};

#[cfg(all(loom, test))]
pub(crate) use model::{AtomicU32, AtomicUsize, Ordering};

/// The model checker's integers have no `const` constructor, and budgets need one: here each integer is made
/// when it is first used, and never dropped, which `const` functions cannot do either.
#[cfg(all(loom, test))]
mod model {
    use core::fmt;
    use core::mem::ManuallyDrop;
    use core::ops::Deref;
    use std::sync::OnceLock;

    use loom::sync::atomic;
    pub(crate) use loom::sync::atomic::Ordering;

    pub(crate) type AtomicU32 = Late<u32, atomic::AtomicU32>;
    pub(crate) type AtomicUsize = Late<usize, atomic::AtomicUsize>;

    pub(crate) struct Late<N, A> {
        initial: N,
        make: fn(N) -> A,
        atomic: ManuallyDrop<OnceLock<A>>,
    }

    impl AtomicU32 {
        pub(crate) const fn new(initial: u32) -> Self {
            Self {
                initial,
                make: atomic::AtomicU32::new,
                atomic: ManuallyDrop::new(OnceLock::new()),
            }
        }
    }

    impl AtomicUsize {
        pub(crate) const fn new(initial: usize) -> Self {
            Self {
                initial,
                make: atomic::AtomicUsize::new,
                atomic: ManuallyDrop::new(OnceLock::new()),
            }
        }
    }

    impl<N: Copy, A> Deref for Late<N, A> {
        type Target = A;

        fn deref(&self) -> &A {
            self.atomic.get_or_init(|| (self.make)(self.initial))
        }
    }

    impl<N: Copy, A: fmt::Debug> fmt::Debug for Late<N, A> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            (**self).fmt(f)
        }
    }
}
