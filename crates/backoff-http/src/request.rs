//! What a classifier needs to know about a request: whether it may be repeated.

mod method;
mod request_info;

pub use method::{Method, Methods};
pub use request_info::RequestInfo;
