//! A span per call, and an event per retry, for subscribers of `tracing`.

use core::fmt;
use core::time::Duration;

use ::tracing::field::{DisplayValue, Empty, display};
use ::tracing::{Span, Value, debug, error, error_span, info, warn};

use super::causes::{Causes, WriteEvent};
use super::describe::{Attributes, Describe};
use super::line::Rounded;
use super::{Event, Observe};

/// Tells a subscriber of `tracing` of a call: one span, which contains an event for every retry and for the end.
///
/// The span is named `call`, with the fields `operation` and, once the call is over, `attempts`, `elapsed` and `completion`.
/// It is at the level error, the highest of its events: a subscriber that shows an event shows whose it is. It closes when
/// the call is dropped. The target of the span and its events is `backoff`.
///
/// | event | level | fields |
/// |---|---|---|
/// | `retrying` | warn | `attempt`, `elapsed`, `kind`, `delay`, `origin`, `error` |
/// | `not ready yet`: a retry after a value | debug | `attempt`, `elapsed`, `kind`, `delay`, `origin` |
/// | `gave up` | error | `attempt`, `elapsed`, `kind`, `reason`, `error` |
/// | `interrupted at the deadline` | error | `attempt`, `elapsed`, `error` |
/// | `renewed` | info | `attempt`, `elapsed`, `error` |
/// | `succeeded` | info; debug at the first attempt | `attempt`, `elapsed` |
///
/// `attempt` is an integer from 1; `elapsed` and `delay` are texts with a unit, such as `1.500s`; `kind`, `origin` and
/// `reason` are the words of [`FailureKind`](backoff_core::FailureKind), [`DelayOrigin`](backoff_core::DelayOrigin) and
/// [`GiveUp`](backoff_core::GiveUp).
///
/// A call of HTTP has these fields too, in its events and, of the last outcome, in its span. They follow the
/// [conventions of OpenTelemetry](https://opentelemetry.io/docs/specs/semconv/http/http-spans/):
///
/// | field | value |
/// |---|---|
/// | `http.request.method` | the method |
/// | `server.address`, `server.port`, `url.path` | where the request went; never its query and never credentials |
/// | `http.response.status_code` | the status, if there is a response |
/// | `http.request.resend_count` | the attempt minus 1, from the second attempt on |
/// | `error.type` | the status of a failed response as text, or the fault of the connection |
/// | `backoff.delay_field` | the header field that asked for the delay; events only |
///
/// As an observer it takes outcomes that [describe](Describe) themselves: a `Result` whose error implements `Display`, and
/// outcomes of HTTP. [`with_causes`](Self::with_causes) shows the causes of an error too. For other errors use
/// [`write`](Self::write).
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
        let span = error_span!(
            target: "backoff",
            "call",
            operation,
            attempts = Empty,
            elapsed = Empty,
            completion = Empty,
            http.request.method = Empty,
            http.request.resend_count = Empty,
            http.response.status_code = Empty,
            server.address = Empty,
            server.port = Empty,
            url.path = Empty,
            "error.type" = Empty,
        );
        Self { span }
    }

    /// Uses a span of yours for the call, such as [`Span::current`].
    ///
    /// Of the fields that the span of [`new`](Self::new) has, those are recorded in it that it declares.
    #[must_use]
    pub const fn within(span: Span) -> Self {
        Self { span }
    }

    /// Returns the span of the call.
    #[must_use]
    pub const fn span(&self) -> &Span {
        &self.span
    }

    /// Emits one event, with an error if one is given. Without one, a retry counts as polling.
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
        self.emit(event, error, &Attributes::NONE);
    }

    /// Shows the causes of an error too: for errors that are [`Error`](core::error::Error).
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::{Tracing, retry};
    /// use std::io;
    ///
    /// # let clock = VirtualClock::new();
    /// let fetch = async || io::Result::Ok(42);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), fetch)
    ///     .with_observer(Tracing::new("fetch user").with_causes())
    ///     .uninterrupted();
    /// assert_eq!(clock.block_on(call).unwrap(), 42);
    /// ```
    #[must_use]
    pub const fn with_causes(self) -> Causes<Self> {
        Causes::of(self)
    }

    fn emit<O: ?Sized>(
        &self,
        event: &Event<'_, O>,
        error: Option<&dyn fmt::Display>,
        attributes: &Attributes<'_>,
    ) {
        match event {
            Event::Interrupted { .. } => {
                emit!(
                    error,
                    self,
                    event,
                    error,
                    attributes,
                    "interrupted at the deadline"
                );
            }
            Event::GaveUp {
                failure, reason, ..
            } => {
                let (kind, reason) = (failure.kind().as_str(), reason.as_str());
                emit!(
                    error,
                    self,
                    event,
                    error,
                    attributes,
                    "gave up",
                    kind = kind,
                    reason = reason
                );
            }
            Event::Renewed { .. } => {
                emit!(info, self, event, error, attributes, "renewed");
            }
            Event::Retrying {
                failure,
                delay,
                origin,
                ..
            } => {
                let (kind, origin) = (failure.kind().as_str(), origin.as_str());
                let delay = rounded(*delay);
                if error.is_some() {
                    emit!(
                        warn,
                        self,
                        event,
                        error,
                        attributes,
                        "retrying",
                        kind = kind,
                        delay = delay,
                        origin = origin
                    );
                } else {
                    emit!(
                        debug,
                        self,
                        event,
                        error,
                        attributes,
                        "not ready yet",
                        kind = kind,
                        delay = delay,
                        origin = origin
                    );
                }
            }
            Event::Succeeded { attempt: 1, .. } => {
                emit!(debug, self, event, error, attributes, "succeeded");
            }
            Event::Succeeded { .. } => {
                emit!(info, self, event, error, attributes, "succeeded");
            }
        }
        self.record_end(event, attributes);
    }

    /// Records in the span how the call ended, if it did.
    fn record_end<O: ?Sized>(&self, event: &Event<'_, O>, attributes: &Attributes<'_>) {
        let completion = match event {
            Event::GaveUp { reason, .. } => reason.as_str(),
            Event::Interrupted { .. } => "interrupted at the deadline",
            Event::Renewed { .. } | Event::Retrying { .. } => return,
            Event::Succeeded { .. } => "succeeded",
        };
        self.span
            .record("attempts", event.attempt())
            .record("elapsed", rounded(event.elapsed()))
            .record("completion", completion);
        self.record("http.request.method", attributes.method);
        self.record("http.request.resend_count", resends(event, attributes));
        self.record("http.response.status_code", attributes.status);
        self.record("server.address", attributes.server);
        self.record("server.port", attributes.port);
        self.record("url.path", attributes.path);
        self.record("error.type", attributes.error_type.map(display));
    }

    /// Records a value in the span, if there is one: some subscribers write a gap for a value that is missing.
    fn record(&self, name: &str, value: Option<impl Value>) {
        if let Some(value) = value {
            self.span.record(name, value);
        }
    }
}

impl<O: Describe + ?Sized> Observe<O> for Tracing {
    fn observe(&mut self, event: &Event<'_, O>) {
        let outcome = event.outcome();
        self.emit(event, outcome.cause(), &outcome.attributes());
    }
}

impl WriteEvent for Tracing {
    fn write_event<O: ?Sized>(&self, event: &Event<'_, O>, error: Option<&dyn fmt::Display>) {
        self.write(event, error);
    }
}

/// One event: the fields of its own, and those that every event has. A field without a value is left out.
macro_rules! emit {
    ($level:ident, $tracing:expr, $event:expr, $error:expr, $attributes:expr, $text:literal $(, $name:ident = $value:expr)*) => {
        $level!(
            target: "backoff",
            parent: &$tracing.span,
            attempt = $event.attempt(),
            elapsed = rounded($event.elapsed()),
            $($name = $value,)*
            error = $error.map(whole),
            http.request.method = $attributes.method,
            http.request.resend_count = resends($event, $attributes),
            http.response.status_code = $attributes.status,
            server.address = $attributes.server,
            server.port = $attributes.port,
            url.path = $attributes.path,
            "error.type" = $attributes.error_type.map(display),
            backoff.delay_field = $attributes.delay_field,
            $text
        )
    };
}
use emit;

/// How often a request of HTTP was sent again, if it was (OpenTelemetry, `http.request.resend_count`).
fn resends<O: ?Sized>(event: &Event<'_, O>, attributes: &Attributes<'_>) -> Option<u32> {
    attributes.method?;
    event.attempt().checked_sub(1).filter(|count| *count > 0)
}

/// An error in its long form (`{:#}`), which names the causes where the error has such a form, as `anyhow` does.
struct Whole<'e>(&'e dyn fmt::Display);

impl fmt::Display for Whole<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.0)
    }
}

fn whole(error: &dyn fmt::Display) -> DisplayValue<Whole<'_>> {
    display(Whole(error))
}

fn rounded(duration: Duration) -> DisplayValue<Rounded> {
    display(Rounded(duration))
}
