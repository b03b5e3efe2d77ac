//! The names of jitters.

use backoff_core::{Jitter, Percent};

use super::span::{duration_text, parse_duration};
use super::text::TextValue;

impl TextValue for Jitter {
    const EXPECTED: &'static str = "a jitter such as \"full\"";

    fn parse(text: &str) -> Result<Self, String> {
        let (kind, argument) = text.split_once('=').unwrap_or((text, ""));
        match (kind, argument) {
            ("decorrelated", "") => Ok(Self::Decorrelated),
            ("equal", "") => Ok(Self::Equal),
            ("full", "") => Ok(Self::Full),
            ("none", "") => Ok(Self::None),
            ("additive", "") => Err(format!("{text:?} has no amount: write additive=50ms")),
            ("proportional", "") => Err(format!("{text:?} has no share: write proportional=20%")),
            ("additive", margin) => parse_duration(margin).map(Self::Additive),
            ("proportional", share) => parse_share(share).map(Self::Proportional),
            _ => Err(format!(
                "no such jitter: {text:?}; there are full, equal, decorrelated, none, additive=50ms and proportional=20%"
            )),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Additive(margin) => format!("additive={}", duration_text(*margin)),
            Self::Decorrelated => "decorrelated".to_owned(),
            Self::Equal => "equal".to_owned(),
            Self::None => "none".to_owned(),
            Self::Proportional(percent) => format!("proportional={}%", percent.get()),
            // The default, and what a kind of a later version counts as.
            _ => "full".to_owned(),
        }
    }
}

fn parse_share(text: &str) -> Result<Percent, String> {
    let digits = text.strip_suffix('%').unwrap_or(text);
    match digits.parse() {
        Ok(percent @ 0..=100) => Ok(Percent::new(percent)),
        _ => Err(format!("{text:?} is not a share from 0% to 100%")),
    }
}
