//! A ledger in the key-value store of NATS.

use async_nats::jetstream::kv::{Operation, Store, UpdateErrorKind};

use super::store::{LedgerStore, Versioned};

/// A ledger in one key of a NATS key-value store.
///
/// The bucket needs no history. Its entries must not expire: let its `max_age` be zero.
#[derive(Clone, Debug)]
pub struct KeyValue {
    store: Store,
    key: String,
}

impl KeyValue {
    /// Keeps the ledger at `key`. All processes of a fleet use the same, and each fleet has its own.
    pub fn new(store: Store, key: impl Into<String>) -> Self {
        Self {
            store,
            key: key.into(),
        }
    }
}

impl LedgerStore for KeyValue {
    type Error = async_nats::Error;

    async fn load(&self) -> Result<Versioned, async_nats::Error> {
        let entry = self.store.entry(self.key.clone()).await?;
        Ok(entry.map_or_else(Versioned::default, |entry| Versioned {
            version: entry.revision,
            value: match entry.operation {
                Operation::Put => entry.value.to_vec(),
                Operation::Delete | Operation::Purge => Vec::new(),
            },
        }))
    }

    async fn replace(&self, version: u64, value: Vec<u8>) -> Result<bool, async_nats::Error> {
        match self.store.update(&self.key, value.into(), version).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
