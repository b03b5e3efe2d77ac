//! Responses that are kept without their connection.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use bytes::BytesMut;
use reqwest::Response;

use super::head::Head;
use super::prefixed::Prefixed;

/// How much of the body of a failed response is kept, in bytes. What explains a failure is short. The value is the size
/// of an HTTP/2 frame that every peer accepts (RFC 9113, section 4.2).
const KEPT: usize = 16_384;

/// Waits for `pause`, and reads the body of a failed response meanwhile.
///
/// If a body is read to its end, its connection returns to the pool for the next attempt. A body that is too long or too
/// slow is cut, and ends with an error.
pub(crate) async fn keep(mut response: Response, pause: impl Future<Output = ()>) -> Response {
    let head = Head::of(&response);
    let mut pause = pin!(pause);
    let mut kept = BytesMut::new();
    let is_whole = loop {
        match within(response.chunk(), pause.as_mut()).await {
            Some(Ok(Some(chunk))) if kept.len() + chunk.len() <= KEPT => {
                kept.extend_from_slice(&chunk);
            }
            Some(Ok(None)) => break true,
            Some(_) => break false,
            None => return head.with(Prefixed::cut(kept.freeze())),
        }
    };
    drop(response);
    pause.await;
    if is_whole {
        head.with(kept.freeze())
    } else {
        head.with(Prefixed::cut(kept.freeze()))
    }
}

/// The output of a future, or `None` if the pause ends first.
async fn within<F: Future>(
    future: F,
    mut pause: Pin<&mut impl Future<Output = ()>>,
) -> Option<F::Output> {
    let mut future = pin!(future);
    poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => pause.as_mut().poll(cx).map(|()| None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::prefixed::Cut;
    use reqwest::ResponseBuilderExt;
    use std::error::Error;
    use std::future::ready;

    fn response(body: Vec<u8>) -> Response {
        let url = "http://localhost/failed".parse().expect("a legal URL");
        let response = http::Response::builder().status(503).url(url);
        let response = response.header("retry-after", "2").body(body);
        Response::from(response.expect("a legal response"))
    }

    #[tokio::test]
    async fn a_response_stays_what_it_was() {
        for whole in [0, 1, KEPT] {
            let kept = keep(response(vec![7; whole]), ready(())).await;
            assert_eq!(kept.status(), 503);
            assert_eq!(kept.url().path(), "/failed");
            assert_eq!(kept.headers()["retry-after"], "2");
            assert_eq!(kept.bytes().await.expect("whole").len(), whole);
        }
    }

    #[tokio::test]
    async fn a_body_that_is_too_long_is_cut_and_says_so() {
        let kept = keep(response(vec![7; KEPT + 1]), ready(())).await;
        let error = kept.bytes().await.expect_err("cut");
        let mut cause: &dyn Error = &error;
        while let Some(next) = cause.source() {
            cause = next;
        }
        assert!(cause.is::<Cut>(), "{error:?}");
    }
}
