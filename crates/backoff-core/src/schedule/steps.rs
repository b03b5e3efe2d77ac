//! Windows from a table.

use core::fmt;
use core::num::NonZeroU32;
use core::time::Duration;

use super::schedule::Schedule;
use crate::duration_text::DurationText;
use crate::nanos;

/// Windows from a table, the last of which serves all further retries.
///
/// With an empty table every window is zero: retries follow at once.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Schedule, Steps};
/// # use core::{num::NonZeroU32, time::Duration};
/// static TABLE: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(60)];
/// let schedule = Steps::new(&TABLE);
/// assert_eq!(schedule.delay(NonZeroU32::MIN), Duration::from_secs(1));
/// assert_eq!(schedule.delay(NonZeroU32::MAX), Duration::from_secs(60));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Steps<'t> {
    table: &'t [Duration],
}

impl<'t> Steps<'t> {
    /// Makes a schedule of a table, whose first entry is the window of the first retry.
    #[must_use]
    pub const fn new(table: &'t [Duration]) -> Self {
        Self { table }
    }

    /// Returns the table.
    #[must_use]
    pub const fn table(&self) -> &'t [Duration] {
        self.table
    }
}

impl Schedule for Steps<'_> {
    #[inline]
    fn delay(&self, retry: NonZeroU32) -> Duration {
        let index = (retry.get() - 1) as usize;
        self.table
            .get(index)
            .or(self.table.last())
            .copied()
            .unwrap_or_default()
    }
}

impl fmt::Display for Steps<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.table.is_empty() {
            return f.write_str("no pause");
        }
        f.write_str("steps of ")?;
        for (index, &window) in self.table.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", then " };
            let window = DurationText(nanos::from_duration(window));
            write!(f, "{separator}{window}")?;
        }
        Ok(())
    }
}
