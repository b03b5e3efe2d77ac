#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    clippy::alloc_instead_of_core,
    clippy::float_arithmetic,
    clippy::std_instead_of_core
)]
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(test)]
extern crate std;

mod delivery;
mod note;
mod settlement;
#[cfg(feature = "test-util")]
pub mod settlement_table;

pub use backoff_core::*;

pub use delivery::Delivery;
pub use note::{Note, NoteError};
pub use settlement::Settlement;
