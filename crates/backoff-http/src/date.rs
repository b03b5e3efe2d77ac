//! Dates of HTTP, read strictly or as servers write them in practice.

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
