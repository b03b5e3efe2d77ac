//! How a delay is drawn from its window.

use core::fmt;
use core::time::Duration;

use crate::duration_text::DurationText;
use crate::nanos;

mod percent;
mod spread;

pub use percent::Percent;
pub(crate) use spread::{Spread, SpreadKind, decorrelated, draw};

/// How a delay is drawn from the window of a retry.
///
/// No kind exceeds the policy's [maximum delay](crate::Policy::with_max_delay), and every kind but `None` is still
/// random at it: clients that have all reached the maximum do not call in step. Where `w` is the window, already
/// limited to the maximum, a delay is uniform over:
///
/// | kind | from | to |
/// |---|---|---|
/// | `Additive(m)` | `min(w, max - m)` | `min(w + m, max)` |
/// | `Decorrelated` | `base` | `min(max, 3 * previous)` |
/// | `Equal` | `w / 2` | `w` |
/// | `Full` | 0 | `w` |
/// | `None` | `w` | `w` |
/// | `Proportional(p)` | `w - p * w` | `min(w + p * w, max)` |
///
/// Decorrelated jitter grows from the previous delay, and from `base`, the first window, before there is one. If
/// the first window is zero, it uses the window of the current retry until a delay is not zero.
///
/// Two waits may be longer than the maximum: those after a failure that names its own
/// [minimum](crate::Failure::with_min_delay) or brings a server's
/// [hint](crate::Failure::with_retry_after). The delay is added to these.
///
/// Full, equal and decorrelated jitter are those of Marc Brooker, "Exponential Backoff And Jitter", AWS
/// Architecture Blog, 2015. Full jitter needs the fewest calls there and is the default.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Jitter, Percent, Policy};
/// # use core::time::Duration;
/// let policy = Policy::constant(Duration::from_secs(10)).with_jitter(Jitter::Proportional(Percent::new(20)));
/// let shortest = policy.delays(|| 0).next();
/// let longest = policy.delays(|| u32::MAX).next();
/// assert_eq!(shortest, Some(Duration::from_secs(8)));
/// assert_eq!(longest, Some(Duration::from_secs(10))); // a constant delay is its own maximum
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum Jitter {
    /// The window plus up to this much, of which 584 years and more count as endless. Slides down if it would pass the
    /// maximum.
    Additive(Duration),
    /// From the first window to three times the previous delay, independent of the window.
    Decorrelated,
    /// The upper half of the window.
    Equal,
    /// The whole window.
    #[default]
    Full,
    /// The window itself: for tests and single clients, because clients that fail together retry together.
    None,
    /// The window plus or minus a share of it.
    Proportional(Percent),
}

impl fmt::Display for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Additive(margin) => {
                let margin = DurationText(nanos::from_duration(*margin));
                write!(f, "additive jitter of {margin}")
            }
            Self::Decorrelated => f.write_str("decorrelated jitter"),
            Self::Equal => f.write_str("equal jitter"),
            Self::Full => f.write_str("full jitter"),
            Self::None => f.write_str("no jitter"),
            Self::Proportional(percent) => write!(f, "proportional jitter of {} %", percent.get()),
        }
    }
}
