//! The mark of a layer that exhausted its retries is found by the layers around it.

use backoff_core::Failure;
use backoff_http::{Classification, RetryMark};

#[test]
fn the_mark_is_found_at_any_depth_and_is_permanent() {
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
fn exhausted_retries_keep_the_last_error() {
    use backoff_http::RetriesExhausted;
    use std::error::Error;

    let error = RetriesExhausted::new(RetryMark::after(2), std::fmt::Error);
    assert_eq!(
        (error.mark(), error.to_string().as_str()),
        (
            RetryMark::after(2),
            "the call exhausted its retries after 2 attempts"
        )
    );
    let source = error.source().expect("the last error");
    assert!(source.is::<std::fmt::Error>());
    assert_eq!(RetryMark::find(&error), Some(RetryMark::after(2)));
    assert!(error.into_inner().is::<std::fmt::Error>());
}
