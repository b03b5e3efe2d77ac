//! Forms of texts, which reqwest sends as streams.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::BytesMut;
use http_body::Body as _;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Body, Request};

use super::limit::DEFAULT_LIMIT;
use super::prefixed::Prefixed;

/// Keeps the body of a multipart form in memory if all of it is there already, so that it can be sent again: reqwest makes a
/// stream of every form, also of one of texts. A form with a file stays a stream, and so does one above the limit, because a
/// generator may make it.
pub(crate) fn keep_form(request: &mut Request) {
    let is_stream = request.body().is_some_and(|body| body.as_bytes().is_none());
    if !is_stream || !is_form(request) {
        return;
    }
    let kept = request.body_mut().take().map(keep);
    *request.body_mut() = kept;
}

/// RFC 7578, section 4: the media type of a form.
fn is_form(request: &Request) -> bool {
    const FORM: &[u8] = b"multipart/form-data";
    let value = request.headers().get(CONTENT_TYPE);
    let start = value.and_then(|value| value.as_bytes().get(..FORM.len()));
    start.is_some_and(|start| start.eq_ignore_ascii_case(FORM))
}

fn keep(mut body: Body) -> Body {
    let mut kept = BytesMut::new();
    // Whatever is not there yet is polled again, with the waker of the task, when the request is sent.
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        match Pin::new(&mut body).poll_frame(&mut cx) {
            Poll::Ready(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    kept.extend_from_slice(&data);
                }
                if kept.len() > DEFAULT_LIMIT {
                    return Prefixed::going_on(kept.freeze(), body);
                }
            }
            Poll::Ready(None) => return kept.freeze().into(),
            Poll::Ready(Some(Err(error))) => {
                return Prefixed::broken(kept.freeze(), error.into());
            }
            Poll::Pending => return Prefixed::going_on(kept.freeze(), body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::{BodyExt, Full};
    use reqwest::Method;

    fn request(content_type: &'static str, body: Body) -> Request {
        let url = "http://localhost/".parse().expect("a legal URL");
        let mut request = Request::new(Method::POST, url);
        let value = content_type.parse().expect("a legal value");
        request.headers_mut().insert(CONTENT_TYPE, value);
        *request.body_mut() = Some(body);
        request
    }

    #[tokio::test]
    async fn a_form_that_is_there_is_kept_and_a_stream_stays_a_stream() {
        let short = || Body::wrap(Full::new(bytes::Bytes::from("--x--")));
        let long = Body::wrap(Full::new(bytes::Bytes::from(vec![7; DEFAULT_LIMIT + 1])));
        let cases = [
            ("multipart/form-data; boundary=x", short(), true, 5),
            ("Multipart/Form-Data; boundary=x", short(), true, 5),
            ("multipart/mixed; boundary=x", short(), false, 5),
            (
                "multipart/form-data; boundary=x",
                long,
                false,
                DEFAULT_LIMIT + 1,
            ),
        ];
        for (content_type, body, is_kept, length) in cases {
            let mut request = request(content_type, body);
            keep_form(&mut request);
            assert_eq!(request.try_clone().is_some(), is_kept, "{content_type}");
            let body = request.body_mut().take().expect("a body");
            let body = body.collect().await.expect("all of it").to_bytes();
            assert_eq!(body.len(), length, "{content_type}");
        }
    }
}
