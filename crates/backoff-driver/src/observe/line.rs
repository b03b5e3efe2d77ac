//! An event as a line of text.

use core::fmt;
use core::time::Duration;

use backoff_core::{DelayOrigin, Failure};

use super::describe::{Attributes, Describe};
use super::event::Event;

/// An event, with an error if there is one, and with what is known of the operation.
pub(super) struct Line<'l, 'o, O: ?Sized> {
    event: &'l Event<'o, O>,
    error: Option<&'l dyn fmt::Display>,
    attributes: Attributes<'l>,
}

impl<'l, 'o, O: ?Sized> Line<'l, 'o, O> {
    pub(super) const fn new(event: &'l Event<'o, O>, error: Option<&'l dyn fmt::Display>) -> Self {
        Self {
            event,
            error,
            attributes: Attributes::NONE,
        }
    }

    pub(super) const fn with_attributes(mut self, attributes: Attributes<'l>) -> Self {
        self.attributes = attributes;
        self
    }
}

impl<O: Describe + ?Sized> Event<'_, O> {
    /// Returns the event as one line for a log, with what the outcome tells of itself: its error, and for HTTP the method,
    /// the host and the path.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_core::Policy;
    /// use backoff_driver::Attempts;
    /// use backoff_driver::test_util::{Script, VirtualClock};
    ///
    /// # let mut lines = Vec::new();
    /// let script = Script::fails(1, "reset").then(42);
    /// let outcome = Attempts::new(&Policy::DEFAULT, VirtualClock::new())
    ///     .on_event(|event| {
    ///         println!("{}", event.line()); // attempt 1 failed (transient) after 3.000ms: reset; retrying in 54.000ms
    /// #       lines.push(event.line().to_string());
    ///     })
    ///     .call(|| script.play());
    /// assert_eq!(outcome, Ok(42));
    /// # assert!(lines[0].contains(": reset; retrying in "), "{lines:?}");
    /// ```
    #[must_use]
    pub fn line(&self) -> impl fmt::Display {
        let outcome = self.outcome();
        Line::new(self, outcome.cause()).with_attributes(outcome.attributes())
    }
}

/// One line for a log, without what the outcome tells of itself; see [`line`](Event::line).
impl<O: ?Sized> fmt::Display for Event<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Line::new(self, None).fmt(f)
    }
}

impl<O: ?Sized> fmt::Display for Line<'_, '_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (attempt, elapsed) = (self.event.attempt(), self.event.elapsed());
        let failed = |failure: &Failure| Failed {
            attempt,
            elapsed,
            failure: *failure,
            error: self.error,
        };
        let (elapsed, error) = (Rounded(elapsed), Suffix(self.error));
        if self.attributes.method.is_some() {
            write!(f, "{}: ", self.attributes)?;
        }
        match self.event {
            Event::Interrupted { .. } => {
                write!(
                    f,
                    "attempt {attempt} was interrupted at the deadline, after {elapsed}{error}"
                )
            }
            Event::GaveUp {
                failure, reason, ..
            } => {
                write!(f, "{}; giving up: {reason}", failed(failure))
            }
            Event::Renewed { .. } => {
                write!(
                    f,
                    "attempt {attempt} lasted; a new call begins after {elapsed}{error}"
                )
            }
            Event::Retrying {
                failure,
                delay,
                origin,
                ..
            } => {
                let (delay, source) = (Rounded(*delay), source(*origin));
                write!(f, "{}; retrying in {delay}{source}", failed(failure))?;
                match (self.attributes.delay_field, origin) {
                    (Some(field), DelayOrigin::ClampedHint | DelayOrigin::Hint) => {
                        write!(f, " ({field})")
                    }
                    _ if self.attributes.method.is_some() && source.is_empty() => {
                        f.write_str(" by the schedule")
                    }
                    _ => Ok(()),
                }
            }
            Event::Succeeded { .. } => {
                write!(f, "attempt {attempt} succeeded after {elapsed}{error}")
            }
        }
    }
}

const fn source(origin: DelayOrigin) -> &'static str {
    match origin {
        DelayOrigin::ClampedHint => ", less than the server asked",
        DelayOrigin::Hint => ", as the server asked",
        _ => "",
    }
}

/// An attempt that failed, with its error if there is one.
pub(super) struct Failed<'l> {
    pub(super) attempt: u32,
    pub(super) elapsed: Duration,
    pub(super) failure: Failure,
    pub(super) error: Option<&'l dyn fmt::Display>,
}

impl fmt::Display for Failed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (attempt, kind) = (self.attempt, self.failure.kind());
        let (elapsed, error) = (Rounded(self.elapsed), Suffix(self.error));
        write!(
            f,
            "attempt {attempt} failed ({kind}) after {elapsed}{error}"
        )
    }
}

/// `: reset`, or nothing without an error. In the long form, in which `anyhow` names the causes.
struct Suffix<'l>(Option<&'l dyn fmt::Display>);

impl fmt::Display for Suffix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |error| write!(f, ": {error:#}"))
    }
}

/// A duration rounded to three places: `1.500s`, `20.000ms`.
pub(super) struct Rounded(pub(super) Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3?}", self.0)
    }
}
