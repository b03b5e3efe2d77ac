//! Durations in a few characters.

use std::time::Duration;

use super::trim::trim;

/// Writes a duration in one unit, with at most three significant digits: `950µs`, `1.5s`. From a minute on, it is written in
/// whole seconds: `2m30s`.
pub(crate) fn duration(duration: Duration) -> String {
    match duration {
        Duration::MAX => "for ever".to_owned(),
        Duration::ZERO => "0".to_owned(),
        _ if duration >= Duration::from_secs(60) => {
            let seconds = duration
                .saturating_add(Duration::from_millis(500))
                .as_secs();
            humantime::format_duration(Duration::from_secs(seconds))
                .to_string()
                .replace(' ', "")
        }
        _ if duration >= Duration::from_secs(1) => in_unit(duration.as_secs_f64(), "s"),
        _ if duration >= Duration::from_millis(1) => in_unit(duration.as_secs_f64() * 1e3, "ms"),
        _ if duration >= Duration::from_micros(1) => in_unit(duration.as_secs_f64() * 1e6, "µs"),
        _ => format!("{}ns", duration.as_nanos()),
    }
}

fn in_unit(number: f64, unit: &str) -> String {
    let decimals = match number {
        ..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    format!("{}{unit}", trim(&format!("{number:.decimals$}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        let cases = [
            (Duration::ZERO, "0"),
            (Duration::from_nanos(1_500), "1.5µs"),
            (Duration::from_micros(123_456), "123ms"),
            (Duration::from_millis(200), "200ms"),
            (Duration::from_millis(9_999), "10s"),
            (Duration::from_millis(12_340), "12.3s"),
            (Duration::from_secs(60), "1m"),
            (Duration::from_millis(150_400), "2m30s"),
            (Duration::MAX, "for ever"),
        ];
        for (value, expected) in cases {
            assert_eq!(duration(value), expected, "{value:?}");
        }
    }
}
