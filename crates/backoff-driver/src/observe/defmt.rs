//! Lines for the log of a microcontroller.

use ::defmt::{Format, Formatter, debug, error, info, warn, write};

use super::{Event, Observe};

/// Writes a frame to `defmt` for every event of a call, with its error.
///
/// | event | level |
/// |---|---|
/// | a retry after an error | warn |
/// | a retry after a value: polling | debug |
/// | the call gives up, or is interrupted at its deadline | error |
/// | a success after a retry; an attempt that lasted, and so begins a new call | info |
/// | a success at the first attempt | debug |
///
/// Times are in milliseconds, rounded down. If your error has no `Format`, write the frame yourself:
/// `.on_event(|event| defmt::warn!(..))`.
///
/// # Examples
///
/// It runs where the firmware links a logger:
///
/// ```no_run
/// # use backoff_driver::test_util::{Script, VirtualClock};
/// use backoff_core::Policy;
/// use backoff_driver::{Defmt, retry};
///
/// # let clock = VirtualClock::new();
/// # let script = Script::fails(2, "no route").then(42);
/// // publish: attempt 1 failed after 12 ms (Transient): no route; retrying in 54 ms (Schedule)
/// let call = retry(&Policy::DEFAULT, clock.clone(), || script.play_async())
///     .with_observer(Defmt::new("publish"))
///     .uninterrupted();
/// assert_eq!(clock.block_on(call), Ok(42));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Defmt {
    operation: &'static str,
}

impl Defmt {
    /// Names the operation, which every frame begins with.
    #[must_use]
    pub const fn new(operation: &'static str) -> Self {
        Self { operation }
    }
}

impl<T, E: Format> Observe<Result<T, E>> for Defmt {
    fn observe(&mut self, event: &Event<'_, Result<T, E>>) {
        let (operation, attempt) = (self.operation, event.attempt());
        let elapsed = millis(event.elapsed());
        let error = Suffix(event.outcome().as_ref().err());
        match event {
            Event::Interrupted { .. } => error!(
                "{=str}: attempt {=u32} was interrupted at the deadline, after {=u64} ms",
                operation, attempt, elapsed
            ),
            Event::GaveUp {
                failure, reason, ..
            } => error!(
                "{=str}: attempt {=u32} failed after {=u64} ms ({}){}; giving up: {}",
                operation,
                attempt,
                elapsed,
                failure.kind(),
                error,
                reason
            ),
            Event::Renewed { .. } => info!(
                "{=str}: attempt {=u32} lasted; a new call begins after {=u64} ms{}",
                operation, attempt, elapsed, error
            ),
            Event::Retrying {
                failure,
                delay,
                origin,
                ..
            } if event.outcome().is_ok() => debug!(
                "{=str}: attempt {=u32} is not ready after {=u64} ms ({}); retrying in {=u64} ms ({})",
                operation,
                attempt,
                elapsed,
                failure.kind(),
                millis(*delay),
                origin
            ),
            Event::Retrying {
                failure,
                delay,
                origin,
                ..
            } => warn!(
                "{=str}: attempt {=u32} failed after {=u64} ms ({}){}; retrying in {=u64} ms ({})",
                operation,
                attempt,
                elapsed,
                failure.kind(),
                error,
                millis(*delay),
                origin
            ),
            Event::Succeeded { attempt: 1, .. } => {
                debug!(
                    "{=str}: attempt 1 succeeded after {=u64} ms",
                    operation, elapsed
                );
            }
            Event::Succeeded { .. } => info!(
                "{=str}: attempt {=u32} succeeded after {=u64} ms",
                operation, attempt, elapsed
            ),
        }
    }
}

/// `: no route`, or nothing if the classifier took a value for a failure.
struct Suffix<'e, E>(Option<&'e E>);

impl<E: Format> Format for Suffix<'_, E> {
    fn format(&self, f: Formatter<'_>) {
        if let Some(error) = self.0 {
            write!(f, ": {}", error);
        }
    }
}

/// In a `u64`: the 128 bits of `as_millis` cost a microcontroller much flash.
fn millis(duration: core::time::Duration) -> u64 {
    duration
        .as_secs()
        .saturating_mul(1_000)
        .saturating_add(duration.subsec_millis().into())
}
