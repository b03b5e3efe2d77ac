//! Durations in words.

use std::time::Duration;

use super::text::TextValue;

impl TextValue for Duration {
    const EXPECTED: &'static str = "a duration such as \"100ms\" or \"1m 30s\"";

    fn parse(text: &str) -> Result<Self, String> {
        parse_duration(text)
    }

    fn text(&self) -> String {
        duration_text(*self)
    }
}

/// Reads a duration such as `100ms` or `1m 30s`.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| format!("{text:?} is not a duration: {error}"))
}

/// Writes a duration exactly, in as many units as it needs.
pub(crate) fn duration_text(duration: Duration) -> String {
    humantime::format_duration(duration).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_is_read_back() {
        let nanos = [
            0,
            1,
            999,
            1_000,
            1_500_000,
            200_000_000,
            90_000_000_001,
            u64::MAX,
        ];
        let durations = nanos.map(Duration::from_nanos).into_iter();
        for duration in durations.chain([Duration::from_secs(u64::MAX), Duration::MAX]) {
            let text = duration_text(duration);
            assert_eq!(parse_duration(&text), Ok(duration), "{text}");
        }
    }

    #[test]
    fn durations_are_written_in_words() {
        let cases = [
            (200, "200ms"),
            (1_500, "1s 500ms"),
            (90_000, "1m 30s"),
            (0, "0s"),
        ];
        for (millis, text) in cases {
            assert_eq!(duration_text(Duration::from_millis(millis)), text);
        }
    }
}
