//! A file as standard input.

use std::io;
use std::process::Stdio;

use rustix::fs::{SeekFrom, seek, tell};

/// A file as standard input. The commands share the position in it with this process.
#[derive(Clone, Copy, Debug)]
pub(super) struct FileInput {
    /// The position before the first attempt.
    start: u64,
    is_replayed: bool,
}

impl FileInput {
    pub(super) fn once() -> io::Result<Self> {
        Ok(Self {
            start: tell(io::stdin())?,
            is_replayed: false,
        })
    }

    pub(super) fn replayed() -> io::Result<Self> {
        Ok(Self {
            is_replayed: true,
            ..Self::once()?
        })
    }

    pub(super) fn begin(self) -> io::Result<Stdio> {
        if self.is_replayed {
            seek(io::stdin(), SeekFrom::Start(self.start))?;
        }
        Ok(Stdio::inherit())
    }

    /// Returns whether an attempt has read what is not replayed.
    pub(super) fn is_read(self) -> bool {
        !self.is_replayed && tell(io::stdin()).ok() != Some(self.start)
    }
}
