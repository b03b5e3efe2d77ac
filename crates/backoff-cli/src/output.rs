//! The output of a command: passed on as it comes, and its end kept.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{self, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::process::Child;
use tokio::task::JoinHandle;
use tokio::time;

/// The output of a command that is under way.
#[derive(Debug, Default)]
pub(crate) struct Output {
    tail: Arc<Mutex<Vec<u8>>>,
    /// The command has ended.
    over: Arc<AtomicBool>,
    copies: Vec<JoinHandle<()>>,
}

/// Patterns are sought in so many bytes at the end of the output.
const KEPT: usize = 1 << 16;

/// How long a process that outlives the command may keep the output open in silence.
const PATIENCE: Duration = Duration::from_millis(200);

/// What is read after the command has ended: as much as a pipe of Linux holds at most (`fs.pipe-max-size`).
const LEFT_OVER: usize = 1 << 20;

impl Output {
    /// Begins to pass on what the command writes into its pipes, if it has any.
    pub(crate) fn pass_through(child: &mut Child) -> Self {
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
        let (tail, over) = (Arc::clone(&self.tail), Arc::clone(&self.over));
        self.copies.push(tokio::spawn(copy(from, to, tail, over)));
    }

    /// What there was at the end, once the command is over.
    pub(crate) async fn finish(self) -> String {
        self.over.store(true, Ordering::Relaxed);
        for copy in self.copies {
            let _ = copy.await;
        }
        match self.tail.lock() {
            Ok(tail) => String::from_utf8_lossy(&tail).into_owned(),
            Err(_) => String::new(),
        }
    }
}

/// Passes on what comes, until the pipe is closed on either side. A reader who has gone is what the command sees, too.
async fn copy(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    tail: Arc<Mutex<Vec<u8>>>,
    over: Arc<AtomicBool>,
) {
    let mut buffer = [0; 8_192];
    let mut left = LEFT_OVER;
    while left > 0 {
        let chunk = match time::timeout(PATIENCE, from.read(&mut buffer)).await {
            Ok(Ok(length @ 1..)) => &buffer[..length],
            Err(_) if !over.load(Ordering::Relaxed) => continue,
            _ => break,
        };
        if over.load(Ordering::Relaxed) {
            left = left.saturating_sub(chunk.len());
        }
        if let Ok(mut tail) = tail.lock() {
            tail.extend_from_slice(chunk);
            let surplus = tail.len().saturating_sub(KEPT);
            tail.drain(..surplus);
        }
        if to.write_all(chunk).await.is_err() || to.flush().await.is_err() {
            break;
        }
    }
}
