//! The output of a command.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{self, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::process::Child;
use tokio::task::JoinHandle;
use tokio::time;

/// Passes the output of a command through as it arrives, and keeps its end.
#[derive(Debug, Default)]
pub(super) struct Output {
    tail: Arc<Mutex<Vec<u8>>>,
    /// Whether the command has ended.
    ended: Arc<AtomicBool>,
    copies: Vec<JoinHandle<()>>,
}

/// The bytes at the end of the output that patterns are matched with.
const KEPT_BYTES: usize = 1 << 16;

/// How long a process that outlives the command may keep the output open without writing to it.
const SILENCE: Duration = Duration::from_millis(200);

/// The bytes that are read after the command has ended: the most that a pipe of Linux holds (`fs.pipe-max-size`).
const MAX_PIPE_BYTES: usize = 1 << 20;

impl Output {
    /// Starts to pass through what the command writes to its pipes, if it has any.
    pub(super) fn pass_through(child: &mut Child) -> Self {
        let mut output = Self::default();
        if let Some(pipe) = child.stdout.take() {
            output.copy(pipe, io::stdout());
        }
        if let Some(pipe) = child.stderr.take() {
            output.copy(pipe, io::stderr());
        }
        output
    }

    fn copy(
        &mut self,
        from: impl AsyncRead + Unpin + Send + 'static,
        to: impl AsyncWrite + Unpin + Send + 'static,
    ) {
        let (tail, ended) = (Arc::clone(&self.tail), Arc::clone(&self.ended));
        self.copies.push(tokio::spawn(copy(from, to, tail, ended)));
    }

    /// Returns the end of the output, after the command has ended.
    pub(super) async fn finish(self) -> String {
        self.ended.store(true, Ordering::Relaxed);
        for copy in self.copies {
            let _ = copy.await;
        }
        match self.tail.lock() {
            Ok(tail) => String::from_utf8_lossy(&tail).into_owned(),
            Err(_) => String::new(),
        }
    }
}

/// Copies until the pipe is closed on either side. If the reader of this process has gone, the command notices too.
async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    tail: Arc<Mutex<Vec<u8>>>,
    ended: Arc<AtomicBool>,
) {
    let mut buffer = [0; 8_192];
    let mut left = MAX_PIPE_BYTES;
    while left > 0 {
        let chunk = match time::timeout(SILENCE, from.read(&mut buffer)).await {
            Ok(Ok(length @ 1..)) => &buffer[..length],
            Err(_) if !ended.load(Ordering::Relaxed) => continue,
            _ => break,
        };
        if ended.load(Ordering::Relaxed) {
            left = left.saturating_sub(chunk.len());
        }
        if let Ok(mut tail) = tail.lock() {
            tail.extend_from_slice(chunk);
            let surplus = tail.len().saturating_sub(KEPT_BYTES);
            tail.drain(..surplus);
        }
        if to.write_all(chunk).await.is_err() || to.flush().await.is_err() {
            break;
        }
    }
}
