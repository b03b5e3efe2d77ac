//! Reads bodies of responses.

use bytes::{Bytes, BytesMut};
use reqwest::{Body, Response};

use super::head::Head;

/// What follows the part of a body that was read.
pub(crate) enum Rest {
    /// Nothing: it was the whole body.
    End,
    /// The body breaks off.
    Error(reqwest::Error),
    /// There is more of it than was to be read.
    More(Body),
}

/// Reads the body of a response until more than a number of bytes are there: that part ends with a whole chunk.
pub(crate) async fn read(mut response: Response, limit: usize) -> (Head, Bytes, Rest) {
    let head = Head::of(&response);
    let mut body = BytesMut::new();
    let rest = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break Rest::End,
            Err(error) => break Rest::Error(error),
        }
        if body.len() > limit {
            break Rest::More(response.into());
        }
    };
    (head, body.freeze(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit() {
        let cases = [(0, 0, true), (7, 7, true), (8, 7, false), (1, 0, false)];
        for (length, limit, is_whole) in cases {
            let response = Response::from(http::Response::new(vec![7_u8; length]));
            let (head, beginning, rest) = read(response, limit).await;
            assert_eq!(matches!(rest, Rest::End), is_whole, "{length} of {limit}");
            assert_eq!(
                matches!(rest, Rest::More(_)),
                !is_whole,
                "{length} of {limit}"
            );
            let response = head.with(beginning);
            assert_eq!(response.bytes().await.expect("read").len(), length);
        }
    }
}
