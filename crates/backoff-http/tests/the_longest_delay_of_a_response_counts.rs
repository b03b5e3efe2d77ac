//! The delays that servers ask for: the longest of a response counts.

use backoff_core::{Decision, GiveUp, Policy};
use backoff_http::{
    DateError, DelayError, DelayField, DelayRules, HttpDate, Method, ResetMeaning, Rules,
    ServerDelay, ServiceLimit, Strictness,
};
use std::time::Duration;

const NOW: HttpDate = HttpDate::from_unix(1_696_004_797);

const EPOCH: DelayRules = DelayRules::DEFAULT.with_x_rate_limit_reset(ResetMeaning::Epoch);

#[test]
fn each_field_has_its_unit() {
    let cases: [(&str, &str, Result<u64, DelayError>); 41] = [
        ("grpc-retry-pushback-ms", " 5000 ", Ok(5_000)),
        ("grpc-retry-pushback-ms", "2147483647", Ok(2_147_483_647)),
        (
            "grpc-retry-pushback-ms",
            "2147483648",
            Err(DelayError::Number),
        ),
        ("grpc-retry-pushback-ms", "-1", Err(DelayError::Number)),
        ("grpc-retry-pushback-ms", "", Err(DelayError::Number)),
        ("retry-after-ms", "1500", Ok(1_500)),
        ("retry-after-ms", "1500.0", Ok(1_500)),
        ("retry-after-ms", "-5", Err(DelayError::Number)),
        ("retry-after-ms", "", Err(DelayError::Empty)),
        ("x-ms-retry-after-ms", "7", Ok(7)),
        ("x-amz-retry-after", "10000", Ok(10_000)),
        ("x-amz-retry-after", "1000000000000", Ok(1_000_000_000_000)),
        // What is too long to be believed is too long, and not absent.
        ("x-amz-retry-after", "1000000000001", Ok(1_000_000_000_001)),
        ("Retry-After", "2.5", Ok(2_500)),
        ("Retry-After", "Fri, 29 Sep 2023 16:27:38 GMT", Ok(61_000)),
        ("Retry-After", "Fri, 29 Sep 2023 16:26:27 GMT", Ok(0)),
        ("Retry-After", "29 Sep 2023", Ok(0)),
        ("Retry-After", "1000000000", Ok(1_000_000_000_000)),
        ("Retry-After", "1696004817", Ok(1_696_004_817_000)),
        ("Retry-After", "1696004817.5", Ok(1_696_004_817_500)),
        ("Retry-After", "99999999999", Ok(99_999_999_999_000)),
        ("Retry-After", "inf", Err(DelayError::Date(DateError::Form))),
        (
            "RateLimit",
            r#""a";r=0;t=4, "b";r=0;t=9, "c";r=1;t=99"#,
            Ok(9_000),
        ),
        (
            "RateLimit",
            r#""a";r=0;t=1696004817"#,
            Ok(1_696_004_817_000),
        ),
        ("RateLimit", "limit=10, remaining=0, reset=4", Ok(4_000)),
        ("RateLimit", "reset=4;w=9 ,remaining=0", Ok(4_000)),
        ("RateLimit", "limit=10, reset=4", Ok(4_000)),
        (
            "RateLimit",
            "limit=10, remaining=0",
            Err(DelayError::Structure),
        ),
        (
            "RateLimit",
            "limit=10, remaining=0, reset=soon",
            Err(DelayError::Structure),
        ),
        ("RateLimit-Reset", "4", Ok(4_000)),
        ("RateLimit-Reset", "1696004817", Ok(1_696_004_817_000)),
        ("X-RateLimit-Reset-After", "0.75", Ok(750)),
        ("X-RateLimit-Reset", "1696004817", Ok(20_000)),
        ("X-RateLimit-Reset", "1696004817.25", Ok(20_250)),
        ("X-RateLimit-Reset", "1696004796", Ok(0)),
        ("X-RateLimit-Reset", "1000000000", Ok(0)),
        ("X-RateLimit-Reset", "20", Err(DelayError::NotAMoment)),
        ("X-RateLimit-Reset", "x", Err(DelayError::Number)),
        ("X-RateLimit-Reset", "100000000000", Ok(98_303_995_203_000)),
        ("X-RateLimit-Reset", "100000000001", Ok(98_303_995_204_000)),
        // Milliseconds.
        (
            "X-RateLimit-Reset",
            "1696004817000",
            Ok(1_694_308_812_203_000),
        ),
    ];
    for (name, value, expected) in cases {
        let server_delay = ServerDelay::read(&[(name, value)], EPOCH, NOW);
        let delay = server_delay.delay().map(Ok);
        let ignored = server_delay.ignored().map(|(_, error)| Err(error));
        let expected = expected.map(Duration::from_millis);
        assert_eq!(delay.or(ignored), Some(expected), "{name}: {value}");
        assert_eq!(
            server_delay.forbids_retry(),
            expected.is_err() && name.starts_with("grpc"),
            "{name}: {value}"
        );
    }
}

#[test]
fn the_longest_delay_wins_and_a_malformed_one_gives_way() {
    let all = [
        ("x-ratelimit-reset", "1696004806"),
        ("x-ratelimit-reset-after", "8"),
        ("ratelimit-reset", "7"),
        ("ratelimit", r#""a";r=0;t=6"#),
        ("retry-after", "5"),
        ("x-amz-retry-after", "4000"),
        ("x-ms-retry-after-ms", "3000"),
        ("retry-after-ms", "2000"),
        ("grpc-retry-pushback-ms", "1000"),
    ];
    for first in 0..all.len() {
        let server_delay = ServerDelay::read(&all[first..], EPOCH, NOW);
        let seconds = u64::try_from(all.len() - first).expect("nine fields");
        let name = server_delay.field().map(DelayField::as_str);
        assert_eq!(server_delay.delay(), Some(Duration::from_secs(seconds)));
        assert_eq!(name, Some(all[first].0));
    }
    let mut broken = all;
    broken[0].1 = "soon";
    broken[7].1 = "soon";
    let server_delay = ServerDelay::read(&broken, EPOCH, NOW);
    assert_eq!(server_delay.field(), Some(DelayField::XRateLimitResetAfter));
    assert_eq!(
        server_delay.ignored(),
        Some((DelayField::RetryAfterMs, DelayError::Number))
    );
}

#[test]
fn of_equal_delays_the_first_field_is_named() {
    let headers = [
        ("ratelimit-reset", "3"),
        ("retry-after", "3"),
        ("retry-after-ms", "3000"),
    ];
    let server_delay = ServerDelay::read(&headers, EPOCH, NOW);
    assert_eq!(server_delay.field(), Some(DelayField::RetryAfterMs));
}

#[test]
fn a_reset_counts_only_where_nothing_remains() {
    let cases = [
        ("0", Some(20)),
        ("4999", None),
        ("0.5", None),
        ("0.0", Some(20)),
        ("", Some(20)),
        ("none", Some(20)),
        ("76;w=21600", None),
        ("0;w=21600", Some(20)),
        ("100, 99", None),
        ("0 , 99", Some(20)),
        (";w=21600", Some(20)),
    ];
    for (remaining, expected) in cases {
        let headers = [
            ("X-RateLimit-Reset", "1696004817"),
            ("X-RateLimit-Remaining", remaining),
        ];
        let server_delay = ServerDelay::read(&headers, EPOCH, NOW);
        assert_eq!(
            server_delay.delay(),
            expected.map(Duration::from_secs),
            "{remaining}"
        );
    }
}

#[test]
fn what_remains_is_ambiguous_where_its_lines_differ() {
    let headers = [
        ("X-RateLimit-Remaining", "0"),
        ("X-RateLimit-Remaining", "7"),
        ("X-RateLimit-Reset", "1696004817"),
    ];
    let source = DelayField::XRateLimitReset;
    let ignored = |headers: &[(&str, &str)]| ServerDelay::read(headers, EPOCH, NOW).ignored();
    assert_eq!(ignored(&headers), Some((source, DelayError::Repeated)));
    assert_eq!(ignored(&headers[..2]), None, "there is no reset");
    let server_delay = ServerDelay::read(&headers[1..], EPOCH, NOW);
    assert_eq!((server_delay.delay(), server_delay.ignored()), (None, None));
}

#[test]
fn the_longest_of_several_lines_counts() {
    let cases = [
        ("retry-after", ["30", "60"], Some(60_000), None),
        ("retry-after", ["60", "30"], Some(60_000), None),
        ("retry-after", ["42", "42"], Some(42_000), None),
        (
            "retry-after",
            ["30", "Fri, 29 Sep 2023 16:27:38 GMT"],
            Some(61_000),
            None,
        ),
        (
            "retry-after",
            ["soon", "30"],
            Some(30_000),
            Some(DelayError::Date(DateError::Form)),
        ),
        (
            "retry-after",
            ["30", "-1"],
            Some(30_000),
            Some(DelayError::Number),
        ),
        (
            "retry-after",
            ["30", ""],
            Some(30_000),
            Some(DelayError::Empty),
        ),
        (
            "retry-after",
            ["1", "99999999999"],
            Some(99_999_999_999_000),
            None,
        ),
        ("retry-after-ms", ["700", "1500.5"], Some(1_500), None),
        ("ratelimit-reset", ["9", "8"], Some(9_000), None),
        (
            "ratelimit",
            [r#""a";r=0;t=8"#, r#""b";r=0;t=9"#],
            Some(9_000),
            None,
        ),
        (
            "ratelimit",
            ["limit=1, remaining=0", "reset=9"],
            Some(9_000),
            None,
        ),
        (
            "x-ratelimit-reset",
            ["1696004806", "1696004807"],
            Some(10_000),
            None,
        ),
        (
            "grpc-retry-pushback-ms",
            ["100", "100"],
            None,
            Some(DelayError::Repeated),
        ),
    ];
    for (name, [first, second], expected, error) in cases {
        let server_delay = ServerDelay::read(&[(name, first), (name, second)], EPOCH, NOW);
        let millis = server_delay.delay().map(|delay| delay.as_millis());
        let ignored = server_delay.ignored().map(|(_, error)| error);
        assert_eq!(
            (millis, ignored),
            (expected, error),
            "{name} {first} {second}"
        );
        assert_eq!(
            server_delay.forbids_retry(),
            name.starts_with("grpc"),
            "{name} {first} {second}"
        );
    }
}

#[test]
fn a_number_that_nothing_can_hold_is_too_long_and_not_absent() {
    let policy = Policy::DEFAULT.without_deadline();
    let huge = "99999999999999999999999999";
    for (name, value) in [
        ("retry-after", "99999999999"),
        ("retry-after", huge),
        ("retry-after-ms", huge),
        ("x-amz-retry-after", "99999999999999999999.5"),
        ("ratelimit-reset", huge),
        (
            "ratelimit",
            "limit=1, remaining=0, reset=99999999999999999999999999",
        ),
        ("ratelimit", r#""a";r=0;t=999999999999999"#),
        ("x-ratelimit-reset", huge),
        ("x-ratelimit-reset-after", "1e0"),
        ("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ] {
        let classification = Rules::DEFAULT.with_delays(EPOCH).classify_response(
            Method::Get.into(),
            429,
            &[(name, value)],
            NOW,
        );
        let failure = classification.failure().expect("a failure");
        let decision = policy.start().on_failure(Duration::ZERO, failure, 0);
        let is_number = value != "1e0";
        let gives_up = decision == Decision::GiveUp(GiveUp::HintTooLong);
        assert_eq!(gives_up, is_number, "{name}: {value}: {decision:?}");
    }
}

#[test]
fn strict_rules_take_no_fractions() {
    let strict = DelayRules::DEFAULT.with_strictness(Strictness::Strict);
    let whole = DelayRules::DEFAULT.without_fractions();
    for rules in [strict, whole, whole.with_strictness(Strictness::Lenient)] {
        let server_delay = ServerDelay::read(&[("retry-after", "2.5")], rules, NOW);
        assert_eq!(server_delay.delay(), None, "{rules:?}");
    }
    let lenient = strict.with_strictness(Strictness::Lenient);
    let server_delay = ServerDelay::read(&[("retry-after", "2.5")], lenient, NOW);
    assert_eq!(server_delay.delay(), Some(Duration::from_millis(2_500)));
    for (name, value) in [
        ("retry-after", "2.5"),
        ("retry-after-ms", "2.5"),
        ("retry-after", "29 Sep 2023"),
    ] {
        assert_eq!(
            ServerDelay::read(&[(name, value)], strict, NOW).delay(),
            None,
            "{name}: {value}"
        );
    }
}

#[test]
fn a_field_can_be_left_out_and_added() {
    assert_eq!(DelayRules::default(), DelayRules::DEFAULT);
    let none = DelayRules::DEFAULT.without(DelayField::RetryAfter);
    assert!(!none.reads(DelayField::RetryAfter) && none.reads(DelayField::RateLimit));
    assert_eq!(none.with(DelayField::RetryAfter), DelayRules::DEFAULT);
    assert!(!DelayRules::DEFAULT.reads(DelayField::XRateLimitReset));
}

#[test]
fn a_limit_has_the_name_of_its_policy() {
    let headers = [("ratelimit", r#""a\"b";r=2;t=9"#)];
    let limits: Vec<_> = ServiceLimit::read(&headers).expect("well-formed").collect();
    let [limit] = limits[..] else {
        panic!("{limits:?}")
    };
    assert_eq!((limit.policy(), limit.available()), (r#"a\"b"#, 2));
}

#[test]
fn a_list_of_numbers_is_as_good_as_several_lines() {
    let cases = [
        ("30, 60", Some(60_000), None),
        ("60,30", Some(60_000), None),
        ("1 ,\t2.5, 0", Some(2_500), None),
        ("30, -1", Some(30_000), Some(DelayError::Number)),
        ("30,", Some(30_000), Some(DelayError::Empty)),
        (
            "30, Fri, 29 Sep 2023 16:26:57 GMT",
            None,
            Some(DelayError::Date(DateError::Form)),
        ),
    ];
    for (value, millis, ignored) in cases {
        let headers = [("retry-after", value)];
        let asked = ServerDelay::read(&headers, DelayRules::DEFAULT, HttpDate::from_unix(0));
        assert_eq!(asked.delay(), millis.map(Duration::from_millis), "{value}");
        let error = asked.ignored().map(|(_, error)| error);
        assert_eq!(error, ignored, "{value}");
        let strict = DelayRules::DEFAULT.with_strictness(Strictness::Strict);
        let asked = ServerDelay::read(&headers, strict, HttpDate::from_unix(0));
        assert_eq!(asked.delay(), None, "{value}");
    }
}
