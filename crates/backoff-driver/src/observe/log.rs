//! Lines for the `log` of an application.

use core::fmt;

use ::log::{Level, log};

use super::causes::{Causes, WriteEvent};
use super::describe::{Attributes, Describe};
use super::line::Line;
use super::{Event, Observe};

/// Writes a line to `log` for every event of a call, with the target `backoff`.
///
/// | event | level |
/// |---|---|
/// | a retry after an error | warn |
/// | a retry after a value: polling | debug |
/// | the call gives up, or is interrupted at its deadline | error |
/// | a success after a retry; an attempt that lasted, and so begins a new call | info |
/// | a success at the first attempt | debug |
///
/// As an observer it takes outcomes that [describe](Describe) themselves: a `Result` whose error implements `Display`, and
/// outcomes of HTTP. [`with_causes`](Self::with_causes) shows the causes of an error too. For other errors use
/// [`write`](Self::write).
///
/// # Examples
///
/// ```
/// # use backoff_driver::test_util::{Script, VirtualClock};
/// use backoff_core::Policy;
/// use backoff_driver::{Log, retry};
///
/// # let clock = VirtualClock::new();
/// # let script = Script::fails(2, "connection reset").then(42);
/// // fetch user: attempt 1 failed (transient) after 12.000ms: connection reset; retrying in 54.000ms
/// let call = retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
///     .with_observer(Log::new("fetch user"))
///     .uninterrupted();
/// assert_eq!(clock.block_on(call), Ok(42));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Log {
    operation: &'static str,
}

impl Log {
    /// Makes an observer whose every line begins with the name of the operation.
    #[must_use]
    pub const fn new(operation: &'static str) -> Self {
        Self { operation }
    }

    /// Writes the line of one event, with an error if one is given. Without one, a retry counts as polling.
    ///
    /// # Examples
    ///
    /// For an error that has only `Debug`:
    ///
    /// ```
    /// # use backoff_driver::test_util::{Script, VirtualClock};
    /// use backoff_core::Policy;
    /// use backoff_driver::{Log, retry};
    ///
    /// # let clock = VirtualClock::new();
    /// # let script = Script::fails(2, ()).then(42);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
    ///     .on_event(|event| Log::new("fetch user").write(event, Some(&format_args!("{:?}", event.outcome()))))
    ///     .uninterrupted();
    /// assert_eq!(clock.block_on(call), Ok(42));
    /// ```
    pub fn write<O: ?Sized>(&self, event: &Event<'_, O>, error: Option<&dyn fmt::Display>) {
        self.write_with(event, error, Attributes::NONE);
    }

    /// Shows the causes of an error too: for errors that are [`Error`](core::error::Error).
    ///
    /// # Examples
    ///
    /// ```
    /// # use backoff_driver::test_util::VirtualClock;
    /// use backoff_core::Policy;
    /// use backoff_driver::{Log, retry};
    /// use std::io;
    ///
    /// # let clock = VirtualClock::new();
    /// let fetch = async || io::Result::Ok(42);
    /// let call = retry(&Policy::DEFAULT, clock.clone(), fetch)
    ///     .with_observer(Log::new("fetch user").with_causes())
    ///     .uninterrupted();
    /// assert_eq!(clock.block_on(call).unwrap(), 42);
    /// ```
    #[must_use]
    pub const fn with_causes(self) -> Causes<Self> {
        Causes::of(self)
    }

    fn write_with<O: ?Sized>(
        &self,
        event: &Event<'_, O>,
        error: Option<&dyn fmt::Display>,
        attributes: Attributes<'_>,
    ) {
        let level = level(event, error.is_some());
        let line = Line::new(event, error).with_attributes(attributes);
        log!(target: "backoff", level, "{}: {line}", self.operation);
    }
}

impl<O: Describe + ?Sized> Observe<O> for Log {
    fn observe(&mut self, event: &Event<'_, O>) {
        let outcome = event.outcome();
        self.write_with(event, outcome.cause(), outcome.attributes());
    }
}

impl WriteEvent for Log {
    fn write_event<O: ?Sized>(&self, event: &Event<'_, O>, error: Option<&dyn fmt::Display>) {
        self.write(event, error);
    }
}

fn level<O: ?Sized>(event: &Event<'_, O>, is_error: bool) -> Level {
    match event {
        Event::Interrupted { .. } | Event::GaveUp { .. } => Level::Error,
        Event::Retrying { .. } if is_error => Level::Warn,
        Event::Retrying { .. } | Event::Succeeded { attempt: 1, .. } => Level::Debug,
        Event::Renewed { .. } | Event::Succeeded { .. } => Level::Info,
    }
}
