//! How long a command asks to wait.

use std::fs;
use std::time::Duration;

use backoff_http::{HttpDate, RetryAfter};

use super::arguments::Arguments;

/// Returns the delay that the hint file asks for, or else the last match in the output.
pub(super) fn hint(arguments: &Arguments, output: &str) -> Option<Duration> {
    let file = arguments.hint_file.as_ref();
    let written = file.and_then(|file| fs::read_to_string(file).ok());
    let printed = || {
        let pattern = arguments.hint_output.as_ref()?;
        let last = pattern.captures_iter(output).last()?;
        Some(last.get(1)?.as_str().to_owned())
    };
    parse(&written.or_else(printed)?, HttpDate::now())
}

/// Parses a value of `Retry-After`, which is a number of seconds or a date; or a duration with units.
fn parse(text: &str, now: HttpDate) -> Option<Duration> {
    let text = text.trim();
    match RetryAfter::parse_lenient(text.as_bytes(), now) {
        Ok(asked) => Some(asked.delay(now)),
        Err(_) => humantime::parse_duration(text).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_seconds_or_dates_or_carry_a_unit() {
        let now = HttpDate::from_unix(784_111_717);
        let cases = [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(60_000)),
            ("2", Some(2_000)),
            (" 0.25\n", Some(250)),
            ("1m 30s", Some(90_000)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ];
        for (text, millis) in cases {
            assert_eq!(
                parse(text, now),
                millis.map(Duration::from_millis),
                "{text:?}"
            );
        }
    }
}
