//! What the tests of this folder share.

pub mod scenario;

/// The examples of the README, compiled as printed.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
