//! What the tests of this folder share.

pub mod scenario;

#[cfg(doctest)]
mod documents;
