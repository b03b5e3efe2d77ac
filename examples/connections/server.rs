//! A server that can be killed and started again at the same address.

use std::io;

/// A server that can be killed and started again at the same address.
#[allow(async_fn_in_trait, reason = "its callers are here")]
pub trait Server {
    /// Starts it, and returns when it accepts connections.
    async fn start(&mut self) -> io::Result<()>;

    /// Kills it, so that it cannot say goodbye.
    async fn kill(&mut self) -> io::Result<()>;
}
