//! An error with its causes.

use core::error::Error;
use core::fmt;

use super::{Event, Observe};

/// Shows the causes of an error too, down to the root: `cannot fetch: connection reset`. Made by `with_causes` of `Log` and
/// `Tracing`.
///
/// It takes outcomes whose error is [`Error`]. Most errors leave their causes out of their own text, and a line without them
/// does not say what went wrong. An error of `anyhow` is not [`Error`]; its causes are always shown.
#[derive(Clone, Copy, Debug)]
pub struct Causes<L> {
    observer: L,
}

impl<L> Causes<L> {
    pub(super) const fn of(observer: L) -> Self {
        Self { observer }
    }

    /// Returns the observer that writes.
    pub const fn get_ref(&self) -> &L {
        &self.observer
    }
}

/// Writes an event, with an error if one is given: what `Log` and `Tracing` have in common.
#[doc(hidden)]
pub trait WriteEvent {
    #[doc(hidden)]
    fn write_event<O: ?Sized>(&self, event: &Event<'_, O>, error: Option<&dyn fmt::Display>);
}

impl<T, E: Error + 'static, L: WriteEvent> Observe<Result<T, E>> for Causes<L> {
    fn observe(&mut self, event: &Event<'_, Result<T, E>>) {
        let chain = event.outcome().as_ref().err().map(|error| Chain(error));
        let chain = chain.as_ref().map(|chain| chain as _);
        self.observer.write_event(event, chain);
    }
}

/// An error and its causes, each text once: many errors repeat the text of their cause.
struct Chain<'e>(&'e (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        // An error may be its own cause; no chain is longer than this.
        for _ in 0..LONGEST {
            let Some(cause) = source else { break };
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

/// The longest chain of causes that is written: twice what a client of HTTP over TLS and a proxy has.
const LONGEST: usize = 16;

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[derive(Debug)]
    struct Layer(u32);

    impl fmt::Display for Layer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "layer {}", self.0)
        }
    }

    impl Error for Layer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            match self.0 {
                0 => None,
                1 => Some(&Layer(0)),
                2 => Some(&Layer(1)),
                _ => Some(self),
            }
        }
    }

    #[test]
    fn every_cause_is_named_and_a_circle_ends() {
        let cases = [
            (0, "layer 0"),
            (1, "layer 1: layer 0"),
            (2, "layer 2: layer 1: layer 0"),
        ];
        for (depth, expected) in cases {
            assert_eq!(Chain(&Layer(depth)).to_string(), expected);
        }
        let circle = Chain(&Layer(3)).to_string();
        assert_eq!(circle.matches("layer 3").count(), LONGEST + 1);
    }
}
