//! What happens during a call, as it happens.

#[cfg(any(feature = "log-0-4", feature = "tracing-0-1"))]
mod causes;
#[cfg(any(target_has_atomic = "ptr", feature = "portable-atomic-1"))]
mod counters;
#[cfg(feature = "defmt-1")]
mod defmt;
mod describe;
mod event;
#[cfg(feature = "heapless-0-9")]
mod history;
mod line;
#[cfg(feature = "log-0-4")]
mod log;
#[cfg(all(
    feature = "metrics-0-24",
    any(target_has_atomic = "ptr", feature = "portable-atomic-1")
))]
mod metrics;
mod observer;
#[cfg(feature = "tracing-0-1")]
mod tracing;

#[cfg(any(feature = "log-0-4", feature = "tracing-0-1"))]
pub use causes::{Causes, WriteEvent};
#[cfg(any(target_has_atomic = "ptr", feature = "portable-atomic-1"))]
pub use counters::Counters;
#[cfg(feature = "defmt-1")]
pub use defmt::Defmt;
pub use describe::{Attributes, Describe};
pub use event::Event;
#[cfg(feature = "heapless-0-9")]
pub use history::{FailedAttempt, History};
#[cfg(feature = "log-0-4")]
pub use log::Log;
pub use observer::{NoObserver, Observe};
#[cfg(feature = "tracing-0-1")]
pub use tracing::Tracing;
