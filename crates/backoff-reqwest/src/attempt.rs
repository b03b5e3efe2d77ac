//! One attempt: hooks, the request, redirects to other hosts, the body of the response.

mod hook;
mod hops;
mod late;
mod redirect;
mod send;

pub(crate) use hook::Hook;
pub use hook::{BoxError, HookError};
pub use hops::no_retries;
pub(crate) use late::late;
pub use redirect::redirects;
pub(crate) use send::{Plan, Sent, send};
