//! Bodies that are read before they are sent, so that they can be sent again.

mod buffered;
mod future;
mod layer;
mod reading;
mod service;

pub use buffered::Buffered;
pub use future::BufferFuture;
pub use layer::BufferLayer;
pub(crate) use reading::Reading;
pub use service::Buffer;
