//! Fields of a user's own that say when a limit is lifted.

/// What the value of a field that names a reset means. Vendors disagree, so you must choose.
///
/// A number of seconds since 1970 that is below 10^9 (September 2001) is a delay by mistake, and ignored.
///
/// # Examples
///
/// Each of these values asks for a delay of 90 s at the Unix time 1,696,004,797:
///
/// ```
/// use backoff_http::{DelayRules, HttpDate, LimitField, ResetMeaning, ServerDelay};
/// use core::time::Duration;
///
/// const LIMITS: &[LimitField] = &[
///     LimitField::new("x-a", ResetMeaning::Delta),
///     LimitField::new("x-b", ResetMeaning::DeltaMillis),
///     LimitField::new("x-c", ResetMeaning::Duration),
///     LimitField::new("x-d", ResetMeaning::Epoch),
///     LimitField::new("x-e", ResetMeaning::EpochMillis),
///     LimitField::new("x-f", ResetMeaning::Moment),
/// ];
/// let now = HttpDate::from_unix(1_696_004_797);
/// for header in [
///     ("x-a", "90"),
///     ("x-b", "90000"),
///     ("x-c", "1m30s"),
///     ("x-d", "1696004887"),
///     ("x-e", "1696004887000"),
///     ("x-f", "2023-09-29T16:28:07Z"),
/// ] {
///     let server_delay = ServerDelay::read(&[header], DelayRules::NONE.with_limits(LIMITS), now);
///     assert_eq!(server_delay.delay(), Some(Duration::from_secs(90)), "{header:?}");
/// }
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
#[non_exhaustive]
pub enum ResetMeaning {
    /// Seconds from now (Reddit).
    Delta,
    /// Milliseconds from now.
    DeltaMillis,
    /// A time from now with units, as the language Go writes it: `6m0s`, `1.5s`, `250ms` (`OpenAI`). The units are `h`,
    /// `m`, `s`, `ms`, `us`, `µs` and `ns`.
    Duration,
    /// Seconds since 1970 (GitHub, Discord).
    Epoch,
    /// Milliseconds since 1970.
    EpochMillis,
    /// A date, such as `2023-09-29T16:28:07Z` of RFC 3339 (Anthropic), read by
    /// [`HttpDate::parse_lenient`](crate::HttpDate::parse_lenient).
    Moment,
}

/// A field that says when a limit is lifted: its name, the meaning of its value, and the field that says what is left.
///
/// Use it for a vendor whose fields this crate does not know ([`DelayRules::with_limits`](crate::DelayRules::with_limits)).
///
/// # Examples
///
/// The limits of `OpenAI`. The limit on requests is used up, so it decides:
///
/// ```
/// use backoff_http::{DelayRules, HttpDate, LimitField, ResetMeaning, ServerDelay};
/// use core::time::Duration;
///
/// const LIMITS: &[LimitField] = &[
///     LimitField::new("x-ratelimit-reset-requests", ResetMeaning::Duration)
///         .with_remaining("x-ratelimit-remaining-requests"),
///     LimitField::new("x-ratelimit-reset-tokens", ResetMeaning::Duration)
///         .with_remaining("x-ratelimit-remaining-tokens"),
/// ];
/// let headers = [
///     ("x-ratelimit-remaining-requests", "0"),
///     ("x-ratelimit-reset-requests", "6m0s"),
///     ("x-ratelimit-remaining-tokens", "149984"),
///     ("x-ratelimit-reset-tokens", "6ms"),
/// ];
/// let server_delay = ServerDelay::read(&headers, DelayRules::DEFAULT.with_limits(LIMITS), None);
/// assert_eq!(server_delay.delay(), Some(Duration::from_secs(360)));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct LimitField {
    name: &'static str,
    meaning: ResetMeaning,
    remaining: Option<&'static str>,
}

impl LimitField {
    /// Creates a field with this name, in lower case, whose value has this meaning.
    #[must_use]
    pub const fn new(name: &'static str, meaning: ResetMeaning) -> Self {
        Self {
            name,
            meaning,
            remaining: None,
        }
    }

    /// Names the field that says what is left of the limit, in lower case.
    ///
    /// If it is above zero, the limit is not used up and does not ask for a delay. What is left is the number up to the
    /// first `;` or `,`; text that is not a number counts as zero.
    #[must_use]
    pub const fn with_remaining(mut self, name: &'static str) -> Self {
        self.remaining = Some(name);
        self
    }

    /// Returns the name of the field.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Returns what the value of the field means.
    #[must_use]
    pub const fn meaning(&self) -> ResetMeaning {
        self.meaning
    }

    /// Returns the name of the field that says what is left, if any.
    #[must_use]
    pub const fn remaining(&self) -> Option<&'static str> {
        self.remaining
    }
}
