//! Values that live as long as the program.

use std::sync::{Mutex, PoisonError};

/// Values that live as long as the program: each different value is kept once.
///
/// Settings are read a few times in the life of a program, and their values are few. A list is enough for them.
pub(crate) struct Interned<K, V: ?Sized + 'static>(Mutex<Vec<(K, &'static V)>>);

impl<K: PartialEq, V: ?Sized> Interned<K, V> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Returns the value of a key, and makes it if the key is new.
    pub(crate) fn get(&self, key: K, make: impl FnOnce(&K) -> Box<V>) -> &'static V {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, value)) = known.iter().find(|(other, _)| *other == key) {
            return value;
        }
        let value: &'static V = Box::leak(make(&key));
        known.push((key, value));
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_different_value_is_kept_once() {
        let known = Interned::new();
        let get = |key: &'static str| known.get(key, |key| Box::<str>::from(*key));
        let (one, same, other) = (get("a"), get("a"), get("b"));
        assert!(std::ptr::eq(one, same));
        assert_eq!((one, other), ("a", "b"));
    }
}
