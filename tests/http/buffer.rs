//! Bodies that are read so that they can be sent again.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Body;
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_backoff::{BoxError, BufferLayer, Buffered, Policy, RetryLayer};

static POLICY: Policy = Policy::exponential(Duration::from_millis(1), Duration::from_millis(1));

/// A body that cannot be cloned, with trailers or an error at its end.
fn body(
    data: &'static str,
    end: Option<Result<&'static str, BoxError>>,
) -> UnsyncBoxBody<Bytes, BoxError> {
    let data = Full::new(Bytes::from(data)).map_err(BoxError::from);
    let Some(end) = end else {
        return data.boxed_unsync();
    };
    let mut end = Some(end);
    let trailers = async move {
        let checksum = end.take()?;
        Some(checksum.map(|checksum| {
            let mut trailers = HeaderMap::new();
            trailers.insert("checksum", checksum.parse().expect("a legal value"));
            trailers
        }))
    };
    data.with_trailers(Box::pin(trailers)).boxed_unsync()
}

#[tokio::test]
async fn a_body_is_sent_again_whole_with_its_trailers_if_it_is_within_the_limit() {
    let cases = [
        ("", None, "", 2),
        ("1234", None, "1234", 2),
        ("1234", Some(Ok("sum")), "1234 sum", 2),
        ("12345", None, "12345", 1),
        ("12345", Some(Ok("sum")), "12345 sum", 1),
        ("1234", Some(Err("broken".into())), "broken", 1),
    ];
    for (data, end, expected, attempts) in cases {
        let case = format!("{data} {end:?}");
        let received = Arc::new(Mutex::new(Vec::new()));
        let seen = received.clone();
        let service = service_fn(
            move |request: Request<Buffered<UnsyncBoxBody<Bytes, BoxError>>>| {
                let seen = seen.clone();
                async move {
                    let body = request.into_body();
                    let hint = body.size_hint();
                    let text = match body.collect().await {
                        Err(error) => error.to_string(),
                        Ok(body) => {
                            let sum = body
                                .trailers()
                                .and_then(|trailers| trailers.get("checksum"));
                            let sum = sum.map(|sum| format!(" {}", sum.to_str().expect("text")));
                            let data = body.to_bytes();
                            assert!(hint.lower() <= data.len() as u64, "{hint:?}");
                            assert!(hint.upper().is_none_or(|most| most >= data.len() as u64));
                            format!("{}{}", data.escape_ascii(), sum.unwrap_or_default())
                        }
                    };
                    let mut seen = seen.lock().expect("no panic");
                    seen.push(text);
                    let status = if seen.len() == 1 { 503 } else { 200 };
                    let response = Response::builder().status(status).body(());
                    Ok::<_, Infallible>(response.expect("a legal response"))
                }
            },
        );
        let stack = ServiceBuilder::new()
            .layer(BufferLayer::new(4))
            .layer(RetryLayer::new(&POLICY).with_replay(Buffered::try_clone))
            .service(service);
        let response = stack.oneshot(Request::new(body(data, end))).await;
        assert!(response.is_ok(), "{case}");
        let received = received.lock().expect("no panic");
        assert_eq!(*received, vec![expected; attempts], "{case}");
    }
}
