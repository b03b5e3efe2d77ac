//! Standard input that every attempt gets as a whole.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::process::Stdio;

use tempfile::SpooledTempFile;
use tokio::io::{AsyncReadExt, AsyncWriteExt, Stdin, stdin};
use tokio::net::unix::pipe::{self, Sender};

/// Keeps the standard input of this process, and gives every attempt all of it.
#[derive(Debug)]
pub(super) struct ReplayInput {
    source: Stdin,
    /// What has been read from the source.
    kept: SpooledTempFile,
    length: u64,
    /// The source has ended.
    is_complete: bool,
    /// How much the current attempt has got.
    position: u64,
    /// The pipe to the current attempt. Without it, the attempt sees the end of the input.
    sender: Option<Sender>,
}

/// The bytes that are kept in memory; an input that is longer is kept in a temporary file.
const MAX_MEMORY: usize = 1 << 20;

impl ReplayInput {
    pub(super) fn new() -> Self {
        Self {
            source: stdin(),
            kept: SpooledTempFile::new(MAX_MEMORY),
            length: 0,
            is_complete: false,
            position: 0,
            sender: None,
        }
    }

    pub(super) fn begin(&mut self) -> io::Result<Stdio> {
        let (sender, receiver) = pipe::pipe()?;
        self.sender = Some(sender);
        self.position = 0;
        Ok(receiver.into_blocking_fd()?.into())
    }

    /// Feeds an attempt until the end of the input, or until the attempt closes its own end. May be dropped and called
    /// again: each wait either has its effect or has none.
    pub(super) async fn feed(&mut self) -> io::Result<()> {
        let mut buffer = [0; 8_192];
        while self.sender.is_some() {
            if self.position == self.length {
                self.read(&mut buffer).await?;
            }
            let chunk = self.chunk(&mut buffer)?;
            let Some(sender) = &mut self.sender else {
                break;
            };
            let written = match chunk {
                [] => Ok(0),
                chunk => sender.write(chunk).await,
            };
            match written {
                Ok(written @ 1..) => self.position += written as u64,
                _ => self.sender = None,
            }
        }
        Ok(())
    }

    /// Reads more of the source, unless it has ended, and keeps it.
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        if self.is_complete {
            return Ok(());
        }
        let read = self.source.read(buffer).await?;
        let chunk = buffer.get(..read).unwrap_or_default();
        self.is_complete = chunk.is_empty();
        self.kept.seek(SeekFrom::Start(self.length))?;
        self.kept.write_all(chunk)?;
        self.length += read as u64;
        Ok(())
    }

    /// Returns the next bytes that the current attempt has not got; none at the end.
    fn chunk<'b>(&mut self, buffer: &'b mut [u8]) -> io::Result<&'b [u8]> {
        if self.position == self.length {
            return Ok(&[]);
        }
        self.kept.seek(SeekFrom::Start(self.position))?;
        let read = self.kept.read(buffer)?;
        Ok(buffer.get(..read).unwrap_or_default())
    }
}
