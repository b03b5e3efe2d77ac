//! What a command writes to its pipes.

use std::io;
use std::os::fd::AsFd;

use rustix::io::ioctl_fionread;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStderr, ChildStdout};

use super::super::pattern::{Findings, OutputMatcher, OutputPatterns};
use super::mode::{OutputMode, Stream};
use super::outputs::Output;
use super::writer::Writer;

/// Reads what a command writes to its pipes, looks for patterns in it, and passes it on.
#[derive(Debug)]
pub(crate) struct Capture<'p> {
    stdout: Option<Pipe<'p, ChildStdout>>,
    stderr: Option<Pipe<'p, ChildStderr>>,
    findings: Findings,
    /// Both streams go to the standard error of this process.
    all_to_stderr: bool,
    /// What processes write that outlive the command is not waited for.
    closes: bool,
}

#[derive(Debug)]
struct Pipe<'p, R> {
    reader: R,
    /// `None` without patterns.
    matcher: Option<OutputMatcher<'p>>,
    /// The bytes of the command itself that are still to be read. Set when it has ended.
    owed: usize,
}

/// The bytes that are read at once: as many as a pipe of Linux holds by default (`pipe(7)`).
const CHUNK: usize = 1 << 16;

impl<'p> Capture<'p> {
    /// Takes the pipes of a command, if it has any.
    pub(crate) fn of(child: &mut Child, patterns: Option<&'p OutputPatterns>) -> Self {
        Self {
            stdout: child
                .stdout
                .take()
                .map(|reader| Pipe::new(reader, patterns)),
            stderr: child
                .stderr
                .take()
                .map(|reader| Pipe::new(reader, patterns)),
            findings: Findings::default(),
            all_to_stderr: false,
            closes: false,
        }
    }

    /// Sends both streams to the standard error of this process.
    pub(crate) fn into_stderr(mut self) -> Self {
        self.all_to_stderr = true;
        self
    }

    /// Passes on what arrives, until both streams end. May be dropped and called again.
    ///
    /// # Errors
    ///
    /// Fails if the output of this process fails. If its reader has gone, the pipe is closed, so that the command gets
    /// SIGPIPE.
    pub(crate) async fn pass_on(&mut self, output: &mut Output) -> io::Result<()> {
        loop {
            self.close_what_is_read();
            if self.stdout.is_none() && self.stderr.is_none() {
                return Ok(());
            }
            let Output {
                mode,
                stdout,
                stderr,
                ..
            } = output;
            let (stream, chunk) = tokio::select! {
                chunk = next(self.stdout.as_mut(), stdout, *mode) => (Stream::Stdout, chunk),
                chunk = next(self.stderr.as_mut(), stderr, *mode) => (Stream::Stderr, chunk),
            };
            match chunk {
                Ok(chunk) if chunk.is_empty() => self.close(stream),
                Ok(chunk) => {
                    let stream = if self.all_to_stderr {
                        Stream::Stderr
                    } else {
                        stream
                    };
                    output.write(stream, chunk)?;
                }
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => self.close(stream),
                Err(error) => {
                    output.has_failed = true;
                    return Err(error);
                }
            }
        }
    }

    /// Notes that the command has ended: what is in its pipes now is its own.
    pub(crate) fn command_ended(&mut self) {
        self.stdout.iter_mut().for_each(Pipe::command_ended);
        self.stderr.iter_mut().for_each(Pipe::command_ended);
    }

    /// Reads only what the command itself has written, and then closes the pipes.
    pub(crate) fn close_after_command(&mut self) {
        self.closes = true;
        self.close_what_is_read();
    }

    /// Ends the search for patterns, and returns what was found.
    pub(crate) fn finish(mut self) -> Findings {
        self.close(Stream::Stdout);
        self.close(Stream::Stderr);
        self.findings
    }

    fn close_what_is_read(&mut self) {
        if self.closes && self.stdout.as_ref().is_some_and(|pipe| pipe.owed == 0) {
            self.close(Stream::Stdout);
        }
        if self.closes && self.stderr.as_ref().is_some_and(|pipe| pipe.owed == 0) {
            self.close(Stream::Stderr);
        }
    }

    fn close(&mut self, stream: Stream) {
        let matcher = match stream {
            Stream::Stderr => self.stderr.take().and_then(|pipe| pipe.matcher),
            Stream::Stdout => self.stdout.take().and_then(|pipe| pipe.matcher),
        };
        let found = matcher.map(OutputMatcher::finish);
        self.findings.add(found.unwrap_or_default());
    }
}

impl<'p, R: AsFd> Pipe<'p, R> {
    fn new(reader: R, patterns: Option<&'p OutputPatterns>) -> Self {
        // So both processes switch less often. A system that refuses is slower, and as good.
        #[cfg(target_os = "linux")]
        let _ = rustix::pipe::fcntl_setpipe_size(&reader, 4 * CHUNK);
        Self {
            reader,
            matcher: patterns.and_then(OutputPatterns::matcher),
            owed: 0,
        }
    }

    fn command_ended(&mut self) {
        let unread = ioctl_fionread(&self.reader).unwrap_or(0);
        self.owed = usize::try_from(unread).unwrap_or(usize::MAX);
    }
}

/// Reads the next chunk of a stream when its output has room; an empty one at its end.
async fn next<R: AsyncRead + Unpin>(
    pipe: Option<&mut Pipe<'_, R>>,
    writer: &mut Writer,
    mode: OutputMode,
) -> io::Result<Vec<u8>> {
    let Some(pipe) = pipe else {
        return std::future::pending().await;
    };
    Output::room(writer, mode).await?;
    let mut chunk = Vec::with_capacity(CHUNK);
    pipe.reader.read_buf(&mut chunk).await?;
    pipe.owed = pipe.owed.saturating_sub(chunk.len());
    if let Some(matcher) = &mut pipe.matcher {
        matcher.feed(&chunk);
    }
    chunk.shrink_to_fit(); // many small chunks may be queued
    Ok(chunk)
}
