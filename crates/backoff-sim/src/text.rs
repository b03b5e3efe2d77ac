//! Values that a person writes: durations, jitters, limits.

use std::fmt;
use std::time::Duration;

use backoff_core::{Jitter, Percent};
use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A limit, or that there is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Limit<T> {
    At(T),
    None,
}

pub(crate) fn duration<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    from.deserialize_str(Text("a duration such as \"100ms\"", parse_duration))
        .map(Some)
}

pub(crate) fn required<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
    duration(from).map(Option::unwrap_or_default)
}

pub(crate) fn durations<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Duration>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    texts
        .iter()
        .map(|text| parse_duration(text).map_err(Error::custom))
        .collect()
}

pub(crate) fn deadline<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Limit<Duration>>, D::Error> {
    let parse = |text: &str| match text {
        "none" => Ok(Limit::None),
        text => parse_duration(text).map(Limit::At),
    };
    from.deserialize_str(Text("a duration or \"none\"", parse))
        .map(Some)
}

pub(crate) fn jitter<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Jitter>, D::Error> {
    from.deserialize_str(Text("a jitter such as \"full\"", parse_jitter))
        .map(Some)
}

pub(crate) fn ratio<'de, D: Deserializer<'de>>(from: D) -> Result<Option<(u32, u32)>, D::Error> {
    from.deserialize_any(Text("a ratio such as \"3/2\"", parse_ratio))
        .map(Some)
}

pub(crate) fn attempts<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Limit<u32>>, D::Error> {
    const EXPECTED: &str = "a number or \"forever\"";
    let parse = |text: &str| match text {
        "forever" => Ok(Limit::None),
        text => text
            .parse()
            .map(Limit::At)
            .map_err(|_| format!("{text:?} is not {EXPECTED}")),
    };
    from.deserialize_any(Text(EXPECTED, parse)).map(Some)
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| format!("{text:?} is not a duration: {error}"))
}

fn parse_jitter(text: &str) -> Result<Jitter, String> {
    let (kind, argument) = text.split_once('=').unwrap_or((text, ""));
    match (kind, argument) {
        ("decorrelated", "") => Ok(Jitter::Decorrelated),
        ("equal", "") => Ok(Jitter::Equal),
        ("full", "") => Ok(Jitter::Full),
        ("none", "") => Ok(Jitter::None),
        ("additive", margin) => parse_duration(margin).map(Jitter::Additive),
        ("proportional", share) => share
            .trim_end_matches('%')
            .parse()
            .ok()
            .filter(|percent| *percent <= 100)
            .map(|percent| Jitter::Proportional(Percent::new(percent)))
            .ok_or_else(|| format!("{share:?} is not a share from 0% to 100%")),
        _ => Err(format!(
            "no such jitter: {text:?}; there are full, equal, decorrelated, none, additive=50ms and proportional=20%"
        )),
    }
}

fn parse_ratio(text: &str) -> Result<(u32, u32), String> {
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    match (numerator.parse(), denominator.parse()) {
        (Ok(numerator), Ok(denominator)) => Ok((numerator, denominator)),
        _ => Err(format!("{text:?} is not a ratio such as \"3/2\"")),
    }
}

/// Parses a text, or a whole number as if it were one.
struct Text<F>(&'static str, F);

impl<T, F: FnOnce(&str) -> Result<T, String>> Visitor<'_> for Text<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.1)(text).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        (self.1)(&number.to_string()).map_err(E::custom)
    }
}
