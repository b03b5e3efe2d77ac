//! Waiting does not mend every status: some are permanent, and some wait only if the server asks for it.

use backoff_core::Failure;
use backoff_http::{ClassifiedBy, HttpDate, Method, RequestInfo, Rules};
use std::time::Duration;

const NOW: HttpDate = HttpDate::from_unix(784_111_717);

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
