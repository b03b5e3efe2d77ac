//! One budget for each key, in a table of fixed size.

use core::fmt;
use core::time::Duration;

use backoff_core::{Budget, CallEnd, PlannedRetry};
use heapless::Vec;

use crate::lock::Lock;

/// One budget for each key, such as each host, for up to `N` keys at a time.
///
/// It is plain data behind a [`Lock`] of your choice. The lock is held for a search among `N` keys, twice per call and
/// once per retry. A call takes part through a [`KeyedBudget`].
///
/// A key enters the table with its first call. If the table is full, the key that was called the longest ago leaves,
/// among those without a call in flight; when it comes back, it starts with a new budget. So choose an `N` above the
/// number of keys in use. If every key has a call in flight, calls of a further key are made but not retried.
///
/// # Examples
///
/// ```
/// use backoff_core::{Policy, TokenBudget};
/// use backoff_driver::test_util::{Script, VirtualClock};
/// use backoff_driver::{BudgetTable, KeyedBudget, retry};
/// use std::sync::Mutex;
///
/// static HOSTS: Mutex<BudgetTable<&str, TokenBudget, 16>> =
///     Mutex::new(BudgetTable::new(TokenBudget::aws_2_1));
///
/// # let clock = VirtualClock::new();
/// let script = Script::fails(2, "reset").then(42);
/// let call = retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
///     .with_budget(KeyedBudget::new(&HOSTS, "example.org"))
///     .uninterrupted();
/// assert_eq!(clock.block_on(call), Ok(42));
///
/// let tokens = HOSTS.lock().unwrap().get(&"example.org").map(TokenBudget::tokens);
/// assert_eq!(tokens, Some(500 - 14 - 14 + 14));
/// ```
pub struct BudgetTable<K, B, const N: usize> {
    slots: Vec<Slot<K, B>, N>,
    make: fn() -> B,
    /// Calls begun so far, wrapping: the clock by which keys grow old.
    begun: u32,
}

struct Slot<K, B> {
    key: K,
    budget: B,
    /// The value of the table's count when the key was last called.
    last: u32,
    in_flight: u32,
}

impl<K, B, const N: usize> BudgetTable<K, B, N> {
    /// Makes an empty table, which calls `make` for each key that enters.
    #[must_use]
    pub const fn new(make: fn() -> B) -> Self {
        Self {
            slots: Vec::new(),
            make,
            begun: 0,
        }
    }
}

impl<K: Eq, B, const N: usize> BudgetTable<K, B, N> {
    /// Returns the budget of a key, while the key is in the table.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&B> {
        let slot = self.slots.iter().find(|slot| slot.key == *key)?;
        Some(&slot.budget)
    }

    fn slot(&mut self, key: &K) -> Option<&mut Slot<K, B>> {
        self.slots.iter_mut().find(|slot| slot.key == *key)
    }
}

impl<K: Clone + Eq, B, const N: usize> BudgetTable<K, B, N> {
    /// The slot of a key that is called now; `None` if there is no room.
    fn enter(&mut self, key: &K) -> Option<&mut Slot<K, B>> {
        self.begun = self.begun.wrapping_add(1);
        if self.slot(key).is_none() {
            let slot = Slot {
                key: key.clone(),
                budget: (self.make)(),
                last: self.begun,
                in_flight: 0,
            };
            if let Err(slot) = self.slots.push(slot) {
                *self.oldest()? = slot;
            }
        }
        let last = self.begun;
        let slot = self.slot(key)?;
        slot.last = last;
        Some(slot)
    }

    /// The slot that makes room.
    fn oldest(&mut self) -> Option<&mut Slot<K, B>> {
        let begun = self.begun;
        let idle = self.slots.iter_mut().filter(|slot| slot.in_flight == 0);
        idle.max_by_key(|slot| begun.wrapping_sub(slot.last))
    }
}

impl<K: fmt::Debug, B: fmt::Debug, const N: usize> fmt::Debug for BudgetTable<K, B, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.slots.iter().map(|slot| (&slot.key, &slot.budget));
        f.debug_map().entries(entries).finish()
    }
}

/// The budget of one key, for one call. Taken by `with_budget`.
///
/// # Examples
///
/// See [`BudgetTable`].
#[derive(Clone, Copy, Debug)]
pub struct KeyedBudget<'t, K, M> {
    table: &'t M,
    key: K,
}

impl<'t, K, M> KeyedBudget<'t, K, M> {
    /// Names the key of a call, and the lock around the table that has the key's budget.
    pub const fn new(table: &'t M, key: K) -> Self {
        Self { table, key }
    }
}

impl<K, B, M, const N: usize> Budget for KeyedBudget<'_, K, M>
where
    K: Clone + Eq,
    B: Budget,
    M: Lock<Value = BudgetTable<K, B, N>>,
{
    /// `None`: there was no room for the key, or the call has not begun.
    type Held = Option<B::Held>;

    fn begin(&self, held: &mut Self::Held, now: Duration) {
        let begun = self.table.with(|table| {
            let slot = table.enter(&self.key)?;
            slot.in_flight = slot.in_flight.saturating_add(1);
            let mut held = B::Held::default();
            slot.budget.begin(&mut held, now);
            Some(held)
        });
        *held = begun.flatten();
    }

    fn withdraw(&self, held: &mut Self::Held, retry: &PlannedRetry) -> bool {
        let Some(held) = held else { return false };
        let granted = self.table.with(|table| {
            let slot = table.slot(&self.key)?;
            Some(slot.budget.withdraw(held, retry))
        });
        granted.flatten().unwrap_or(false)
    }

    fn refund(&self, held: &mut Self::Held, retry: &PlannedRetry) {
        let Some(held) = held else { return };
        self.table.with(|table| {
            if let Some(slot) = table.slot(&self.key) {
                slot.budget.refund(held, retry);
            }
        });
    }

    fn recheck(&self, held: &Self::Held) -> bool {
        let Some(held) = held else { return false };
        let granted = self.table.with(|table| {
            let slot = table.slot(&self.key)?;
            Some(slot.budget.recheck(held))
        });
        granted.flatten().unwrap_or(false)
    }

    fn end(&self, held: Self::Held, end: CallEnd) {
        let Some(held) = held else { return };
        self.table.with(|table| {
            if let Some(slot) = table.slot(&self.key) {
                slot.in_flight = slot.in_flight.saturating_sub(1);
                slot.budget.end(held, end);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use core::cell::RefCell;

    use backoff_core::{Account, Failure, TokenBudget};

    use super::*;

    type Table = RefCell<BudgetTable<char, TokenBudget, 2>>;

    fn table() -> Table {
        RefCell::new(BudgetTable::new(|| TokenBudget::new(10, 1)))
    }

    fn begin(table: &Table, key: char) -> Account<KeyedBudget<'_, char, Table>> {
        let mut account = Account::new(KeyedBudget::new(table, key));
        account.begin(Duration::ZERO);
        account
    }

    fn retry(account: &mut Account<KeyedBudget<'_, char, Table>>) -> bool {
        account.withdraw(&PlannedRetry::new(
            Duration::ZERO,
            Failure::transient(),
            Duration::ZERO,
        ))
    }

    /// The tokens of the keys a, b and c.
    fn tokens(table: &Table) -> [Option<u32>; 3] {
        ['a', 'b', 'c'].map(|key| table.borrow().get(&key).map(TokenBudget::tokens))
    }

    #[test]
    fn each_key_has_a_budget_of_its_own() {
        let table = table();
        let (mut first, mut second) = (begin(&table, 'a'), begin(&table, 'b'));
        assert!(retry(&mut first) && retry(&mut first) && retry(&mut second));
        drop(second);
        assert_eq!(tokens(&table), [Some(8), Some(9), None]);
        assert!(retry(&mut begin(&table, 'a')) && first.recheck());
        first.end(CallEnd::Succeeded);
        assert_eq!(tokens(&table), [Some(8), Some(9), None]);
    }

    #[test]
    fn a_retry_that_another_budget_refuses_is_given_back_to_the_key() {
        let (table, empty) = (table(), TokenBudget::new(0, 1));
        let mut account = Account::new((KeyedBudget::new(&table, 'a'), &empty));
        account.begin(Duration::ZERO);
        assert!(!account.withdraw(&PlannedRetry::new(
            Duration::ZERO,
            Failure::transient(),
            Duration::ZERO
        )));
        assert_eq!(tokens(&table), [Some(10), None, None]);
    }

    #[test]
    fn the_key_that_was_called_the_longest_ago_makes_room() {
        let cases = [
            // (keys called one after another, who is in the table after that)
            ("ab", [true, true, false]),
            ("abc", [false, true, true]),
            ("abac", [true, false, true]),
            ("abacb", [false, true, true]),
        ];
        for (calls, expected) in cases {
            let table = table();
            for key in calls.chars() {
                assert!(retry(&mut begin(&table, key)), "{calls}");
            }
            assert_eq!(tokens(&table).map(|t| t.is_some()), expected, "{calls}");
        }
    }

    #[test]
    fn a_key_with_a_call_in_flight_stays() {
        let table = table();
        let mut first = begin(&table, 'a');
        drop(begin(&table, 'b'));
        drop(begin(&table, 'c'));
        assert!(retry(&mut first));
        assert_eq!(tokens(&table), [Some(9), None, Some(10)]);
    }

    #[test]
    fn a_key_without_room_is_not_retried() {
        let table = table();
        let busy = [begin(&table, 'a'), begin(&table, 'b')];
        let mut late = begin(&table, 'c');
        assert!(!retry(&mut late) && !late.recheck());
        late.end(CallEnd::Succeeded);
        assert_eq!(tokens(&table), [Some(10), Some(10), None]);
        drop(busy);
        assert!(retry(&mut begin(&table, 'c')));
    }

    #[test]
    fn a_key_that_comes_back_starts_anew() {
        let table = table();
        for key in ['a', 'b', 'c', 'a'] {
            retry(&mut begin(&table, key));
        }
        assert_eq!(tokens(&table), [Some(9), None, Some(9)]);
    }
}
