//! What happens, as it happens: two lines for each attempt, and a live one on a terminal.

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::time::Duration;

use backoff_http::ClassifiedBy;
use backoff_settings::AnySchedule;
use backoff_tokio::{DelayOrigin, Event, Failure, Jitter, Policy};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::client::{Client, Outcome};

pub(crate) struct Timeline<'c> {
    client: &'c Client,
    policy: &'c Policy<AnySchedule>,
    /// Hidden unless standard output is a terminal. Its length is the wait in milliseconds, if it is one.
    live: ProgressBar,
}

impl<'c> Timeline<'c> {
    pub(crate) fn new(client: &'c Client, policy: &'c Policy<AnySchedule>) -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg} {time}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner())
            .with_key("time", time);
        let live =
            ProgressBar::with_draw_target(None, ProgressDrawTarget::stdout()).with_style(style);
        live.enable_steady_tick(Duration::from_millis(100));
        Self {
            client,
            policy,
            live,
        }
    }

    /// Shows that an attempt is under way.
    pub(crate) fn attempt(&self, attempt: u32) {
        self.live.unset_length();
        self.live.reset_elapsed();
        self.live
            .set_message(format!("attempt {attempt} has taken"));
    }

    /// Tells what came back and what was decided.
    pub(crate) fn event(&self, event: &Event<'_, Outcome>) {
        match *event {
            Event::Retrying {
                attempt,
                elapsed,
                failure,
                delay,
                origin,
                outcome,
                ..
            } => {
                let why = self.why(attempt, failure, origin);
                let decision = format!("{}: wait {} ({why})", failure.kind(), Seconds(delay));
                self.row(attempt, elapsed, outcome, &decision);
                self.count_down(attempt + 1, delay);
            }
            Event::GaveUp {
                attempt,
                elapsed,
                failure,
                reason,
                outcome,
                ..
            } => {
                let because = match self.client.classify(outcome).classified_by() {
                    because @ ClassifiedBy::Unrepeatable(_) => because.to_string(),
                    _ => format!("gave up, {reason}"),
                };
                let decision = format!("{}: {because}", failure.kind());
                self.row(attempt, elapsed, outcome, &decision);
            }
            Event::Interrupted {
                attempt,
                elapsed,
                outcome,
                ..
            } => self.row(attempt, elapsed, outcome, "gave up, at the deadline"),
            Event::Succeeded {
                attempt,
                elapsed,
                outcome,
                ..
            } => self.row(attempt, elapsed, outcome, "accepted"),
            _ => {}
        }
    }

    /// Takes the live line away.
    pub(crate) fn end(&self) {
        self.live.finish_and_clear();
    }

    /// Prints a line above the live one. A reader that has gone away is no reason to stop.
    pub(crate) fn line(&self, line: impl Display) {
        self.live
            .suspend(|| writeln!(io::stdout(), "{line}").unwrap_or_default());
    }

    fn row(&self, attempt: u32, elapsed: Duration, outcome: &Outcome, decision: &str) {
        let (at, came_back) = (Seconds(elapsed), Described(outcome));
        self.line(format_args!(
            "attempt {attempt:<2} {at}  {came_back}\n{:19}{decision}",
            ""
        ));
    }

    fn count_down(&self, next: u32, delay: Duration) {
        let wait = delay.as_millis().try_into().unwrap_or(u64::MAX);
        self.live.set_length(wait);
        self.live.reset_elapsed();
        self.live.set_message(format!("attempt {next} in"));
    }

    /// Where a delay comes from.
    fn why(&self, attempt: u32, failure: Failure, origin: DelayOrigin) -> String {
        let window = self.window(attempt);
        let floor = failure.min_delay();
        match failure.retry_after() {
            Some(hint) if origin == DelayOrigin::Hint => {
                format!("the server's hint of {hint:?}, plus up to {window:?}")
            }
            _ if floor > Duration::ZERO => format!("at least {floor:?}, plus up to {window:?}"),
            _ => format!("our own window, up to {window:?}"),
        }
    }

    /// The window after an attempt: what the delay would be without jitter, hints and limits.
    fn window(&self, attempt: u32) -> Duration {
        let windows = self.policy.with_jitter(Jitter::None).retry_forever();
        let mut windows = windows.delays(|| 0);
        windows.nth(attempt as usize - 1).unwrap_or_default()
    }
}

/// What is left of a wait, or how long an attempt has taken so far.
fn time(state: &ProgressState, f: &mut dyn fmt::Write) {
    let time = match state.len() {
        Some(wait) => Duration::from_millis(wait).saturating_sub(state.elapsed()),
        None => state.elapsed(),
    };
    // A live line has nobody to tell of an error.
    let _ = write!(f, "{:.1} s", time.as_secs_f64());
}

struct Seconds(Duration);

impl Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} s", self.0.as_secs_f64())
    }
}

/// What came back, in a few words.
struct Described<'o>(&'o Outcome);

impl Display for Described<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Err(error) => error.fmt(f),
            Ok(answer) => {
                answer.status.fmt(f)?;
                if let Some(hint) = answer.headers.get("retry-after") {
                    write!(f, ", Retry-After: {}", hint.as_bytes().escape_ascii())?;
                }
                match answer.body.len() {
                    0 => Ok(()),
                    bytes => write!(f, ", {bytes} bytes"),
                }
            }
        }
    }
}
