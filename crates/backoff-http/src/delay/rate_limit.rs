//! The fields `RateLimit` and `RateLimit-Policy`.

use core::num::NonZeroU64;
use core::time::Duration;

use super::error::DelayError;
use super::structured::{Bare, Item, List};
use crate::field::{self, Headers};

/// What is left of a quota: an item of the `RateLimit` field (draft-ietf-httpapi-ratelimit-headers-11,
/// section 4).
///
/// # Examples
///
/// ```
/// use backoff_http::ServiceLimit;
/// use core::time::Duration;
///
/// let headers = [("RateLimit", r#""burst";r=0;t=30, "daily";r=712"#)];
/// let limits: Vec<_> = ServiceLimit::read(&headers)?.collect();
///
/// assert_eq!(limits[0].policy(), "burst");
/// assert_eq!(limits[0].available(), 0);
/// assert_eq!(limits[0].window(), Some(Duration::from_secs(30)));
/// assert_eq!(limits[1].window(), None);
/// # Ok::<(), backoff_http::DelayError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct ServiceLimit<'v> {
    policy: &'v str,
    available: u64,
    window: Option<Duration>,
}

impl<'v> ServiceLimit<'v> {
    /// Reads every limit of a response, across all lines of the field and in their order.
    ///
    /// # Errors
    ///
    /// Returns [`DelayError::Structure`] if any part of the field is malformed, because then the whole field must be
    /// ignored (RFC 9651, section 4.2).
    pub fn read<H: Headers + ?Sized>(
        headers: &'v H,
    ) -> Result<impl Iterator<Item = Self>, DelayError> {
        read(headers, "ratelimit", LIMIT, Self::from_item)
    }

    fn from_item(item: Item<'v>) -> Option<Self> {
        let (policy, available, window) = parts(item)?;
        Some(Self {
            policy: core::str::from_utf8(policy).ok()?,
            available,
            window: window.map(Duration::from_secs),
        })
    }

    /// Returns the name of the quota's policy, as written between its quotes.
    #[must_use]
    pub const fn policy(&self) -> &'v str {
        self.policy
    }

    /// Returns how many units are left.
    #[must_use]
    pub const fn available(&self) -> u64 {
        self.available
    }

    /// Returns the time in which at most the units that are left can be used.
    #[must_use]
    pub const fn window(&self) -> Option<Duration> {
        self.window
    }
}

/// A quota that a server grants: an item of the `RateLimit-Policy` field
/// (draft-ietf-httpapi-ratelimit-headers-11, section 3).
///
/// # Examples
///
/// ```
/// use backoff_http::QuotaPolicy;
/// use core::time::Duration;
///
/// let headers = [("RateLimit-Policy", r#""burst";q=100;w=60, "daily";q=1000;w=86400"#)];
/// let burst = QuotaPolicy::read(&headers)?.next().unwrap();
///
/// assert_eq!((burst.name(), burst.quota()), ("burst", 100));
/// assert_eq!(burst.window(), Some(Duration::from_secs(60)));
/// # Ok::<(), backoff_http::DelayError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "defmt-1", derive(defmt::Format))]
pub struct QuotaPolicy<'v> {
    name: &'v str,
    quota: u64,
    window: Option<Duration>,
}

impl<'v> QuotaPolicy<'v> {
    /// Reads every policy of a response, across all lines of the field and in their order.
    ///
    /// # Errors
    ///
    /// Returns [`DelayError::Structure`] if any part of the field is malformed, because then the whole field must be
    /// ignored (RFC 9651, section 4.2).
    pub fn read<H: Headers + ?Sized>(
        headers: &'v H,
    ) -> Result<impl Iterator<Item = Self>, DelayError> {
        read(headers, "ratelimit-policy", POLICY, Self::from_item)
    }

    fn from_item(item: Item<'v>) -> Option<Self> {
        let Bare::String(name) = item.value else {
            return None;
        };
        let [quota, window] = item.parameters;
        let quota = natural(quota?)?;
        let window = match window {
            // Section 3.1.3: "a non-negative, non-zero, Integer value".
            Some(window) => Some(NonZeroU64::new(natural(window)?)?),
            None => None,
        };
        let window = window.map(|seconds| Duration::from_secs(seconds.get()));
        Some(Self {
            name: core::str::from_utf8(name).ok()?,
            quota,
            window,
        })
    }

    /// Returns the name of the policy, as written between its quotes.
    #[must_use]
    pub const fn name(&self) -> &'v str {
        self.name
    }

    /// Returns how many units a client may use in the window.
    #[must_use]
    pub const fn quota(&self) -> u64 {
        self.quota
    }

    /// Returns the window that the quota is for.
    #[must_use]
    pub const fn window(&self) -> Option<Duration> {
        self.window
    }
}

/// Parameters of a limit: what is left, and its window.
const LIMIT: [u8; 2] = *b"rt";

/// Parameters of a policy: the quota, and its window.
const POLICY: [u8; 2] = *b"qw";

/// Reads every item of a field, after checking all of them.
fn read<'v, H: Headers + ?Sized, T>(
    headers: &'v H,
    name: &'static str,
    parameters: [u8; 2],
    from_item: fn(Item<'v>) -> Option<T>,
) -> Result<impl Iterator<Item = T>, DelayError> {
    let lines = move || headers.lines(name).map(field::trim);
    let items = move || lines().flat_map(move |line| List::new(line, parameters));
    for item in items() {
        item.ok().and_then(from_item).ok_or(DelayError::Structure)?;
    }
    Ok(items().filter_map(move |item| item.ok().and_then(from_item)))
}

/// Finds the longest window of the limits that are used up, in the lines of a `RateLimit` field.
pub(crate) fn longest_window<'v>(
    lines: impl Iterator<Item = &'v [u8]>,
) -> Result<Option<Duration>, DelayError> {
    let mut longest = None;
    for line in lines {
        for item in List::new(field::trim(line), LIMIT) {
            let parts = item.ok().and_then(parts);
            let (_, available, window) = parts.ok_or(DelayError::Structure)?;
            if available == 0 {
                longest = longest.max(window);
            }
        }
    }
    Ok(longest.map(Duration::from_secs))
}

/// Returns the name of a limit's policy, what is left, and the seconds of its window.
fn parts(item: Item<'_>) -> Option<(&[u8], u64, Option<u64>)> {
    let Bare::String(policy) = item.value else {
        return None;
    };
    let [available, window] = item.parameters;
    let window = match window {
        Some(window) => Some(natural(window)?),
        None => None,
    };
    Some((policy, natural(available?)?, window))
}

/// Reads the lines of `limit=100, remaining=0, reset=50` (draft-ietf-httpapi-ratelimit-headers, versions 03 to 07).
///
/// Returns the time until the reset, or `None` if something remains.
pub(crate) fn earlier_draft<'v>(
    lines: impl Iterator<Item = &'v [u8]>,
) -> Result<Option<Duration>, DelayError> {
    let (remaining, reset) = remaining_and_reset(lines).ok_or(DelayError::Structure)?;
    Ok((remaining == 0).then(|| Duration::from_secs(reset)))
}

fn remaining_and_reset<'v>(lines: impl Iterator<Item = &'v [u8]>) -> Option<(u64, u64)> {
    let (mut remaining, mut reset) = (0, None);
    for mut rest in lines {
        while !rest.is_empty() {
            let (member, after) = field::split(rest, |byte| *byte != b',');
            rest = after.strip_prefix(b",").unwrap_or_default();
            let member = field::trim(member);
            if member.is_empty() {
                continue; // RFC 9110, section 5.6.1.2
            }
            let (name, value) = field::split(member, |byte| *byte != b'=');
            let (value, _) = field::split(value.strip_prefix(b"=")?, |byte| *byte != b';');
            let value = field::digits(field::trim(value))?;
            match name {
                b"remaining" => remaining = value,
                b"reset" => reset = Some(value),
                _ => {}
            }
        }
    }
    Some((remaining, reset?))
}

fn natural(value: Bare<'_>) -> Option<u64> {
    match value {
        Bare::Natural(number) => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn a_malformed_part_spoils_the_whole_field() {
        let cases = [
            (r#""a";r=0;t=30"#, Some(1)),
            (r#""a";r=0;t=30;pk=:AA==:;acme-x=1, "b";r=7"#, Some(2)),
            ("", Some(0)),
            ("\t", Some(0)),
            ("\t\"a\";r=7", Some(1)),
            (r#""a";t=30"#, None),
            (r#""a";r=-1"#, None),
            (r#""a";r=1.5"#, None),
            (r#""a";r=0;t="30""#, None),
            (r"a;r=0;t=30", None),
            (r#""a";r=0, "b""#, None),
            ("limit=10, remaining=0, reset=4", None),
        ];
        for (value, expected) in cases {
            let headers = [("ratelimit", value)];
            let limits = ServiceLimit::read(&headers).map(Iterator::count);
            assert_eq!(limits.ok(), expected, "{value}");
        }
    }

    #[test]
    fn lines_add_up_to_one_list() {
        let headers = [
            ("RateLimit-Policy", r#""a";q=1"#),
            ("ratelimit-policy", r#""b";q=2;w=9, "c";q=3"#),
        ];
        let quotas: Vec<_> = QuotaPolicy::read(&headers)
            .expect("well-formed")
            .map(|policy| {
                (
                    policy.name(),
                    policy.quota(),
                    policy.window().map(|window| window.as_secs()),
                )
            })
            .collect();
        assert_eq!(quotas, [("a", 1, None), ("b", 2, Some(9)), ("c", 3, None)]);
        let zero = [("ratelimit-policy", r#""a";q=1;w=0"#)];
        assert_eq!(QuotaPolicy::read(&zero).err(), Some(DelayError::Structure));
    }
}
