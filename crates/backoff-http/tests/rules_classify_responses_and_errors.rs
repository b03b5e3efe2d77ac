//! The rules classify responses and errors.

use backoff_core::{Classify, Failure, FailureKind, Verdict};
use backoff_http::{
    ClassifiedBy, Evidence, Fault, FaultRule, GrpcRules, GrpcStatus, HeaderRule, HttpDate, Method,
    RequestInfo, Rules, Sent, StatusClass, StatusRule,
};
use std::time::Duration;

const NOW: HttpDate = HttpDate::from_unix(784_111_717);

const GET: RequestInfo = RequestInfo::new(Method::Get);

#[test]
fn a_request_that_is_not_idempotent_is_repeated_only_if_unsent_or_keyed() {
    let (get, post) = (
        RequestInfo::new(Method::Get),
        RequestInfo::new(Method::Post),
    );
    let keyed = post.with_idempotency_key();
    let unsent = Evidence::of(Fault::Timeout).with_sent(Sent::Never);
    let begun = Evidence::of(Fault::Reset).with_sent(Sent::ResponseBegun);
    let cases = [
        (get, Evidence::of(Fault::Reset), true),
        (post, Evidence::of(Fault::Reset), false),
        (keyed, Evidence::of(Fault::Reset), true),
        (post, Evidence::of(Fault::Timeout), false),
        (post, unsent, true),
        (post, Evidence::of(Fault::RefusedStream), true),
        (post, Evidence::of(Fault::Refused), true),
        (get, begun, true),
        (post, begun, false),
        (keyed, Evidence::of(Fault::Certificate), false),
    ];
    for (request, evidence, retry) in cases {
        let classification = Rules::DEFAULT.classify_error(request, evidence);
        assert_eq!(
            classification.is_retryable(),
            retry,
            "{request:?}: {evidence}"
        );
    }
    let responses = [
        (get, 503, true),
        (post, 503, false),
        (keyed, 503, true),
        (post, 429, true),
        (post, 425, true),
    ];
    for (request, status, retry) in responses {
        let classification = Rules::DEFAULT.classify_response(request, status, &(), NOW);
        assert_eq!(
            classification.is_retryable(),
            retry,
            "{request:?}: {status}"
        );
    }
    // What another server says behind a redirect is no proof.
    for (request, retry) in [(get, true), (post, false), (keyed, true)] {
        let request = request.as_redirected();
        for fault in [Fault::Refused, Fault::RefusedStream, Fault::Connect] {
            let classification = Rules::DEFAULT.classify_error(request, fault);
            assert_eq!(classification.is_retryable(), retry, "{request:?}: {fault}");
        }
        for status in [425, 429] {
            let classification = Rules::DEFAULT.classify_response(request, status, &(), NOW);
            assert_eq!(
                classification.is_retryable(),
                retry,
                "{request:?}: {status}"
            );
        }
    }
}

#[test]
fn each_fault_is_the_failure_of_the_table() {
    let second = Duration::from_secs(1);
    let cases = [
        (Fault::Certificate, Failure::permanent()),
        (Fault::Connect, Failure::transient()),
        (Fault::Dns, Failure::transient()),
        (Fault::InvalidRequest, Failure::permanent()),
        (Fault::Other, Failure::doubtful()),
        (Fault::Overflow, Failure::transient()),
        (Fault::Protocol, Failure::doubtful()),
        (Fault::Redirects, Failure::permanent()),
        (Fault::Refused, Failure::transient().with_min_delay(second)),
        (Fault::RefusedStream, Failure::transient()),
        (Fault::Reset, Failure::transient()),
        (Fault::Timeout, Failure::transient()),
        (Fault::TlsAlert, Failure::transient()),
    ];
    for (fault, expected) in cases {
        let classification = Rules::DEFAULT.classify_error(RequestInfo::new(Method::Get), fault);
        assert_eq!(classification.failure(), Some(expected), "{fault}");
    }
}

#[test]
fn a_hint_goes_with_the_failure() {
    let second = Duration::from_secs(1);
    let cases = [
        (429, "1", Failure::throttled().with_retry_after(second)),
        (
            503,
            "Sun, 06 Nov 1994 08:48:38 GMT",
            Failure::throttled().with_retry_after(second),
        ),
        (
            503,
            "0",
            Failure::throttled().with_retry_after(Duration::ZERO),
        ),
        (503, "soon", Failure::transient()),
        (429, "soon", Failure::throttled()),
        (404, "1", Failure::permanent()),
    ];
    for (status, value, expected) in cases {
        let headers = [("Retry-After", value)];
        let classification =
            Rules::DEFAULT.classify_response(RequestInfo::new(Method::Get), status, &headers, NOW);
        assert_eq!(
            classification.failure(),
            Some(expected),
            "{status}, {value}"
        );
    }
}

#[test]
fn what_a_header_says_goes_before_the_status() {
    use FailureKind::{Permanent, Throttled, Transient};
    let get = RequestInfo::new(Method::Get);
    let cases = [
        (
            503,
            "x-should-retry",
            "false",
            Some(Permanent),
            ClassifiedBy::Header("x-should-retry"),
        ),
        (
            400,
            "x-should-retry",
            "true",
            Some(Transient),
            ClassifiedBy::Header("x-should-retry"),
        ),
        (
            429,
            "x-should-retry",
            "true",
            Some(Throttled),
            ClassifiedBy::Status(429),
        ),
        (
            400,
            "x-should-retry",
            "TRUE",
            Some(Permanent),
            ClassifiedBy::Status(400),
        ),
        (
            200,
            "x-should-retry",
            "true",
            None,
            ClassifiedBy::Status(200),
        ),
        (
            503,
            "grpc-retry-pushback-ms",
            "-1",
            Some(Permanent),
            ClassifiedBy::Pushback,
        ),
    ];
    for (status, name, value, kind, classified_by) in cases {
        let classification = Rules::DEFAULT.classify_response(get, status, &[(name, value)], NOW);
        let found = (
            classification.failure().map(Failure::kind),
            classification.classified_by(),
        );
        assert_eq!(found, (kind, classified_by), "{status}, {name}: {value}");
    }
    let post = Rules::DEFAULT.classify_response(
        RequestInfo::new(Method::Post),
        503,
        &[("x-should-retry", "true")],
        NOW,
    );
    assert_eq!(
        post.classified_by(),
        ClassifiedBy::Unrepeatable(Method::Post)
    );
}

#[test]
fn a_status_of_grpc_counts_where_it_is_asked_for() {
    const RULES: Rules = Rules::DEFAULT.with_grpc(GrpcRules::NONE.with(GrpcStatus::Unavailable));
    let request = RequestInfo::new(Method::Post).as_idempotent();
    let cases = [
        ("14", Some(FailureKind::Transient)),
        ("13", Some(FailureKind::Permanent)),
        ("0", None),
    ];
    for (code, kind) in cases {
        let headers = [("grpc-status", code)];
        let classification = RULES.classify_response(request, 200, &headers, NOW);
        assert_eq!(classification.failure().map(Failure::kind), kind, "{code}");
        assert_eq!(
            Rules::DEFAULT
                .classify_response(request, 200, &headers, NOW)
                .failure(),
            None
        );
    }
}

#[test]
fn a_call_of_grpc_that_succeeds_stays_a_success() {
    use FailureKind::{Permanent, Transient};
    const GRPC: Rules = Rules::DEFAULT.with_grpc(GrpcRules::NONE.with(GrpcStatus::Unavailable));
    const EVERY: Rules = GRPC.reading_every_response();
    let (pushback, told) = ("grpc-retry-pushback-ms", "x-should-retry");
    // HTTP status, `grpc-status`, another header, the kind, and that where every response is read.
    let cases = [
        (200, Some("0"), (pushback, "-1"), None, None),
        (200, None, (pushback, "-1"), None, None),
        (
            200,
            Some("14"),
            (pushback, "-1"),
            Some(Permanent),
            Some(Permanent),
        ),
        (
            200,
            Some("14"),
            (pushback, "5"),
            Some(Transient),
            Some(Transient),
        ),
        (
            503,
            None,
            (pushback, "-1"),
            Some(Permanent),
            Some(Permanent),
        ),
        (503, Some("0"), (told, "true"), None, Some(Transient)),
        (200, Some("0"), (told, "true"), None, Some(Transient)),
        (200, Some("0"), (told, "false"), None, Some(Permanent)),
        (200, None, (told, "true"), None, Some(Transient)),
        (
            200,
            Some("13"),
            (told, "true"),
            Some(Transient),
            Some(Transient),
        ),
    ];
    let request = RequestInfo::new(Method::Post).as_idempotent();
    for (status, code, (name, value), of_grpc, of_every) in cases {
        let mut headers = vec![(name, value)];
        headers.extend(code.map(|code| ("grpc-status", code)));
        let found = [GRPC, EVERY].map(|rules| {
            let classification = rules.classify_response(request, status, headers.as_slice(), NOW);
            classification.failure().map(Failure::kind)
        });
        assert_eq!(found, [of_grpc, of_every], "{status} {headers:?}");
    }
}

#[test]
fn a_connection_that_was_not_had_in_time_is_unavailable_to_aip_194() {
    let request = RequestInfo::new(Method::Get);
    let timeout = Evidence::of(Fault::Timeout);
    for (evidence, expected) in [(timeout, false), (timeout.with_sent(Sent::Never), true)] {
        let classification = Rules::AIP_194.classify_error(request, evidence);
        assert_eq!(classification.is_retryable(), expected, "{evidence}");
    }
}

#[test]
fn the_rules_of_the_user_come_first() {
    const RULES: Rules = Rules::DEFAULT
        .with_statuses(&[
            StatusRule::one(500, StatusClass::Permanent),
            StatusRule::range(200, 202, StatusClass::Transient),
        ])
        .with_faults(&[FaultRule::new(Fault::Refused, FailureKind::Permanent)])
        .with_headers(&[HeaderRule::present("x-should-retry", FailureKind::Doubtful)]);
    let get = RequestInfo::new(Method::Get);
    let cases = [
        (500, false),
        (201, true),
        (203, false),
        (503, true),
        (404, false),
    ];
    for (status, retry) in cases {
        assert_eq!(
            RULES
                .classify_response(get, status, &(), NOW)
                .is_retryable(),
            retry,
            "{status}"
        );
    }
    assert!(!RULES.classify_error(get, Fault::Refused).is_retryable());
    let classification = RULES.classify_response(get, 404, &[("x-should-retry", "false")], NOW);
    assert_eq!(classification.failure(), Some(Failure::doubtful()));
}

#[test]
fn the_rules_by_default_are_those_named_default() {
    let (made, named) = (Rules::default(), Rules::DEFAULT);
    for status in 100..600 {
        let classify = |rules: &Rules| rules.classify_response(GET, status, &(), None);
        assert_eq!(classify(&made), classify(&named), "{status}");
    }
}

#[test]
fn an_outcome_that_no_table_covers_is_permanent() {
    let rules = Rules::of(&[], &[], &[]);
    for status in [200, 404, 503] {
        let classification = rules.classify_response(GET, status, &(), None);
        assert_eq!(
            classification.failure(),
            Some(Failure::permanent()),
            "{status}"
        );
    }
    let classification = rules.classify_error(GET, Fault::Dns);
    assert_eq!(classification.failure(), Some(Failure::permanent()));
}

#[test]
fn a_classification_is_a_verdict_and_permanent_without_its_body() {
    let classification = Rules::DEFAULT.classify_response(GET, 503, &[("retry-after", "9")], None);
    assert_eq!(Verdict::failure(classification), classification.failure());
    let classify = |(): &()| classification;
    assert_eq!(
        classify.classify(&Err::<(), ()>(())),
        classification.failure()
    );
    let spent = classification.with_spent_body();
    assert_eq!(
        (spent.failure(), spent.classified_by()),
        (Some(Failure::permanent()), ClassifiedBy::SpentBody)
    );
    assert_eq!(spent.server_delay(), classification.server_delay());
    let accepted = Rules::DEFAULT.classify_response(GET, 204, &(), None);
    assert_eq!(accepted.with_spent_body(), accepted);
}

#[test]
fn a_request_can_be_made_of_its_method_and_a_rule_knows_its_header() {
    assert_eq!(
        RequestInfo::from(Method::Put),
        RequestInfo::new(Method::Put)
    );
    let rule = HeaderRule::present("x-a", FailureKind::Doubtful);
    assert_eq!((rule.name(), rule.kind()), ("x-a", FailureKind::Doubtful));
}

#[test]
fn a_state_that_waiting_does_not_mend_is_permanent() {
    let put = RequestInfo::new(Method::Put);
    for rules in [Rules::DEFAULT, Rules::RFC_9110] {
        for status in [501, 505, 506, 507, 508, 510, 511, 526] {
            // Not even where the server asks for a delay.
            for headers in [&[][..], &[("retry-after", "5")]] {
                let classification = rules.classify_response(put, status, headers, None);
                let failure = classification.failure();
                assert_eq!(failure, Some(Failure::permanent()), "{status} {headers:?}");
            }
        }
    }
}

#[test]
fn content_that_is_too_large_for_now_is_sent_again_after_the_hint() {
    let put = RequestInfo::new(Method::Put);
    let cases = [
        (
            413,
            Some("5"),
            Failure::throttled().with_retry_after(Duration::from_secs(5)),
        ),
        (
            413,
            Some("Sun, 06 Nov 1994 08:48:57 GMT"),
            Failure::throttled().with_retry_after(Duration::from_secs(20)),
        ),
        (413, Some("soon"), Failure::permanent()),
        (413, None, Failure::permanent()),
        (414, Some("5"), Failure::permanent()),
    ];
    for rules in [Rules::DEFAULT, Rules::RFC_9110] {
        for (status, hint, expected) in cases {
            let headers: Vec<_> = hint.map(|hint| ("Retry-After", hint)).into_iter().collect();
            let classification = rules.classify_response(put, status, headers.as_slice(), NOW);
            assert_eq!(
                classification.failure(),
                Some(expected),
                "{status} {hint:?}"
            );
        }
        let post = rules.classify_response(Method::Post.into(), 413, &[("Retry-After", "5")], NOW);
        assert_eq!(
            post.classified_by(),
            ClassifiedBy::Unrepeatable(Method::Post)
        );
    }
}
