#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

/// Retries a function, as an attribute; see [`backoff_macros`].
#[cfg(feature = "macros")]
pub use backoff_macros::retry_async_std as retry;
// async-std and smol have the same reactor, async-io, so the adapter is the same.
pub use backoff_smol::*;
