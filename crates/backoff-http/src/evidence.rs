//! What is known of a request without a complete response.

#[cfg(feature = "std")]
mod client_errors;
mod error_chain;
#[allow(
    clippy::module_inception,
    reason = "the door has the name of what it is for"
)]
mod evidence;
mod fault;
#[cfg(feature = "std")]
mod of_error;
#[cfg(feature = "std")]
mod partial_evidence;
mod sent;
#[cfg(feature = "ureq-3")]
mod ureq;

pub use error_chain::ErrorChain;
pub use evidence::Evidence;
pub use fault::Fault;
pub use sent::Sent;
