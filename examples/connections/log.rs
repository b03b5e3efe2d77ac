//! What happened, and when: what the tests check, and what the examples print.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use backoff_tokio::Event;
use tokio::time::{Instant, sleep};

use crate::{ConnectionError, Heard};

/// Something that happened to a client or to its server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum What {
    /// A connection is being made: this attempt of the current call.
    Attempt(u32),
    /// The connection ended, or was not made. The next attempt follows after the delay.
    Failed {
        /// The attempt that failed.
        attempt: u32,
        /// The wait that was decided.
        delay: Duration,
        /// The error as text.
        error: String,
    },
    /// The call is over.
    GaveUp(String),
    /// The client has heard something.
    Heard(Heard),
    /// The server was killed.
    Killed,
    /// The connection had lasted: a new call begins with its failure.
    Renewed,
    /// The server accepts connections.
    Started,
}

/// An entry of the log, with the time since its start.
#[derive(Clone, Debug)]
pub struct Line {
    /// Since the start of the log.
    pub at: Duration,
    /// What happened.
    pub what: What,
}

/// A log that clones share.
#[derive(Clone, Debug)]
pub struct Log {
    start: Instant,
    lines: Arc<Mutex<Vec<Line>>>,
    prints: bool,
}

impl Log {
    /// Makes an empty log, which also prints its lines if `prints`.
    #[must_use]
    pub fn new(prints: bool) -> Self {
        Self {
            start: Instant::now(),
            lines: Arc::default(),
            prints,
        }
    }

    /// Adds an entry, at this time.
    pub fn add(&self, what: What) {
        let at = self.start.elapsed();
        let line = Line { at, what };
        #[allow(clippy::print_stdout, reason = "what an example is for")]
        if self.prints {
            println!("{line}");
        }
        self.locked().push(line);
    }

    pub(crate) fn event(&self, event: &Event<'_, Result<(), ConnectionError>>) {
        match event {
            Event::Retrying {
                attempt,
                delay,
                outcome: Err(error),
                ..
            } => self.add(What::Failed {
                attempt: *attempt,
                delay: *delay,
                error: error.to_string(),
            }),
            Event::Renewed { .. } => self.add(What::Renewed),
            Event::GaveUp { .. } => self.add(What::GaveUp(event.to_string())),
            _ => {}
        }
    }

    /// Everything so far.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        self.locked().clone()
    }

    /// Returns how often this happened.
    #[must_use]
    pub fn count(&self, is: impl Fn(&What) -> bool) -> usize {
        self.locked().iter().filter(|line| is(&line.what)).count()
    }

    /// Waits until this has happened so often.
    ///
    /// # Panics
    ///
    /// Panics after half a minute, with all that happened.
    pub async fn until(&self, times: usize, is: impl Fn(&What) -> bool) {
        let start = Instant::now();
        while self.count(&is) < times {
            assert!(start.elapsed() < Duration::from_secs(30), "{self}");
            sleep(Duration::from_millis(2)).await;
        }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Vec<Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines()
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:7.3} s  ", self.at.as_secs_f64())?;
        match &self.what {
            What::Attempt(attempt) => write!(f, "attempt {attempt}"),
            What::Failed { delay, error, .. } => {
                write!(f, "  failed: {error}; the next in {delay:.1?}")
            }
            What::GaveUp(event) => f.write_str(event),
            What::Heard(Heard::Message(text)) => write!(f, "  heard {text:?}"),
            What::Heard(Heard::Up) => f.write_str("  up"),
            What::Killed => f.write_str("-- server killed"),
            What::Renewed => f.write_str("  had lasted: a new call"),
            What::Started => f.write_str("-- server started"),
        }
    }
}
