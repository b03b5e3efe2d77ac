//! A pipe as standard input, from which only what an attempt reads is taken.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, ioctl_fionread};
use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice, tee};

/// A pipe as standard input.
///
/// Each attempt gets a pipe of its own with a copy of the next bytes of the input. What the attempt reads is then
/// removed from the input itself. So this process knows whether an attempt has read anything, and everything else stays
/// in the input, for the next attempt and for other processes that share it.
#[derive(Debug, Default)]
pub(super) struct PipeInput {
    /// `None` between attempts.
    feeding: Option<Feeding>,
    is_read: bool,
}

/// A thread that feeds an attempt.
#[derive(Debug)]
struct Feeding {
    thread: JoinHandle<io::Result<bool>>,
    /// The thread ends when this is closed.
    stop: OwnedFd,
}

/// The least size of a pipe on Linux, that of a page. It holds one chunk, so it becomes writable when the attempt has
/// read all of that chunk.
const CHUNK: usize = 4_096;

impl PipeInput {
    /// Only Linux can copy from a pipe without reading from it.
    pub(super) const IS_SUPPORTED: bool = true;

    pub(super) fn begin(&mut self) -> io::Result<Stdio> {
        let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
        fcntl_setpipe_size(&writer, CHUNK)?;
        let input = reader.try_clone()?;
        let (stopped, stop) = pipe_with(PipeFlags::CLOEXEC)?;
        let null = File::options().write(true).open("/dev/null")?;
        let thread =
            thread::Builder::new().spawn(move || feed(&writer, &reader, &stopped, &null))?;
        self.feeding = Some(Feeding { thread, stop });
        Ok(input.into())
    }

    /// Ends an attempt. Returns whether any attempt has read from the input.
    pub(super) fn end(&mut self) -> io::Result<bool> {
        if let Some(Feeding { thread, stop }) = self.feeding.take() {
            drop(stop);
            let fed = thread.join();
            self.is_read |= fed.unwrap_or_else(|_| Err(io::Error::other("its thread panicked")))?;
        }
        Ok(self.is_read)
    }
}

/// Feeds an attempt until the end of the input, or until it is stopped. Returns whether the attempt has read anything.
fn feed(writer: &OwnedFd, reader: &OwnedFd, stopped: &OwnedFd, null: &File) -> io::Result<bool> {
    let source = io::stdin();
    let mut is_read = false;
    loop {
        let copied = match wait(&PollFd::new(&source, PollFlags::IN), stopped)? {
            Event::Ready => match tee(&source, writer, CHUNK, SpliceFlags::NONBLOCK) {
                // Another process that shares the input has read it.
                Err(Errno::AGAIN) => continue,
                copied => copied?,
            },
            Event::Stopped => return Ok(is_read),
        };
        if copied == 0 {
            return Ok(is_read);
        }
        let event = wait(&PollFd::new(writer, PollFlags::OUT), stopped)?;
        let unread = ioctl_fionread(reader)? as usize;
        let read = copied.saturating_sub(unread);
        is_read |= read > 0;
        remove(&source, read, null)?;
        if event == Event::Stopped {
            return Ok(is_read);
        }
    }
}

/// Removes bytes from the beginning of the input.
fn remove(source: &io::Stdin, mut bytes: usize, null: &File) -> io::Result<()> {
    while bytes > 0 {
        match splice(source, None, null, None, bytes, SpliceFlags::NONBLOCK) {
            // Another process that shares the input has read them.
            Ok(0) | Err(Errno::AGAIN) => break,
            removed => bytes -= removed?,
        }
    }
    Ok(())
}

/// What a wait ended with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Event {
    Ready,
    Stopped,
}

fn wait(file: &PollFd<'_>, stopped: &OwnedFd) -> io::Result<Event> {
    let mut files = [file.clone(), PollFd::new(stopped, PollFlags::IN)];
    loop {
        match poll(&mut files, None) {
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
            Ok(_) if !files[1].revents().is_empty() => return Ok(Event::Stopped),
            Ok(_) => return Ok(Event::Ready),
        }
    }
}
