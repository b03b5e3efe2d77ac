//! How a call ended.

use crate::decision::GiveUp;

/// How a call ended, as a budget is told.
///
/// # Examples
///
/// ```
/// # use backoff_core::{Account, CallEnd, Unlimited};
/// Account::new(Unlimited).end(CallEnd::Succeeded);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub enum CallEnd {
    /// The call was dropped before it ended.
    Cancelled,
    /// The call failed and is not retried.
    GaveUp(GiveUp),
    /// The call succeeded.
    Succeeded,
}
