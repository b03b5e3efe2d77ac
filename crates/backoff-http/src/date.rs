//! Dates of HTTP: read to the letter, or as servers write them.

mod calendar;
mod digits;
mod error;
mod http_date;
mod lenient;
mod names;
mod parts;
mod strict;
#[cfg(feature = "std")]
mod system_time;
mod zone;

pub use error::DateError;
pub use http_date::HttpDate;
