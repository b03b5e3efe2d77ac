//! The small items of the crate, each used as its documentation says.

use backoff_core::{Classify, Failure, Verdict};
use backoff_http::{
    Classification, ClassifiedBy, DelayField, DelayRules, Fault, HeaderRule, Headers, Method,
    RequestInfo, RetryMark, Rules, ServiceLimit, lookup,
};

const GET: RequestInfo = RequestInfo::new(Method::Get);

#[test]
fn headers_may_be_nothing_an_array_a_slice_a_reference_or_a_closure() {
    fn dates(headers: &(impl Headers + ?Sized)) -> Vec<&[u8]> {
        headers.lines("date").collect()
    }
    let array = [("Date", "a"), ("Age", "b"), ("DATE", "c")];
    let both: [&[u8]; 2] = [b"a", b"c"];
    assert_eq!(dates(&array), both);
    assert_eq!(dates(&array[..]), both);
    assert_eq!(dates(&&array), both);
    assert_eq!(dates(&()), <[&[u8]; 0]>::default());
    let closure = lookup(|name| (name == "date").then_some(&b"d"[..]));
    assert_eq!(dates(&closure), [b"d"]);
    assert_eq!(
        (closure.first("date"), closure.first("age")),
        (Some(&b"d"[..]), None)
    );
    assert_eq!(
        (array.first("date"), ().first("date")),
        (Some(&b"a"[..]), None)
    );
}

#[test]
fn the_default_rules_are_those_that_are_named_so() {
    assert_eq!(DelayRules::default(), DelayRules::DEFAULT);
    let (made, named) = (Rules::default(), Rules::DEFAULT);
    for status in 100..600 {
        let judge = |rules: &Rules| rules.classify_response(GET, status, &(), None);
        assert_eq!(judge(&made), judge(&named), "{status}");
    }
}

#[test]
fn what_no_table_covers_is_permanent() {
    let rules = Rules::of(&[], &[], &[]);
    for status in [200, 404, 503] {
        let found = rules.classify_response(GET, status, &(), None);
        assert_eq!(found.failure(), Some(Failure::permanent()), "{status}");
    }
    let found = rules.classify_error(GET, Fault::Dns);
    assert_eq!(found.failure(), Some(Failure::permanent()));
}

#[test]
fn a_field_can_be_left_out_and_taken_in() {
    let none = DelayRules::DEFAULT.without(DelayField::RetryAfter);
    assert!(!none.reads(DelayField::RetryAfter) && none.reads(DelayField::RateLimit));
    assert_eq!(none.with(DelayField::RetryAfter), DelayRules::DEFAULT);
    assert!(!DelayRules::DEFAULT.reads(DelayField::XRateLimitReset));
}

#[test]
fn a_finding_is_a_verdict_and_may_lose_its_body() {
    let found = Rules::DEFAULT.classify_response(GET, 503, &[("retry-after", "9")], None);
    assert_eq!(Verdict::failure(found), found.failure());
    let classify = |(): &()| found;
    assert_eq!(classify.classify(&Err::<(), ()>(())), found.failure());
    let spent = found.with_spent_body();
    assert_eq!(
        (spent.failure(), spent.classified_by()),
        (Some(Failure::permanent()), ClassifiedBy::SpentBody)
    );
    assert_eq!(spent.server_delay(), found.server_delay());
    let accepted = Rules::DEFAULT.classify_response(GET, 204, &(), None);
    assert_eq!(accepted.with_spent_body(), accepted);
}

#[test]
fn a_call_knows_its_method_and_a_rule_its_header() {
    assert_eq!(
        RequestInfo::from(Method::Put),
        RequestInfo::new(Method::Put)
    );
    let rule = HeaderRule::present("x-a", backoff_core::FailureKind::Doubtful);
    assert_eq!(
        (rule.name(), rule.kind()),
        ("x-a", backoff_core::FailureKind::Doubtful)
    );
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
fn the_mark_of_a_layer_is_found_at_any_depth_and_is_permanent() {
    #[derive(Debug)]
    struct Around(Box<dyn std::error::Error>);
    impl std::fmt::Display for Around {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("around")
        }
    }
    impl std::error::Error for Around {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&*self.0)
        }
    }
    let mark = RetryMark::after(4);
    let deep = Around(Box::new(Around(Box::new(mark))));
    assert_eq!(
        (RetryMark::find(&mark), RetryMark::find(&deep)),
        (Some(mark), Some(mark))
    );
    let other = Around(Box::new(std::fmt::Error));
    assert_eq!(RetryMark::find(&other), None);
    assert_eq!(
        Classification::from(mark).failure(),
        Some(Failure::permanent())
    );
}

#[cfg(feature = "std")]
#[test]
fn an_error_that_was_given_up_keeps_what_it_was() {
    use backoff_http::{HttpDate, RetriesExhausted};
    use std::error::Error;

    let error = RetriesExhausted::new(RetryMark::after(2), std::fmt::Error);
    assert_eq!(
        (error.mark(), error.to_string().as_str()),
        (
            RetryMark::after(2),
            "the call exhausted its retries after 2 attempts"
        )
    );
    let source = error.source().expect("what it was");
    assert!(source.is::<std::fmt::Error>());
    assert_eq!(RetryMark::find(&error), Some(RetryMark::after(2)));
    assert!(error.into_inner().is::<std::fmt::Error>());
    assert!(HttpDate::now() > HttpDate::from_unix(1_700_000_000));
}
