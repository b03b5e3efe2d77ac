//! The values that settings are written as: limits, jitters, ratios.

use std::time::Duration;

use backoff_core::{DeadlineRule, HintRule, Jitter, Percent};
use serde::Deserialize;
use serde::de::{Deserializer, Error};

use crate::text::{Text, parse_duration};

/// A limit, or the absence of one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Limit<T> {
    At(T),
    None,
}

/// A kind of schedule.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ScheduleKind {
    Constant,
    #[default]
    Exponential,
    Fibonacci,
    Linear,
    Steps,
}

/// The name of a [`DeadlineRule`].
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DeadlineRuleName {
    ClampToRemaining,
    GiveUp,
}

impl DeadlineRuleName {
    pub(crate) const fn rule(self) -> DeadlineRule {
        match self {
            Self::ClampToRemaining => DeadlineRule::ClampToRemaining,
            Self::GiveUp => DeadlineRule::GiveUp,
        }
    }
}

/// The name of a [`HintRule`].
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HintRuleName {
    Clamp,
    GiveUp,
    Ignore,
}

impl HintRuleName {
    pub(crate) const fn rule(self) -> HintRule {
        match self {
            Self::Clamp => HintRule::Clamp,
            Self::GiveUp => HintRule::GiveUp,
            Self::Ignore => HintRule::Ignore,
        }
    }
}

pub(crate) fn durations<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Duration>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    let durations = texts.iter().map(|text| parse_duration(text));
    durations.collect::<Result<_, _>>().map_err(Error::custom)
}

/// Reads a duration, or `none`.
pub(crate) fn time_limit<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Limit<Duration>>, D::Error> {
    let parse = |text: &str| match text {
        "none" => Ok(Limit::None),
        text => parse_duration(text).map(Limit::At),
    };
    let expected = "a duration or \"none\"";
    from.deserialize_str(Text { expected, parse }).map(Some)
}

pub(crate) fn attempts<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Limit<u32>>, D::Error> {
    let expected = "a number or \"forever\"";
    let parse = |text: &str| match text {
        "forever" => Ok(Limit::None),
        text => text
            .parse()
            .map(Limit::At)
            .map_err(|_| format!("{text:?} is not {expected}")),
    };
    from.deserialize_any(Text { expected, parse }).map(Some)
}

pub(crate) fn jitter<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Jitter>, D::Error> {
    from.deserialize_str(Text {
        expected: "a jitter such as \"full\"",
        parse: parse_jitter,
    })
    .map(Some)
}

fn parse_jitter(text: &str) -> Result<Jitter, String> {
    let (kind, argument) = text.split_once('=').unwrap_or((text, ""));
    match (kind, argument) {
        ("decorrelated", "") => Ok(Jitter::Decorrelated),
        ("equal", "") => Ok(Jitter::Equal),
        ("full", "") => Ok(Jitter::Full),
        ("none", "") => Ok(Jitter::None),
        ("additive", "") => Err(format!("{text:?} has no amount: write additive=50ms")),
        ("proportional", "") => Err(format!("{text:?} has no share: write proportional=20%")),
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

pub(crate) fn ratio<'de, D: Deserializer<'de>>(from: D) -> Result<Option<(u32, u32)>, D::Error> {
    from.deserialize_any(Text {
        expected: "a ratio such as \"3/2\"",
        parse: parse_ratio,
    })
    .map(Some)
}

fn parse_ratio(text: &str) -> Result<(u32, u32), String> {
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    match (numerator.parse(), denominator.parse()) {
        (Ok(numerator), Ok(denominator)) => Ok((numerator, denominator)),
        _ => Err(format!("{text:?} is not a ratio such as \"3/2\"")),
    }
}
