//! The output of a command: passed on as it comes, and its end kept.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Child;
use tokio::task::JoinHandle;
use tokio::time;

/// The output of a command that is under way.
#[derive(Debug, Default)]
pub(crate) struct Output {
    tail: Arc<Mutex<Vec<u8>>>,
    copies: Vec<JoinHandle<()>>,
}

/// Patterns are sought in so many bytes at the end of the output.
const KEPT: usize = 1 << 16;

/// How long a process that outlives the command may keep the output open.
const PATIENCE: Duration = Duration::from_millis(200);

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
        mut from: impl AsyncRead + Unpin + Send + 'static,
        mut to: impl Write + Send + 'static,
    ) {
        let tail = Arc::clone(&self.tail);
        self.copies.push(tokio::spawn(async move {
            let mut buffer = [0; 8_192];
            while let Ok(length @ 1..) = from.read(&mut buffer).await {
                let chunk = &buffer[..length];
                // Where the reader has gone, the command may still want to finish.
                let _ = to.write_all(chunk).and_then(|()| to.flush());
                if let Ok(mut tail) = tail.lock() {
                    tail.extend_from_slice(chunk);
                    let surplus = tail.len().saturating_sub(KEPT);
                    tail.drain(..surplus);
                }
            }
        }));
    }

    /// What there was at the end, once the command is over.
    pub(crate) async fn finish(self) -> String {
        for copy in self.copies {
            let _ = time::timeout(PATIENCE, copy).await;
        }
        match self.tail.lock() {
            Ok(tail) => String::from_utf8_lossy(&tail).into_owned(),
            Err(_) => String::new(),
        }
    }
}
