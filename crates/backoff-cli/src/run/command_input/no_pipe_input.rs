//! A pipe as standard input, on systems that cannot copy from it without reading.

use std::io;
use std::process::Stdio;

/// Stands for the input of Linux. The command inherits a pipe instead.
#[derive(Debug, Default)]
pub(super) struct PipeInput;

impl PipeInput {
    /// Only Linux can copy from a pipe without reading from it.
    pub(super) const IS_SUPPORTED: bool = false;

    pub(super) fn begin(&mut self) -> io::Result<Stdio> {
        Ok(Stdio::inherit())
    }

    pub(super) fn end(&mut self) -> io::Result<bool> {
        Ok(false)
    }
}
