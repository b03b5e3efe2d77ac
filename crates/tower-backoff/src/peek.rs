//! Bodies of responses that are read so that they can be classified.

mod beginning;
mod future;
mod layer;
mod service;

pub(crate) use beginning::Beginning;
pub use future::PeekFuture;
pub use layer::PeekLayer;
pub use service::Peek;
