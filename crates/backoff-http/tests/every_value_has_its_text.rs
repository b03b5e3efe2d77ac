//! What is printed for people to read.

use backoff_core::{Failure, FailureKind};
use backoff_http::{
    Classification, ClassifiedBy, DateError, DelayError, Evidence, Fault, FaultRule, GrpcStatus,
    Method, RequestInfo, RetryMark, Rules, Sent,
};

#[test]
fn every_fault_has_its_words() {
    let cases = [
        (Fault::Certificate, "TLS handshake failed"),
        (Fault::Connect, "no connection"),
        (Fault::Dns, "host name not resolved"),
        (Fault::EnhanceYourCalm, "excessive load"),
        (Fault::InvalidRequest, "invalid request"),
        (Fault::Other, "unknown fault"),
        (Fault::Overflow, "no room in the client"),
        (Fault::Protocol, "broken response"),
        (Fault::ProxyRefused, "refused by a proxy"),
        (Fault::Redirects, "too many redirects"),
        (Fault::Refused, "connection refused"),
        (Fault::RefusedStream, "stream refused"),
        (Fault::Reset, "connection reset"),
        (Fault::Timeout, "timed out"),
    ];
    for (fault, words) in cases {
        assert_eq!((fault.as_str(), fault.to_string().as_str()), (words, words));
        let shown = Evidence::of(fault).with_sent(Sent::Maybe).to_string();
        assert_eq!(shown, format!("{words}, may have been sent"));
    }
    let states = [
        (Sent::Maybe, "may have been sent"),
        (Sent::Never, "never sent"),
        (Sent::ResponseBegun, "response begun"),
    ];
    for (sent, words) in states {
        assert_eq!((sent.as_str(), sent.to_string().as_str()), (words, words));
    }
}

#[test]
fn every_error_has_its_words() {
    let dates = [
        (DateError::Calendar, "the calendar has no such day or time"),
        (DateError::Form, "not in a form of an HTTP-date"),
        (DateError::Weekday, "the date is another day of the week"),
    ];
    for (error, words) in dates {
        assert_eq!((error.as_str(), error.to_string().as_str()), (words, words));
        assert_eq!(DelayError::Date(error).to_string(), words);
    }
    let delays = [
        (DelayError::Empty, "empty"),
        (DelayError::NoClock, "a date where there is no clock"),
        (DelayError::NotAMoment, "not a moment in seconds since 1970"),
        (DelayError::Number, "invalid number"),
        (DelayError::Repeated, "several lines that differ"),
        (DelayError::Structure, "not a list of limits"),
    ];
    for (error, words) in delays {
        assert_eq!((error.as_str(), error.to_string().as_str()), (words, words));
    }
}

#[test]
fn a_finding_says_what_it_rests_on() {
    let get = RequestInfo::new(Method::Get);
    let post = RequestInfo::new(Method::Post);
    let classify = |request, status, headers: &[(&str, &str)]| {
        Rules::DEFAULT
            .classify_response(request, status, headers, None)
            .to_string()
    };
    let cases = [
        (classify(get, 204, &[]), "accepted: status 204"),
        (classify(get, 404, &[]), "permanent: status 404"),
        (
            classify(get, 429, &[("retry-after", "2")]),
            "throttled: status 429, retry-after 2s",
        ),
        (
            classify(get, 503, &[("retry-after", "-2")]),
            "transient: status 503, retry-after ignored: invalid number",
        ),
        (
            classify(get, 500, &[("x-should-retry", "false")]),
            "permanent: header x-should-retry",
        ),
        (
            classify(post, 503, &[]),
            "permanent: POST without an Idempotency-Key is not repeated",
        ),
        (
            Rules::DEFAULT.classify_error(get, Fault::Reset).to_string(),
            "transient: connection reset, may have been sent",
        ),
        (
            Classification::from(RetryMark::after(3)).to_string(),
            "permanent: retried already",
        ),
        (
            ClassifiedBy::GrpcStatus(GrpcStatus::Aborted).to_string(),
            "gRPC status ABORTED",
        ),
        (
            ClassifiedBy::Pushback.to_string(),
            "grpc-retry-pushback-ms asks for no retry",
        ),
        (RetryMark::after(1).to_string(), "given up after 1 attempt"),
        (RetryMark::after(2).to_string(), "given up after 2 attempts"),
    ];
    for (shown, words) in cases {
        assert_eq!(shown, words);
    }
    assert_eq!(RetryMark::after(2).attempts(), 2);
    assert_eq!(
        Classification::from(RetryMark::after(3)).failure(),
        Some(Failure::permanent())
    );
}

#[test]
fn a_rule_about_a_fault_covers_it_however_far_the_request_came_unless_it_says() {
    let (any, sent) = (
        FaultRule::new(Fault::Timeout, FailureKind::Doubtful),
        FaultRule::new(Fault::Timeout, FailureKind::Transient).when(Sent::Maybe),
    );
    let timeout = Evidence::of(Fault::Timeout);
    let cases = [
        (timeout, [true, true]),
        (timeout.with_sent(Sent::Never), [true, false]),
        (Evidence::of(Fault::Reset), [false, false]),
    ];
    for (evidence, covered) in cases {
        assert_eq!(
            [any, sent].map(|rule| rule.covers(evidence)),
            covered,
            "{evidence}"
        );
    }
    assert_eq!(
        [any, sent].map(|rule| rule.kind()),
        [FailureKind::Doubtful, FailureKind::Transient]
    );
}
