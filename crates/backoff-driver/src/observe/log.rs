//! Lines for the `log` of an application.

use core::fmt;

use ::log::{Level, log};

use super::line::Line;
use super::{Event, Observe};

/// Writes a line to `log` for every event of a call, with the target `backoff`.
///
/// | event | level |
/// |---|---|
/// | a retry | warn |
/// | the call gives up, or is interrupted at its deadline | error |
/// | a success after a retry; an attempt that lasted, and so begins a new call | info |
/// | a success at the first attempt | debug |
///
/// As an observer it takes outcomes whose error implements `Display`. For other errors use [`write`](Self::write).
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

    /// Writes the line of one event, with an error if one is given.
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
        let (operation, line) = (self.operation, Line::new(event, error));
        log!(target: "backoff", level(event), "{operation}: {line}");
    }
}

impl<T, E: fmt::Display> Observe<Result<T, E>> for Log {
    fn observe(&mut self, event: &Event<'_, Result<T, E>>) {
        let error = event.outcome().as_ref().err();
        self.write(event, error.map(|error| error as _));
    }
}

fn level<O: ?Sized>(event: &Event<'_, O>) -> Level {
    match event {
        Event::Interrupted { .. } | Event::GaveUp { .. } => Level::Error,
        Event::Retrying { .. } => Level::Warn,
        Event::Succeeded { attempt: 1, .. } => Level::Debug,
        Event::Renewed { .. } | Event::Succeeded { .. } => Level::Info,
    }
}
