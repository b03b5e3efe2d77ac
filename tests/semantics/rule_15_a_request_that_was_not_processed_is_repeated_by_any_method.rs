use backoff_http::{Fault, HttpDate, Method, RequestInfo, Rules};

/// 29 September 2023.
const NOW: HttpDate = HttpDate::from_unix(1_696_004_797);

const METHODS: [Method; 3] = [Method::Get, Method::Patch, Method::Post];

/// Which of a GET, a PATCH and a POST without an idempotency key are repeated.
fn repeated(classify: impl Fn(RequestInfo) -> bool) -> [bool; 3] {
    METHODS.map(RequestInfo::new).map(classify)
}

#[test]
fn a_status_that_says_so_is_proof() {
    let cases = [
        (425, [true, true, true]), // Too Early: RFC 8470, section 5.2
        (503, [true, false, false]),
    ];
    for (status, expected) in cases {
        let classify = |request| Rules::DEFAULT.classify_response(request, status, &(), NOW);
        let repeated = repeated(|request| classify(request).is_retryable());
        assert_eq!(repeated, expected, "{status}: {METHODS:?}");
    }
}

#[test]
fn a_connection_that_never_carried_the_request_is_proof() {
    let cases = [
        (Fault::Refused, [true, true, true]),
        (Fault::RefusedStream, [true, true, true]), // RFC 9113, section 8.7
        (Fault::Reset, [true, false, false]),
    ];
    for (fault, expected) in cases {
        let classify = |request| Rules::DEFAULT.classify_error(request, fault);
        let repeated = repeated(|request| classify(request).is_retryable());
        assert_eq!(repeated, expected, "{fault:?}: {METHODS:?}");
    }
}
