//! Bodies: of requests that are sent again, and of responses that are read by the client.

mod form;
mod head;
mod kept;
mod limit;
mod prefixed;
mod spare;
mod whole;

pub(crate) use form::keep_form;
pub(crate) use head::Head;
pub(crate) use kept::keep;
pub use limit::BodyTooLong;
pub(crate) use limit::DEFAULT_LIMIT;
pub(crate) use prefixed::{Prefixed, failing, spent};
pub(crate) use spare::{is_repeatable, take};
pub(crate) use whole::{Rest, read};
