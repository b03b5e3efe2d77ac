//! What statuses mean, as data.

use backoff_http::{StatusClass, StatusRule};
use serde::{Deserialize, Serialize};

use crate::error::SettingsError;
use crate::value::{Text, TextValue};

/// A status, or a range of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct StatusRange {
    first: u16,
    last: u16,
}

impl TextValue for StatusRange {
    const EXPECTED: &'static str = "a status such as 409, \"520-527\" or \"5xx\", from 100 to 599";

    fn parse(text: &str) -> Result<Self, String> {
        let parts = match (text.strip_suffix("xx"), text.split_once('-')) {
            (Some(class), _) => digits(class)
                .and_then(|class| class.checked_mul(100))
                .map(|first| (first, first + 99)),
            (None, Some((first, last))) => digits(first).zip(digits(last)),
            (None, None) => digits(text).map(|status| (status, status)),
        };
        match parts {
            Some((first @ 100.., last @ ..=599)) if first <= last => Ok(Self { first, last }),
            _ => Err(format!("{text:?} is not {}", Self::EXPECTED)),
        }
    }

    fn text(&self) -> String {
        format!("{}-{}", self.first, self.last)
    }

    fn number(&self) -> Option<u64> {
        (self.first == self.last).then_some(self.first.into())
    }
}

/// Reads up to three digits.
fn digits(text: &str) -> Option<u16> {
    let all = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

/// The statuses of each class.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub(super) struct StatusKeys {
    /// Not failures.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accepted: Vec<Text<StatusRange>>,
    /// Failures that may be permanent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubtful: Vec<Text<StatusRange>>,
    /// Permanent; doubtful if the request has an `Idempotency-Key`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubtful_if_keyed: Vec<Text<StatusRange>>,
    /// Failures that a retry does not repair.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    permanent: Vec<Text<StatusRange>>,
    /// The server asks for fewer requests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    throttled: Vec<Text<StatusRange>>,
    /// Throttled with a hint, transient without a hint.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    throttled_if_hinted: Vec<Text<StatusRange>>,
    /// Throttled with a hint, permanent without a hint.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    throttled_only_if_hinted: Vec<Text<StatusRange>>,
    /// Failures that are likely to pass.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transient: Vec<Text<StatusRange>>,
}

impl StatusKeys {
    fn classes(&self) -> [(&'static str, &[Text<StatusRange>], StatusClass); 8] {
        [
            ("accepted", &self.accepted, StatusClass::Accepted),
            ("doubtful", &self.doubtful, StatusClass::Doubtful),
            (
                "doubtful_if_keyed",
                &self.doubtful_if_keyed,
                StatusClass::DoubtfulIfKeyed,
            ),
            ("permanent", &self.permanent, StatusClass::Permanent),
            ("throttled", &self.throttled, StatusClass::Throttled),
            (
                "throttled_if_hinted",
                &self.throttled_if_hinted,
                StatusClass::ThrottledIfHinted,
            ),
            (
                "throttled_only_if_hinted",
                &self.throttled_only_if_hinted,
                StatusClass::ThrottledOnlyIfHinted,
            ),
            ("transient", &self.transient, StatusClass::Transient),
        ]
    }

    /// Returns a rule for each range: single statuses first, so that they are exceptions to longer ranges.
    ///
    /// Fails if two ranges of the same length overlap, and if a refusal has no class.
    pub(super) fn rules(
        &self,
        refusals: &[Text<StatusRange>],
    ) -> Result<Vec<StatusRule>, SettingsError> {
        let mut entries: Vec<(&str, StatusRange, StatusClass)> = Vec::new();
        for (key, ranges, class) in self.classes() {
            for Text(range) in ranges {
                let overlaps = |(_, other, _): &&(&str, StatusRange, StatusClass)| {
                    range.length() == other.length()
                        && range.first <= other.last
                        && other.first <= range.last
                };
                if let Some((other, ..)) = entries.iter().find(overlaps) {
                    let message = format!("{} is in {other} too", range.words());
                    return Err(SettingsError::new(format!("statuses.{key}"), message));
                }
                entries.push((key, *range, class));
            }
        }
        for Text(refusal) in refusals {
            if !entries.iter().any(|(_, range, _)| range == refusal) {
                let message = format!(
                    "{} is not among the statuses: give it a class, such as throttled",
                    refusal.words()
                );
                return Err(SettingsError::new("refusals", message));
            }
        }
        entries.sort_by_key(|(_, range, _)| range.length());
        let rule = |(_, range, class): (&str, StatusRange, StatusClass)| {
            let rule = StatusRule::range(range.first, range.last, class);
            if refusals.contains(&Text(range)) {
                rule.as_refusal()
            } else {
                rule
            }
        };
        Ok(entries.into_iter().map(rule).collect())
    }
}

impl StatusRange {
    const fn length(self) -> u16 {
        self.last - self.first
    }

    fn words(self) -> String {
        if self.first == self.last {
            self.first.to_string()
        } else {
            self.text()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_status_two_statuses_or_a_class() {
        let cases = [
            ("409", Some((409, 409))),
            ("520-527", Some((520, 527))),
            ("5xx", Some((500, 599))),
            ("100-599", Some((100, 599))),
            ("527-520", None),
            ("99", None),
            ("600", None),
            ("6xx", None),
            ("0xx", None),
            ("999xx", None),
            ("xx", None),
            ("5XX", None),
            ("-1", None),
            ("409-", None),
            ("65536", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let range = StatusRange::parse(text).ok();
            assert_eq!(
                range.map(|range| (range.first, range.last)),
                expected,
                "{text}"
            );
        }
    }
}
