//! Who is told of events.

use super::event::Event;

/// Is told of the events of a call.
///
/// Every `FnMut(&Event<'_, O>)` is an observer, and so is a pair of observers: the first one is told first.
///
/// These are ready-made:
///
/// | observer | feature | for |
/// |---|---|---|
/// | `Counters` | | exporters of metrics: atomic integers that may be `static` |
/// | `Defmt` | `defmt-1` | the log of a microcontroller |
/// | `History` | `heapless-0-9` | the last failures, to read after the call |
/// | `Log` | `log-0-4` | the `log` of an application |
/// | `Tracing` | `tracing-0-1` | a subscriber of `tracing`: a span per call, an event per retry |
///
/// # Examples
///
/// ```
/// use backoff_driver::{Event, Observe};
///
/// #[derive(Default)]
/// struct Retries(u64);
///
/// impl<O> Observe<O> for Retries {
///     fn observe(&mut self, event: &Event<'_, O>) {
///         self.0 += u64::from(matches!(event, Event::Retrying { .. }));
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not observe calls whose outcome is `{O}`",
    label = "not an observer of `{O}`",
    note = "an observer is a function over `&Event<'_, {O}>`, a type that is `Observe`, or a pair of observers"
)]
pub trait Observe<O: ?Sized> {
    /// Takes one event.
    fn observe(&mut self, event: &Event<'_, O>);

    /// Whether events are observed at all. If not, a success reads no clock.
    #[doc(hidden)]
    const LISTENS: bool = true;

    /// Whether it matters how long a success took. If not, a success reads no clock, and its `elapsed` is zero.
    #[doc(hidden)]
    const TIMES_SUCCESS: bool = Self::LISTENS;
}

impl<O: ?Sized, F: FnMut(&Event<'_, O>)> Observe<O> for F {
    #[inline]
    fn observe(&mut self, event: &Event<'_, O>) {
        self(event);
    }
}

/// Both are told of every event, the first one first.
impl<O: ?Sized, A: Observe<O>, B: Observe<O>> Observe<O> for (A, B) {
    const LISTENS: bool = A::LISTENS || B::LISTENS;
    const TIMES_SUCCESS: bool = A::TIMES_SUCCESS || B::TIMES_SUCCESS;

    #[inline]
    fn observe(&mut self, event: &Event<'_, O>) {
        self.0.observe(event);
        self.1.observe(event);
    }
}

/// The default observer: it ignores every event.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct NoObserver;

impl<O: ?Sized> Observe<O> for NoObserver {
    const LISTENS: bool = false;

    #[inline]
    fn observe(&mut self, _event: &Event<'_, O>) {}
}
