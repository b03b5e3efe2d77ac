use backoff_core::{Decision, Jitter, Policy};
use backoff_http::{
    ClassifiedBy, Evidence, Fault, Method, RequestInfo, Rules, Sent, StatusClass, StatusRule,
};

use crate::{after, decide, seconds};

const POST: RequestInfo = RequestInfo::new(Method::Post);

const METHODS: [Method; 4] = [Method::Connect, Method::Other, Method::Patch, Method::Post];

#[test]
fn a_post_that_a_rate_limiter_refused_is_sent_again_after_the_hint() {
    let policy = Policy::DEFAULT.with_jitter(Jitter::None);
    let refused = Rules::DEFAULT.classify_response(POST, 429, &[("Retry-After", "1")], None);
    let failure = refused.failure().expect("a failure");
    assert_eq!(decide(&mut policy.start(), failure), after(seconds(1)));
}

#[test]
fn a_refusal_is_repeated_by_any_method_and_another_failure_is_not() {
    let cases = [
        (429, true),
        (425, true),
        (503, false),
        (408, false),
        (500, false),
    ];
    for method in METHODS {
        for (status, repeated) in cases {
            let request = RequestInfo::new(method);
            let classification = Rules::DEFAULT.classify_response(request, status, &(), None);
            assert_eq!(classification.is_retryable(), repeated, "{method} {status}");
            if !repeated {
                let reason = ClassifiedBy::Unrepeatable(method);
                assert_eq!(classification.classified_by(), reason, "{method} {status}");
            }
        }
        let refused = Rules::DEFAULT.classify_error(method.into(), Fault::RefusedStream);
        assert!(refused.is_retryable(), "{method}");
    }
}

#[test]
fn the_rules_of_firmware_repeat_refusals_too() {
    for (status, repeated) in [(429, true), (425, true), (503, false)] {
        let classification = Rules::RFC_9110.classify_response(POST, status, &(), None);
        assert_eq!(classification.is_retryable(), repeated, "{status}");
    }
}

#[test]
fn a_rule_turns_it_off() {
    let careful = Rules::DEFAULT.without_refusals();
    for status in [425, 429] {
        assert!(
            !careful
                .classify_response(POST, status, &(), None)
                .is_retryable(),
            "{status}"
        );
        let get = careful.classify_response(Method::Get.into(), status, &(), None);
        let keyed = careful.classify_response(POST.with_idempotency_key(), status, &(), None);
        assert!(get.is_retryable() && keyed.is_retryable(), "{status}");
    }
    assert!(
        !careful
            .classify_error(POST, Fault::RefusedStream)
            .is_retryable()
    );
    // What never reached a server is no refusal.
    let unsent = Evidence::of(Fault::Timeout).with_sent(Sent::Never);
    for evidence in [Fault::Refused.into(), Fault::Dns.into(), unsent] {
        assert!(
            careful.classify_error(POST, evidence).is_retryable(),
            "{evidence}"
        );
    }
    // For one status, a line of the table is enough.
    let line = [StatusRule::one(429, StatusClass::Throttled)];
    let rules = Rules::DEFAULT.with_statuses(&line);
    assert!(!rules.classify_response(POST, 429, &(), None).is_retryable());
    assert!(rules.classify_response(POST, 425, &(), None).is_retryable());
}

#[test]
fn behind_a_redirect_the_first_server_has_processed_the_request() {
    let redirected = POST.as_redirected();
    for status in [425, 429] {
        let classification = Rules::DEFAULT.classify_response(redirected, status, &(), None);
        assert!(!classification.is_retryable(), "{status}");
    }
}

#[test]
fn a_spent_body_cannot_be_sent_again_even_after_a_refusal() {
    let refused = Rules::DEFAULT.classify_response(POST, 429, &(), None);
    let failure = refused.with_spent_body().failure().expect("a failure");
    let decision = decide(&mut Policy::DEFAULT.start(), failure);
    assert!(matches!(decision, Decision::GiveUp(_)), "{decision:?}");
}
