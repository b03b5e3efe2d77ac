//! A thread that writes to an output of this process.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, write};
use tokio::sync::watch;

/// Writes to an output of this process, on a thread of its own: a write blocks for as long as the reader does not read.
#[derive(Debug)]
pub(super) struct Writer {
    chunks: Sender<Vec<u8>>,
    /// The bytes that were handed to the thread.
    sent: u64,
    progress: watch::Receiver<Progress>,
}

/// How far the thread has come.
#[derive(Debug, Default)]
struct Progress {
    written: u64,
    error: Option<Errno>,
}

impl Writer {
    pub(super) fn to(output: impl AsFd) -> io::Result<Self> {
        let output = output.as_fd().try_clone_to_owned()?;
        let (chunks, received) = mpsc::channel();
        let (report, progress) = watch::channel(Progress::default());
        thread::Builder::new().spawn(move || write_chunks(&output, &received, &report))?;
        Ok(Self {
            chunks,
            sent: 0,
            progress,
        })
    }

    /// Queues a chunk. Never blocks.
    pub(super) fn send(&mut self, chunk: Vec<u8>) {
        let length = cost(&chunk);
        // After an error the thread has ended, and `pending` tells.
        if self.chunks.send(chunk).is_ok() {
            self.sent += length;
        }
    }

    /// Waits until at most this many bytes are queued.
    ///
    /// # Errors
    ///
    /// Fails if a write failed.
    pub(super) async fn pending(&mut self, bytes: u64) -> io::Result<()> {
        let enough = self.sent.saturating_sub(bytes);
        let is_due = |progress: &Progress| progress.error.is_some() || progress.written >= enough;
        match self.progress.wait_for(is_due).await {
            Ok(progress) => progress.error.map_or(Ok(()), |error| Err(error.into())),
            Err(_) => Err(io::Error::other("the thread that writes has ended")),
        }
    }
}

fn write_chunks(output: &OwnedFd, chunks: &Receiver<Vec<u8>>, report: &watch::Sender<Progress>) {
    for chunk in chunks {
        let error = write_all(output, &chunk).err();
        report.send_modify(|progress| {
            progress.written += cost(&chunk);
            progress.error = error;
        });
        if error.is_some() {
            break;
        }
    }
}

/// Returns the bytes that a queued chunk takes, at least about what an empty one does.
fn cost(chunk: &[u8]) -> u64 {
    chunk.len() as u64 + 64
}

fn write_all(output: &OwnedFd, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match write(output, bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            // Another process that shares the output has made it non-blocking.
            Err(Errno::AGAIN) => {
                poll(&mut [PollFd::new(output, PollFlags::OUT)], None)?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
