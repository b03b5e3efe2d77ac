//! The adapters, and what their attributes need.

use proc_macro2::TokenStream;

/// The crate whose loop is expanded.
pub(crate) struct Adapter {
    pub(crate) path: TokenStream,
    /// Waits in async functions, not on threads.
    pub(crate) is_async: bool,
    /// Takes a generator from the caller.
    pub(crate) is_seeded: bool,
}

impl Adapter {
    /// Waits in async functions.
    pub(crate) const fn waiting(path: TokenStream) -> Self {
        Self {
            path,
            is_async: true,
            is_seeded: false,
        }
    }

    /// Waits in async functions, with a generator from the caller.
    pub(crate) const fn seeded(path: TokenStream) -> Self {
        Self {
            path,
            is_async: true,
            is_seeded: true,
        }
    }

    /// Waits on threads.
    pub(crate) const fn blocking(path: TokenStream) -> Self {
        Self {
            path,
            is_async: false,
            is_seeded: false,
        }
    }
}
