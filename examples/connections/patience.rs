//! How long a connection waits for its server.

use std::time::Duration;

/// How long a connection waits for its server. TCP itself notices after minutes, or never, that a server is gone.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For the connection and each answer. A real program says 10 s.
    pub answer: Duration,
    /// For a message, before the client asks whether the server is still there. A real program says 30 s.
    pub quiet: Duration,
}
