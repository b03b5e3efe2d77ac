//! A field that no table knows is named by the user, with its meaning and the field that says what is left.

use backoff_http::{
    DelayError, DelayField, DelayRules, HttpDate, LimitField, ResetMeaning, ServerDelay, Strictness,
};
use std::time::Duration;

const NOW: HttpDate = HttpDate::from_unix(1_696_004_797);

const LIMITS: &[LimitField] = &[
    LimitField::new("x-ratelimit-reset-requests", ResetMeaning::Duration)
        .with_remaining("x-ratelimit-remaining-requests"),
    LimitField::new("x-ratelimit-reset-tokens", ResetMeaning::Duration)
        .with_remaining("x-ratelimit-remaining-tokens"),
];

const RULES: DelayRules = DelayRules::DEFAULT.with_limits(LIMITS);

fn read(rules: DelayRules, headers: &[(&str, &str)]) -> (Option<u64>, Option<DelayError>) {
    let server_delay = ServerDelay::read(headers, rules, NOW);
    let millis = server_delay.delay().map(|delay| delay.as_millis());
    let ignored = server_delay.ignored().map(|(_, error)| error);
    (
        millis.map(|millis| u64::try_from(millis).expect("a short delay")),
        ignored,
    )
}

/// The headers of two limits: what is left of each, and when it is reset.
fn limits<'v>(requests: [&'v str; 2], tokens: [&'v str; 2]) -> Vec<(&'static str, &'v str)> {
    let lines = [
        ("x-ratelimit-remaining-requests", requests[0]),
        ("x-ratelimit-reset-requests", requests[1]),
        ("x-ratelimit-remaining-tokens", tokens[0]),
        ("x-ratelimit-reset-tokens", tokens[1]),
    ];
    lines
        .into_iter()
        .filter(|(_, value)| *value != "-")
        .collect()
}

#[test]
fn the_limit_that_is_used_up_decides_else_the_longest_that_may_be() {
    let cases = [
        // (requests left and reset, tokens left and reset, milliseconds)
        (["0", "6m0s"], ["149984", "6ms"], Some(360_000)),
        (["59", "6m0s"], ["0", "6ms"], Some(6)),
        (["0", "1s"], ["0", "8.64s"], Some(8_640)),
        (["0", "1s"], ["-", "6m0s"], Some(1_000)),
        (["-", "1s"], ["-", "6m0s"], Some(360_000)),
        (["-", "1s"], ["7", "6m0s"], Some(1_000)),
        (["59", "1s"], ["7", "6m0s"], None),
        (["0", "-"], ["-", "2s"], Some(2_000)),
        (["0", "-"], ["7", "2s"], None),
        (["-", "-"], ["-", "-"], None),
    ];
    for (requests, tokens, expected) in cases {
        let headers = limits(requests, tokens);
        assert_eq!(read(RULES, &headers), (expected, None), "{headers:?}");
    }
}

#[test]
fn a_limit_is_a_hint_among_the_others() {
    let mut headers = limits(["0", "20s"], ["7", "1s"]);
    for (retry_after, expected) in [("10", 20_000), ("30", 30_000), ("soon", 20_000)] {
        headers.push(("retry-after", retry_after));
        assert_eq!(read(RULES, &headers).0, Some(expected), "{retry_after}");
        headers.pop();
    }
    let server_delay = ServerDelay::read(headers.as_slice(), RULES, NOW);
    let field = server_delay.field();
    assert_eq!(field, Some(DelayField::Limit("x-ratelimit-reset-requests")));
    assert_eq!(
        field.map(|field| field.to_string()).as_deref(),
        Some("x-ratelimit-reset-requests")
    );
    assert_eq!(
        read(DelayRules::DEFAULT, &headers),
        (None, None),
        "unless it is named"
    );
}

#[test]
fn a_malformed_limit_is_ignored_with_its_reason() {
    let cases = [
        ("6 minutes", DelayError::Number),
        ("-6m0s", DelayError::Number),
        ("360", DelayError::Number),
        ("", DelayError::Empty),
    ];
    for (reset, error) in cases {
        let headers = limits(["0", reset], ["0", "3s"]);
        assert_eq!(read(RULES, &headers), (Some(3_000), Some(error)), "{reset}");
    }
}

#[test]
fn each_meaning_has_its_values() {
    use ResetMeaning::{Delta, DeltaMillis, Duration as Units, Epoch, EpochMillis, Moment};
    let cases: [(ResetMeaning, &str, Result<u64, DelayError>); 17] = [
        (Delta, "30", Ok(30_000)),
        (Delta, "0.25", Ok(250)),
        (DeltaMillis, "30", Ok(30)),
        (DeltaMillis, "1500", Ok(1_500)),
        (Units, "1m30.5s", Ok(90_500)),
        (Epoch, "1696004827", Ok(30_000)),
        (Epoch, "1696004827.5", Ok(30_500)),
        (Epoch, "1696004700", Ok(0)),
        (Epoch, "30", Err(DelayError::NotAMoment)),
        (EpochMillis, "1696004827250", Ok(30_250)),
        (EpochMillis, "1696004827", Err(DelayError::NotAMoment)),
        (Moment, "Fri, 29 Sep 2023 16:27:07 GMT", Ok(30_000)),
        (Moment, "2023-09-29T16:27:07Z", Ok(30_000)),
        (Moment, "2023-09-29T18:27:06.25+02:00", Ok(30_000)),
        (Moment, "Fri, 29 Sep 2023 16:26:07 GMT", Ok(0)),
        (Epoch, "", Err(DelayError::Empty)),
        (DeltaMillis, "x", Err(DelayError::Number)),
    ];
    for (meaning, value, expected) in cases {
        let limits: &'static [LimitField] =
            Box::leak(Box::new([LimitField::new("x-rate-limit-reset", meaning)
                .with_remaining("x-rate-limit-remaining")]));
        let rules = DelayRules::NONE.with_limits(limits);
        let headers = [
            ("X-Rate-Limit-Remaining", "0"),
            ("X-Rate-Limit-Reset", value),
        ];
        let found = match read(rules, &headers) {
            (Some(millis), None) => Ok(millis),
            (None, Some(error)) => Err(error),
            other => panic!("{meaning:?} {value}: {other:?}"),
        };
        assert_eq!(found, expected, "{meaning:?} {value}");
        assert_eq!((limits[0].meaning(), rules.limits()), (meaning, limits));
    }
}

#[test]
fn without_a_clock_the_date_of_the_response_counts() {
    const RULES: DelayRules = DelayRules::NONE
        .with_limits(&[LimitField::new("x-reset", ResetMeaning::Epoch)])
        .with_strictness(Strictness::Strict);
    let headers = [
        ("x-reset", "1696004827"),
        ("date", "Fri, 29 Sep 2023 16:26:37 GMT"),
    ];
    let delay = |headers: &[(&str, &str)]| ServerDelay::read(headers, RULES, None);
    assert_eq!(delay(&headers).delay(), Some(Duration::from_secs(30)));
    let lost = (DelayField::Limit("x-reset"), DelayError::NoClock);
    assert_eq!(delay(&headers[..1]).ignored(), Some(lost));
}
