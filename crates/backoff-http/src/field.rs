//! Fields of a message (RFC 9110, section 5): found by name, and read by value.

mod amount;
mod headers;
mod value;

pub(crate) use amount::{Unit, of_parts, time, with_units};
pub use headers::{Headers, Lookup, lookup};
pub(crate) use value::{digits, split, trim};
