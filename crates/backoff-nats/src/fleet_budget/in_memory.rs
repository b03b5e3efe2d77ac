//! A ledger that the tasks of one process share.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use super::store::{LedgerStore, Versioned};

/// A ledger in memory: for tests, and for parts of one process that have a budget each.
#[derive(Clone, Debug, Default)]
pub struct InMemory {
    value: Arc<Mutex<Versioned>>,
}

impl LedgerStore for InMemory {
    type Error = Infallible;

    async fn load(&self) -> Result<Versioned, Infallible> {
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(value.clone())
    }

    async fn replace(&self, version: u64, value: Vec<u8>) -> Result<bool, Infallible> {
        let mut stored = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        let same = stored.version == version;
        if same {
            *stored = Versioned {
                version: version.wrapping_add(1),
                value,
            };
        }
        Ok(same)
    }
}
