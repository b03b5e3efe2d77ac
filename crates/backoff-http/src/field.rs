//! Fields of a message (RFC 9110, section 5): found by name, and read by value.

mod headers;
mod value;

pub use headers::{Headers, Lookup, lookup};
pub(crate) use value::{Unit, digits, split, sum, time, trim};
