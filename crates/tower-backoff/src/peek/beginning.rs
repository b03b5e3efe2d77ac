//! The beginning of a body.

use bytes::Bytes;

/// The beginning of a response's body, in the extensions of the response: what the layer around classifies it by.
#[derive(Clone, Debug)]
pub(crate) struct Beginning(pub(crate) Bytes);
