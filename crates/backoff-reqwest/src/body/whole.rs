//! Reads whole bodies of responses.

use bytes::{Bytes, BytesMut};
use reqwest::Response;

use super::head::Head;
use super::limit::BodyTooLong;
use super::prefixed::Rest;

/// A response whose body was read.
pub(crate) enum Read {
    /// The beginning of the body, and why there is no more of it.
    Broken(Head, Bytes, Rest),
    /// A response that holds no connection any more.
    Whole(Response),
}

/// Reads the body of a response, up to a number of bytes.
pub(crate) async fn read(mut response: Response, limit: usize) -> Read {
    let head = Head::of(&response);
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() <= limit.saturating_sub(body.len()) => {
                body.extend_from_slice(&chunk);
            }
            Ok(Some(_)) => {
                let rest = Rest::TooLong(BodyTooLong::new(limit));
                return Read::Broken(head, body.freeze(), rest);
            }
            Ok(None) => return Read::Whole(head.with(body.freeze())),
            Err(error) => return Read::Broken(head, body.freeze(), Rest::Error(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_the_limit() {
        for (length, limit, is_whole) in [(0, 0, true), (7, 7, true), (8, 7, false), (1, 0, false)]
        {
            let response = Response::from(http::Response::new(vec![7_u8; length]));
            match read(response, limit).await {
                Read::Whole(response) => {
                    let body = response.bytes().await.expect("whole");
                    assert_eq!(
                        (body.len(), true),
                        (length, is_whole),
                        "{length} of {limit}"
                    );
                }
                Read::Broken(_, beginning, rest) => {
                    assert!(!is_whole && beginning.len() <= limit, "{length} of {limit}");
                    assert!(matches!(rest, Rest::TooLong(error) if error.limit() == limit));
                }
            }
        }
    }
}
