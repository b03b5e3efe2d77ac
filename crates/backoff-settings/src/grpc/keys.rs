//! The keys of a service config that are about retries.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use crate::error::SettingsError;
use crate::value::{Ratio, Text, TextValue};

/// The keys of a service config; others are about other things.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ServiceKeys {
    pub(super) method_config: Vec<MethodKeys>,
    pub(super) retry_throttling: Option<ThrottlingKeys>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct MethodKeys {
    pub(super) name: Vec<NameKeys>,
    pub(super) timeout: Option<ProtoDuration>,
    pub(super) retry_policy: Option<RetryKeys>,
}

#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default)]
pub(super) struct NameKeys {
    pub(super) service: String,
    pub(super) method: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct RetryKeys {
    pub(super) max_attempts: u32,
    pub(super) initial_backoff: ProtoDuration,
    pub(super) max_backoff: ProtoDuration,
    pub(super) backoff_multiplier: Text<Ratio>,
    pub(super) retryable_status_codes: Vec<StatusCode>,
    pub(super) per_attempt_recv_timeout: Option<ProtoDuration>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct ThrottlingKeys {
    pub(super) max_tokens: u32,
    pub(super) token_ratio: f64,
}

/// The name of a status code in any case, or its number.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum StatusCode {
    Name(String),
    Number(u32),
}

/// Every status code, in the order of the numbers (gRPC, `doc/statuscodes.md`).
pub(super) const STATUS_CODES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

impl StatusCode {
    /// Returns the name, in capitals.
    pub(super) fn name(&self) -> Option<&'static str> {
        let number = match self {
            Self::Name(name) => STATUS_CODES
                .iter()
                .position(|known| known.eq_ignore_ascii_case(name)),
            Self::Number(number) => usize::try_from(*number).ok(),
        };
        STATUS_CODES.get(number?).copied()
    }
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => write!(f, "{name:?}"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// A duration as the JSON of Protocol Buffers writes it: seconds, with up to nine decimals, and an `s`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct ProtoDuration(pub(super) Text<Seconds>);

#[derive(Clone, Copy, Debug)]
pub(super) struct Seconds(pub(super) Duration);

impl TextValue for Seconds {
    const EXPECTED: &'static str = "a duration in seconds such as \"0.1s\"";

    fn parse(text: &str) -> Result<Self, String> {
        let parse = || {
            let (whole, decimals) = {
                let number = text.strip_suffix('s')?;
                number.split_once('.').unwrap_or((number, ""))
            };
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            if !digits(whole)
                || !digits(decimals)
                || decimals.len() > 9
                || whole.len() + decimals.len() == 0
            {
                return None;
            }
            let seconds = if whole.is_empty() {
                0
            } else {
                whole.parse().ok()?
            };
            Some(Duration::new(
                seconds,
                format!("{decimals:0<9}").parse().ok()?,
            ))
        };
        parse()
            .map(Self)
            .ok_or_else(|| format!("{text:?} is not {}", Self::EXPECTED))
    }

    fn text(&self) -> String {
        format!("{}.{:09}s", self.0.as_secs(), self.0.subsec_nanos())
    }
}

impl ThrottlingKeys {
    /// Returns the tokens, and what a success returns in thousandths. gRPC ignores further decimals.
    pub(super) fn settings(self) -> Result<(u32, u32), SettingsError> {
        if !(1..=1_000).contains(&self.max_tokens) {
            let message = format!("{} is not a number from 1 to 1000", self.max_tokens);
            return Err(SettingsError::new("retryThrottling.maxTokens", message));
        }
        let thousandths = (self.token_ratio * 1_000.0).floor();
        if !(thousandths >= 1.0 && thousandths <= f64::from(u32::MAX)) {
            let message = format!("{} is not a number from 0.001 on", self.token_ratio);
            return Err(SettingsError::new("retryThrottling.tokenRatio", message));
        }
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is a whole number in the range of u32"
        )]
        Ok((self.max_tokens, thousandths as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_those_of_protocol_buffers() {
        let cases = [
            ("1s", Some(1_000_000_000)),
            ("0.1s", Some(100_000_000)),
            (".1s", Some(100_000_000)),
            ("1.000000001s", Some(1_000_000_001)),
            ("0s", Some(0)),
            ("1.0000000001s", None),
            ("-1s", None),
            ("1", None),
            ("s", None),
            (".s", None),
            ("1ms", None),
            ("99999999999999999999s", None),
        ];
        for (text, nanos) in cases {
            let parsed = Seconds::parse(text).map(|Seconds(duration)| duration.as_nanos());
            assert_eq!(parsed.ok(), nanos, "{text}");
        }
    }

    #[test]
    fn the_tokens_have_three_decimals() {
        let cases = [
            ((10, 0.1), Some((10, 100))),
            ((1_000, 0.001), Some((1_000, 1))),
            ((10, 0.123_9), Some((10, 123))),
            ((10, 2.0), Some((10, 2_000))),
            ((0, 0.1), None),
            ((1_001, 0.1), None),
            ((10, 0.0), None),
            ((10, -1.0), None),
            ((10, f64::NAN), None),
            ((10, f64::INFINITY), None),
        ];
        for ((max_tokens, token_ratio), expected) in cases {
            let keys = ThrottlingKeys {
                max_tokens,
                token_ratio,
            };
            assert_eq!(keys.settings().ok(), expected, "{keys:?}");
        }
    }
}
