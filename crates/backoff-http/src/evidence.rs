//! What is known about a request that got no whole response.

#[cfg(feature = "std")]
mod client_errors;
mod error_chain;
#[allow(
    clippy::module_inception,
    reason = "the wing is named after what is in it"
)]
mod evidence;
mod fault;
#[cfg(feature = "std")]
mod of_error;
#[cfg(feature = "std")]
mod partial_evidence;
mod sent;

pub(crate) use error_chain::source;
pub use evidence::Evidence;
pub use fault::Fault;
pub use sent::Sent;
