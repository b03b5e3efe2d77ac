//! Responses that are kept without their connection.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body::{Body, Frame};
use reqwest::header::HeaderMap;
use reqwest::{Response, ResponseBuilderExt, StatusCode, Url, Version};

/// How much of the body of a failed response is kept, in bytes. What explains a failure is short. The value is the size
/// of an HTTP/2 frame that every peer accepts (RFC 9113, section 4.2).
const KEPT: usize = 16_384;

/// Reads a whole response, so that it holds no connection any more.
pub(crate) async fn read(response: Response) -> Result<Response, reqwest::Error> {
    let head = Head::of(&response);
    let body = response.bytes().await?;
    Ok(head.with(body.into()))
}

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
            None => return head.with(Kept::cut(kept)),
        }
    };
    drop(response);
    pause.await;
    if is_whole {
        head.with(kept.freeze().into())
    } else {
        head.with(Kept::cut(kept))
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

/// A response without its body.
struct Head {
    status: StatusCode,
    version: Version,
    headers: HeaderMap,
    extensions: http::Extensions,
    url: Url,
}

impl Head {
    fn of(response: &Response) -> Self {
        Self {
            status: response.status(),
            version: response.version(),
            headers: response.headers().clone(),
            extensions: response.extensions().clone(),
            url: response.url().clone(),
        }
    }

    fn with(self, body: reqwest::Body) -> Response {
        let with_url = http::Response::builder().url(self.url).body(());
        // Nothing but a URL was given, which is always accepted.
        let mut response = with_url.unwrap_or_default().map(|()| body);
        *response.status_mut() = self.status;
        *response.version_mut() = self.version;
        *response.headers_mut() = self.headers;
        response.extensions_mut().extend(self.extensions);
        response.into()
    }
}

/// The beginning of a body, and an error in place of the rest.
struct Kept(Option<Bytes>);

impl Kept {
    fn cut(beginning: BytesMut) -> reqwest::Body {
        reqwest::Body::wrap(Self(Some(beginning.freeze())))
    }
}

impl Body for Kept {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        let frame = self.0.take().map(Frame::data).ok_or(Cut);
        Poll::Ready(Some(frame))
    }
}

/// The rest of a body was not read, because another attempt followed.
#[derive(Debug)]
struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rest of the body was not read, because another attempt followed")
    }
}

impl std::error::Error for Cut {}

#[cfg(test)]
mod tests {
    use super::*;
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
