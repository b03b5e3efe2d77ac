//! What a classifier needs to know about a request.

mod method;
mod request_info;

pub use method::{Method, Methods};
pub use request_info::RequestInfo;
