//! Where the ledger of a fleet is kept.

use std::fmt::Display;
use std::future::Future;

/// A place for one value that all processes of a fleet share, with compare-and-set.
///
/// [`KeyValue`](super::KeyValue) keeps it in NATS. A row of a database with a version, or a key of etcd, will do too.
pub trait LedgerStore {
    /// Why the store did not answer.
    type Error: Display;

    /// Reads the value and its version.
    fn load(&self) -> impl Future<Output = Result<Versioned, Self::Error>> + Send;

    /// Replaces the value if its version is still `version`; returns whether it did. A success changes the version.
    ///
    /// After an error, it may have been replaced or not.
    fn replace(
        &self,
        version: u64,
        value: Vec<u8>,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}

/// A value and its version.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Versioned {
    /// The version; any number that a replacement changes, and that is never used again.
    pub version: u64,
    /// The value. It is empty if the key does not exist.
    pub value: Vec<u8>,
}
