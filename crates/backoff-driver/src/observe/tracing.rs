//! A span per call, and an event per retry, for subscribers of `tracing`.

use core::fmt;
use core::time::Duration;

use ::tracing::field::{DisplayValue, Empty, display};
use ::tracing::{Span, debug, error, info, info_span, warn};

use super::line::Rounded;
use super::{Event, Observe};

/// Tells a subscriber of `tracing` of a call: one span, which contains an event for every retry and for the end.
///
/// The span is at the level info, named `call`, with the fields `operation` and, once the call is over, `attempts`,
/// `elapsed` and `completion`. It closes when the call is dropped. The target of the span and its events is `backoff`.
///
/// | event | level | fields |
/// |---|---|---|
/// | `retrying` | warn | `attempt`, `elapsed`, `kind`, `error`, `delay`, `origin` |
/// | `gave up` | error | `attempt`, `elapsed`, `kind`, `error`, `reason` |
/// | `interrupted at the deadline` | error | `attempt`, `elapsed` |
/// | `renewed` | info | `attempt`, `elapsed`, `error` |
/// | `succeeded` | info; debug at the first attempt | `attempt`, `elapsed` |
///
/// `attempt` is an integer from 1; `elapsed` and `delay` are texts with a unit, such as `1.500s`; `kind`, `origin` and
/// `reason` are the words of [`FailureKind`](backoff_core::FailureKind), [`DelayOrigin`](backoff_core::DelayOrigin) and
/// [`GiveUp`](backoff_core::GiveUp).
///
/// As an observer it takes outcomes whose error implements `Display`. For other errors use [`write`](Self::write).
///
/// # Examples
///
/// Instrument the call with the span, and the events of the operation itself are in it too:
///
/// ```
/// # use backoff_driver::test_util::{Script, VirtualClock};
/// use backoff_core::Policy;
/// use backoff_driver::{Tracing, retry};
/// use tracing::Instrument;
///
/// # let clock = VirtualClock::new();
/// # let script = Script::fails(2, "connection reset").then(42);
/// let observer = Tracing::new("fetch user");
/// let span = observer.span().clone();
/// let call = retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
///     .with_observer(observer)
///     .uninterrupted()
///     .instrument(span);
/// assert_eq!(clock.block_on(call), Ok(42));
/// ```
#[derive(Clone, Debug)]
pub struct Tracing {
    span: Span,
}

impl Tracing {
    /// Opens the span of a call, within the current one, and names the operation.
    #[must_use]
    pub fn new(operation: &str) -> Self {
        let span = info_span!(
            target: "backoff",
            "call",
            operation,
            attempts = Empty,
            elapsed = Empty,
            completion = Empty,
        );
        Self { span }
    }

    /// Uses a span of yours for the call, such as [`Span::current`].
    ///
    /// If it declares the fields `attempts`, `elapsed` and `completion`, they are recorded in it.
    #[must_use]
    pub const fn within(span: Span) -> Self {
        Self { span }
    }

    /// Returns the span of the call.
    #[must_use]
    pub const fn span(&self) -> &Span {
        &self.span
    }

    /// Emits one event, with an error if one is given.
    ///
    /// # Examples
    ///
    /// For an error that has only `Debug`:
    ///
    /// ```
    /// # use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_core::Policy;
    /// use backoff_driver::{Tracing, retry};
    ///
    /// # let clock = VirtualClock::new();
    /// # let script = Script::fails(2, ()).then(42);
    /// let tracing = Tracing::new("fetch user");
    /// let call = retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
    ///     .on_event(|event| tracing.write(event, Some(&format_args!("{:?}", event.outcome()))))
    ///     .uninterrupted();
    /// assert_eq!(clock.block_on(call), Ok(42));
    /// ```
    pub fn write<O: ?Sized>(&self, event: &Event<'_, O>, error: Option<&dyn fmt::Display>) {
        let (span, attempt, elapsed) = (&self.span, event.attempt(), rounded(event.elapsed()));
        let error = error.map(display);
        match event {
            Event::Interrupted { .. } => {
                error!(target: "backoff", parent: span, attempt, elapsed, "interrupted at the deadline");
                self.close(event, "interrupted at the deadline");
            }
            Event::GaveUp {
                failure, reason, ..
            } => {
                let (kind, reason) = (failure.kind().as_str(), reason.as_str());
                error!(target: "backoff", parent: span, attempt, elapsed, kind, error, reason, "gave up");
                self.close(event, reason);
            }
            Event::Renewed { .. } => {
                info!(target: "backoff", parent: span, attempt, elapsed, error, "renewed");
            }
            Event::Retrying {
                failure,
                delay,
                origin,
                ..
            } => {
                let (kind, origin, delay) =
                    (failure.kind().as_str(), origin.as_str(), rounded(*delay));
                warn!(target: "backoff", parent: span, attempt, elapsed, kind, error, delay, origin, "retrying");
            }
            Event::Succeeded { attempt: 1, .. } => {
                debug!(target: "backoff", parent: span, attempt = 1, elapsed, "succeeded");
                self.close(event, "succeeded");
            }
            Event::Succeeded { .. } => {
                info!(target: "backoff", parent: span, attempt, elapsed, "succeeded");
                self.close(event, "succeeded");
            }
        }
    }

    fn close<O: ?Sized>(&self, event: &Event<'_, O>, completion: &str) {
        self.span
            .record("attempts", event.attempt())
            .record("elapsed", rounded(event.elapsed()))
            .record("completion", completion);
    }
}

impl<T, E: fmt::Display> Observe<Result<T, E>> for Tracing {
    fn observe(&mut self, event: &Event<'_, Result<T, E>>) {
        let error = event.outcome().as_ref().err();
        self.write(event, error.map(|error| error as _));
    }
}

fn rounded(duration: Duration) -> DisplayValue<Rounded> {
    display(Rounded(duration))
}
