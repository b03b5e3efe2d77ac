//! A moment is compared with the caller's clock, or with that of the server.

use backoff_http::{
    DateError, DelayError, DelayField, DelayRules, HttpDate, ResetMeaning, Rules, ServerDelay,
    Strictness,
};
use std::time::Duration;

const NOW: HttpDate = HttpDate::from_unix(1_696_004_797);

const EPOCH: DelayRules = DelayRules::DEFAULT.with_x_rate_limit_reset(ResetMeaning::Epoch);

#[test]
fn the_clock_may_be_that_of_the_server() {
    let headers = [
        ("Retry-After", "Fri, 29 Sep 2023 17:00:10 GMT"),
        ("Date", "Fri, 29 Sep 2023 17:00:00 GMT"),
    ];
    let own = DelayRules::DEFAULT;
    let server = own.with_server_clock();
    let seconds = |headers: &[(&str, &str)], rules, now: Option<HttpDate>| {
        ServerDelay::read(headers, rules, now)
            .delay()
            .map(|delay| delay.as_secs())
    };
    assert_eq!(seconds(&headers, own, Some(NOW)), Some(2_013));
    assert_eq!(seconds(&headers, server, Some(NOW)), Some(10));
    assert_eq!(seconds(&headers, own, None), Some(10));
    assert_eq!(seconds(&headers[..1], server, Some(NOW)), Some(2_013));
    let lost = ServerDelay::read(&headers[..1], own, None);
    assert_eq!(
        lost.ignored(),
        Some((DelayField::RetryAfter, DelayError::NoClock))
    );
    assert_eq!(seconds(&[("Retry-After", "3")], own, None), Some(3));
}

#[test]
fn the_clock_of_the_server_has_moved_on_by_the_age_of_the_response() {
    let server = DelayRules::DEFAULT.with_server_clock();
    let firmware = Rules::RFC_9110.delays();
    let cases = [
        (Some("3600"), Ok(60)),
        (Some(" 3630 "), Ok(30)),
        (Some("99999999999999999999999"), Ok(0)),
        (Some("-1"), Ok(3_660)),
        (Some("an hour"), Ok(3_660)),
        (Some(""), Ok(3_660)),
        (None, Ok(3_660)),
    ];
    for (age, expected) in cases {
        let mut headers = vec![
            ("Retry-After", "Fri, 29 Sep 2023 17:01:00 GMT"),
            ("Date", "Fri, 29 Sep 2023 16:00:00 GMT"),
        ];
        headers.extend(age.map(|age| ("Age", age)));
        for (rules, now) in [
            (server, Some(NOW)),
            (DelayRules::DEFAULT, None),
            (firmware, None),
        ] {
            let delay = ServerDelay::read(headers.as_slice(), rules, now).delay();
            let seconds = delay.map(|delay| delay.as_secs()).ok_or(());
            assert_eq!(seconds, expected, "{age:?} {now:?}");
        }
        // The clock of the caller does not age.
        let own = ServerDelay::read(headers.as_slice(), DelayRules::DEFAULT, NOW).delay();
        assert_eq!(own, Some(Duration::from_secs(2_063)), "{age:?}");
    }
    let epoch = [
        ("x-ratelimit-reset", "1696006860"),
        ("Date", "Fri, 29 Sep 2023 16:00:00 GMT"),
        ("Age", "3600"),
    ];
    let delay = ServerDelay::read(&epoch, EPOCH.with_server_clock(), NOW).delay();
    assert_eq!(delay, Some(Duration::from_secs(60)));
}

#[test]
fn a_moment_of_rfc_3339_is_read_leniently() {
    let cases = [
        ("2023-09-29T16:27:37Z", Some(60)),
        ("2023-09-29T18:27:37.000+02:00", Some(60)),
        ("2023-09-29 16:27:36.75", Some(60)),
        ("20230929t162737z", Some(60)),
        ("2023-09-29T16:26:00Z", Some(0)),
        ("2023-09-29T16:27:37+15:00", None),
    ];
    for (value, expected) in cases {
        let headers = [("Retry-After", value)];
        let delay = ServerDelay::read(&headers, DelayRules::DEFAULT, NOW).delay();
        assert_eq!(delay, expected.map(Duration::from_secs), "{value}");
        let strict = ServerDelay::read(&headers, Rules::RFC_9110.delays(), NOW);
        let form = DelayError::Date(DateError::Form);
        assert_eq!(
            strict.ignored(),
            Some((DelayField::RetryAfter, form)),
            "{value}"
        );
    }
    let leap = [("Retry-After", "Fri, 29 Sep 2023 16:26:60 GMT")];
    for rules in [DelayRules::DEFAULT, Rules::RFC_9110.delays()] {
        let delay = ServerDelay::read(&leap, rules, NOW).delay();
        assert_eq!(delay, Some(Duration::from_secs(23)));
    }
}

#[test]
fn a_moment_far_away_is_read_to_the_millisecond() {
    let rules = DelayRules::DEFAULT.with_x_rate_limit_reset(ResetMeaning::EpochMillis);
    let cases = [
        // (milliseconds since 1970, delay) by a clock that stands at 1970
        (
            "18446744072999",
            Some(Duration::from_millis(18_446_744_072_999)),
        ),
        (
            "18446744073999",
            Some(Duration::from_millis(18_446_744_073_999)),
        ),
        (
            "100000000000000",
            Some(Duration::from_secs(100_000_000_000)),
        ),
        (
            "100000000000001",
            Some(Duration::from_millis(100_000_000_000_001)),
        ),
        (
            "99999999999999999999",
            Some(Duration::new(99_999_999_999_999_999, 999_000_000)),
        ),
        ("999999999999", None),
    ];
    for (value, delay) in cases {
        let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", value)];
        let server_delay = ServerDelay::read(&headers, rules, HttpDate::from_unix(0));
        assert_eq!(server_delay.delay(), delay, "{value}");
    }
}

#[test]
fn two_digits_of_a_year_are_completed_by_the_clock_that_counts() {
    let (unset, set) = (Some(HttpDate::from_unix(0)), Some(NOW));
    let (own, server) = (DelayRules::DEFAULT, DelayRules::DEFAULT.with_server_clock());
    let cases = [
        (server, unset, Some("Fri, 29 Sep 2023 16:26:27 GMT"), Ok(30)),
        (server, None, Some("Fri, 29 Sep 2023 16:26:27 GMT"), Ok(30)),
        (own, None, Some("Fri, 29 Sep 2023 16:26:27 GMT"), Ok(30)),
        (own, set, Some("Fri, 29 Sep 2023 16:26:27 GMT"), Ok(20)),
        (server, set, None, Ok(20)),
        (own, unset, None, Ok(0)),
        (own, None, None, Err(DelayError::NoClock)),
        (server, None, Some("soon"), Err(DelayError::NoClock)),
        (server, set, Some("Friday, 29-Sep-23 16:26:27 GMT"), Ok(30)),
        (
            server,
            None,
            Some("Friday, 29-Sep-23 16:26:27 GMT"),
            Err(DelayError::NoClock),
        ),
    ];
    for (rules, now, date, expected) in cases {
        let mut headers = vec![("Retry-After", "Friday, 29-Sep-23 16:26:57 GMT")];
        headers.extend(date.map(|date| ("Date", date)));
        for strictness in [Strictness::Lenient, Strictness::Strict] {
            // To the letter, 29 September 1923 is no Friday.
            if (strictness, now, date) == (Strictness::Strict, unset, None) {
                continue;
            }
            let server_delay =
                ServerDelay::read(headers.as_slice(), rules.with_strictness(strictness), now);
            let delay = server_delay.delay().map(|delay| Ok(delay.as_secs()));
            let ignored = server_delay.ignored().map(|(_, error)| Err(error));
            assert_eq!(
                delay.or(ignored),
                Some(expected),
                "{strictness:?} {now:?} {date:?}"
            );
        }
    }
    let malformed = [("Retry-After", "Friday, 29-Sep-23 noon")];
    let server_delay = ServerDelay::read(&malformed, own, None);
    let form = DelayError::Date(DateError::Form);
    assert_eq!(server_delay.ignored(), Some((DelayField::RetryAfter, form)));
}
