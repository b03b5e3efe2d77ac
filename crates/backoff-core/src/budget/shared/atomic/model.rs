//! The atomic integers of the model checker, adapted to budgets.
//!
//! The checker's integers have no `const` constructor. Here, each is created when it is first used. It is never
//! dropped, because `const` functions cannot drop one.
//!
//! The checker also compares an access only with the latest one to the same integer. In a loop of load and
//! compare-and-swap, a thread's own load hides that of another thread, and the orders in which the two change
//! places are left out. While [`ORDERS`] is set, loads and stores are done as exchanges, so that no order is left
//! out. While it is not, loads may return stale values, as weak memory allows. Each test runs both ways.

use core::cell::Cell;
use core::fmt;
use core::mem::ManuallyDrop;
use core::ops::Deref;
use std::sync::OnceLock;
use std::thread_local;

use loom::sync::atomic;
pub(crate) use loom::sync::atomic::Ordering;

thread_local! {
    /// Whether loads and stores are done as exchanges. All threads of a model are one thread of the operating system.
    pub(crate) static ORDERS: Cell<bool> = const { Cell::new(false) };
}

pub(crate) type AtomicU32 = Late<atomic::AtomicU32>;
pub(crate) type AtomicUsize = Late<atomic::AtomicUsize>;

pub(crate) trait Integer {
    type Value: Copy;

    fn make(value: Self::Value) -> Self;
    fn load(&self, order: Ordering) -> Self::Value;
    fn load_as_change(&self, order: Ordering) -> Self::Value;
    fn store(&self, value: Self::Value, order: Ordering);
    fn store_as_change(&self, value: Self::Value, order: Ordering);
    fn swap_if(&self, old: Self::Value, new: Self::Value, orders: [Ordering; 2]) -> bool;
}

pub(crate) struct Late<A: Integer> {
    initial: A::Value,
    atomic: ManuallyDrop<OnceLock<A>>,
}

impl<A: Integer> Late<A> {
    pub(crate) const fn new(initial: A::Value) -> Self {
        Self {
            initial,
            atomic: ManuallyDrop::new(OnceLock::new()),
        }
    }

    pub(crate) fn load(&self, order: Ordering) -> A::Value {
        if ORDERS.get() {
            (**self).load_as_change(order)
        } else {
            (**self).load(order)
        }
    }

    pub(crate) fn store(&self, value: A::Value, order: Ordering) {
        if ORDERS.get() {
            (**self).store_as_change(value, order);
        } else {
            (**self).store(value, order);
        }
    }

    pub(crate) fn fetch_update(
        &self,
        set: Ordering,
        fetch: Ordering,
        mut next: impl FnMut(A::Value) -> Option<A::Value>,
    ) -> Result<A::Value, A::Value> {
        loop {
            let old = self.load(fetch);
            let new = next(old).ok_or(old)?;
            if (**self).swap_if(old, new, [set, fetch]) {
                return Ok(old);
            }
        }
    }
}

impl<A: Integer> Deref for Late<A> {
    type Target = A;

    fn deref(&self) -> &A {
        self.atomic.get_or_init(|| A::make(self.initial))
    }
}

impl<A: Integer + fmt::Debug> fmt::Debug for Late<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl Integer for atomic::AtomicU32 {
    type Value = u32;

    fn make(value: u32) -> Self {
        Self::new(value)
    }

    fn load(&self, order: Ordering) -> u32 {
        self.load(order)
    }

    fn load_as_change(&self, order: Ordering) -> u32 {
        self.fetch_or(0, order)
    }

    fn store(&self, value: u32, order: Ordering) {
        self.store(value, order);
    }

    fn store_as_change(&self, value: u32, order: Ordering) {
        self.swap(value, order);
    }

    fn swap_if(&self, old: u32, new: u32, [set, fetch]: [Ordering; 2]) -> bool {
        self.compare_exchange(old, new, set, fetch).is_ok()
    }
}

impl Integer for atomic::AtomicUsize {
    type Value = usize;

    fn make(value: usize) -> Self {
        Self::new(value)
    }

    fn load(&self, order: Ordering) -> usize {
        self.load(order)
    }

    fn load_as_change(&self, order: Ordering) -> usize {
        self.fetch_or(0, order)
    }

    fn store(&self, value: usize, order: Ordering) {
        self.store(value, order);
    }

    fn store_as_change(&self, value: usize, order: Ordering) {
        self.swap(value, order);
    }

    fn swap_if(&self, old: usize, new: usize, [set, fetch]: [Ordering; 2]) -> bool {
        self.compare_exchange(old, new, set, fetch).is_ok()
    }
}
