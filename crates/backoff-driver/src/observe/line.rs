//! An event as a line of text.

use core::fmt;
use core::time::Duration;

use backoff_core::{DelayOrigin, Failure};

use super::event::Event;

/// An event, with an error if there is one.
pub(super) struct Line<'l, 'o, O: ?Sized> {
    event: &'l Event<'o, O>,
    error: Option<&'l dyn fmt::Display>,
}

impl<'l, 'o, O: ?Sized> Line<'l, 'o, O> {
    pub(super) const fn new(event: &'l Event<'o, O>, error: Option<&'l dyn fmt::Display>) -> Self {
        Self { event, error }
    }
}

/// One line for a log, without the error.
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
        let elapsed = Rounded(elapsed);
        match self.event {
            Event::Interrupted { .. } => {
                let error = Suffix(self.error);
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
                let error = Suffix(self.error);
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
                write!(f, "{}; retrying in {delay}{source}", failed(failure))
            }
            Event::Succeeded { .. } => {
                let error = Suffix(self.error);
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

/// `: reset`, or nothing without an error.
struct Suffix<'l>(Option<&'l dyn fmt::Display>);

impl fmt::Display for Suffix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |error| write!(f, ": {error}"))
    }
}

/// A duration rounded to three places: `1.500s`, `20.000ms`.
pub(super) struct Rounded(pub(super) Duration);

impl fmt::Display for Rounded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3?}", self.0)
    }
}
