//! Fields of a message (RFC 9110, section 5): found by name, and read by value.

mod amount;
mod headers;
mod name_set;
mod value;

pub(crate) use amount::{Unit, of_parts, time, with_units};
pub use headers::{Headers, Lookup, lookup};
pub use name_set::NameSet;
pub(crate) use value::{digits, skip, split, trim};
