//! What a connection tells.

/// What a connection tells while it lasts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Heard {
    /// A message of the server.
    Message(String),
    /// The connection is of use: the server has confirmed the subscription.
    Up,
}
