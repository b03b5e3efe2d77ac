//! Limits, and the absence of one.

use std::time::Duration;

use super::span::{duration_text, parse_duration};
use super::text::{TextValue, unexpected};

/// A limit on attempts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct AttemptLimit(pub(crate) Option<u32>);

impl TextValue for AttemptLimit {
    const EXPECTED: &'static str = "a number of attempts from 1 to 4294967295, or \"forever\"";

    fn parse(text: &str) -> Result<Self, String> {
        match (text, text.parse()) {
            ("forever", _) => Ok(Self(None)),
            (_, Ok(attempts @ 1..)) => Ok(Self(Some(attempts))),
            _ => Err(unexpected::<Self>(text)),
        }
    }

    fn text(&self) -> String {
        self.0
            .map_or("forever".to_owned(), |attempts| attempts.to_string())
    }

    fn number(&self) -> Option<u64> {
        self.0.map(u64::from)
    }
}

/// A limit on time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TimeLimit(pub(crate) Option<Duration>);

impl TextValue for TimeLimit {
    const EXPECTED: &'static str = "a duration such as \"1m 30s\", or \"none\"";

    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self(None)),
            text => parse_duration(text).map(|duration| Self(Some(duration))),
        }
    }

    fn text(&self) -> String {
        self.0.map_or("none".to_owned(), duration_text)
    }
}
