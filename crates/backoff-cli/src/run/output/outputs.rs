//! The outputs of this process, which may block or fail.

use std::io;

use super::mode::{OutputMode, Stream};
use super::spool::Spool;
use super::writer::Writer;

/// The outputs of this process. What the attempts and the log write is passed on or held back.
#[derive(Debug)]
pub(crate) struct Output {
    pub(super) mode: OutputMode,
    held: Spool,
    pub(super) stdout: Writer,
    pub(super) stderr: Writer,
    /// An error was returned, so that the next one would be the same.
    pub(super) has_failed: bool,
}

/// The bytes that may be queued for an output before its command has to wait.
const MAX_QUEUED: u64 = 1 << 18;

impl Output {
    pub(crate) fn open(mode: OutputMode) -> io::Result<Self> {
        Ok(Self {
            mode,
            held: Spool::new(),
            stdout: Writer::to(io::stdout())?,
            stderr: Writer::to(io::stderr())?,
            has_failed: false,
        })
    }

    /// Forgets the output of the previous attempt if only the last one counts.
    pub(crate) fn begin_attempt(&mut self) {
        if self.mode == OutputMode::Last {
            self.held = Spool::new();
        }
    }

    /// Takes a chunk of the output of an attempt. Never waits for a reader.
    ///
    /// # Errors
    ///
    /// Fails if the chunk cannot be held back, because no disk has room for it.
    pub(crate) fn write(&mut self, stream: Stream, chunk: Vec<u8>) -> io::Result<()> {
        if self.mode != OutputMode::All {
            return self.held.push(stream, &chunk);
        }
        self.writer(stream).send(chunk);
        Ok(())
    }

    /// Takes a line of the log. It is held back only with everything else.
    pub(crate) fn log(&mut self, line: &str) {
        let line = format!("{line}\n").into_bytes();
        // Without room for it on any disk, a line is better written than lost.
        if self.mode != OutputMode::OnFailure || self.held.push(Stream::Stderr, &line).is_err() {
            self.stderr.send(line);
        }
    }

    /// Releases what is held back, unless the command has succeeded and nothing is to be printed then. Ends when it is
    /// written.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be read or written, and no other method has failed for that.
    pub(crate) async fn release(&mut self, is_success: bool) -> io::Result<()> {
        if is_success && self.mode == OutputMode::OnFailure {
            self.held = Spool::new();
        }
        self.mode = OutputMode::All;
        let mut previous = None;
        while let Some((stream, chunk)) = self.held.pop()? {
            // Both streams may lead to the same file, where the order shows.
            if previous.replace(stream) != Some(stream) {
                self.flush().await?;
            }
            let writer = self.writer(stream);
            writer.send(chunk);
            without_broken_pipe(writer.pending(MAX_QUEUED).await)?;
        }
        self.flush().await
    }

    /// Waits until everything that was passed on is written.
    ///
    /// # Errors
    ///
    /// Fails if that failed. A reader that has gone is no error here: the command has been told by a signal.
    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        let flushed = without_broken_pipe(self.stdout.pending(0).await);
        let is_known = std::mem::replace(&mut self.has_failed, flushed.is_err());
        // A log that cannot be written must not change the outcome.
        let _ = self.stderr.pending(0).await;
        if is_known { Ok(()) } else { flushed }
    }

    fn writer(&mut self, stream: Stream) -> &mut Writer {
        match stream {
            Stream::Stderr => &mut self.stderr,
            Stream::Stdout => &mut self.stdout,
        }
    }

    /// Waits until a stream may take more.
    pub(super) async fn room(writer: &mut Writer, mode: OutputMode) -> io::Result<()> {
        match mode {
            OutputMode::All => writer.pending(MAX_QUEUED).await,
            OutputMode::Last | OutputMode::OnFailure => Ok(()),
        }
    }
}

fn without_broken_pipe(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
