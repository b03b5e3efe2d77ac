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
    /// The pipe to the current attempt.
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
            sender: None,
        }
    }

    pub(super) fn begin(&mut self) -> io::Result<Stdio> {
        let (sender, receiver) = pipe::pipe()?;
        self.sender = Some(sender);
        Ok(receiver.into_blocking_fd()?.into())
    }

    /// Feeds an attempt until the end of the input, or until the attempt closes its own end.
    pub(super) async fn feed(&mut self) -> io::Result<()> {
        let mut buffer = [0; 8_192];
        let mut position = 0;
        // Without the sender, the attempt sees the end of the input.
        while let Some(mut sender) = self.sender.take() {
            let chunk = if position < self.length {
                self.kept.seek(SeekFrom::Start(position))?;
                self.kept.read(&mut buffer)?
            } else {
                self.read(&mut buffer).await?
            };
            position += chunk as u64;
            let is_taken = sender.write_all(&buffer[..chunk]).await.is_ok();
            self.sender = (chunk > 0 && is_taken).then_some(sender);
        }
        Ok(())
    }

    /// Reads more of the input, and keeps it. Returns 0 at its end.
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer).await?;
        self.kept.seek(SeekFrom::Start(self.length))?;
        self.kept.write_all(&buffer[..read])?;
        self.length += read as u64;
        Ok(read)
    }
}
