//! Any error of a service.

use std::error::Error;

/// Any error of a service.
pub type BoxError = Box<dyn Error + Send + Sync>;
