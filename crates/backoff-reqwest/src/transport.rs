//! What sends one request.

use std::error::Error;
use std::future::Future;

use backoff_tokio::TimedOut;
use reqwest::{Request, Response, Url};

use crate::attempt::{self, BoxError};
use crate::body;

/// What sends one request: a client of reqwest, or the rest of a chain of middleware.
pub(crate) trait Transport: Send {
    /// The error of an attempt without a response.
    type Error: From<reqwest::Error> + Send;

    /// Sends one request.
    fn send(
        &mut self,
        request: Request,
    ) -> impl Future<Output = Result<Response, Self::Error>> + Send;

    /// Makes the error of an attempt that was interrupted.
    fn late(
        &self,
        url: Url,
        cut: TimedOut,
    ) -> impl Future<Output = Result<Response, Self::Error>> + Send;

    /// Makes an error of one that is not reqwest's.
    fn fail(error: BoxError) -> impl Future<Output = Result<Response, Self::Error>> + Send;

    /// The error that a classification looks at.
    fn error(error: &Self::Error) -> &(dyn Error + 'static);
}

impl Transport for &reqwest::Client {
    type Error = reqwest::Error;

    fn send(
        &mut self,
        request: Request,
    ) -> impl Future<Output = Result<Response, reqwest::Error>> + Send {
        self.execute(request)
    }

    fn late(
        &self,
        url: Url,
        _cut: TimedOut,
    ) -> impl Future<Output = Result<Response, reqwest::Error>> + Send {
        attempt::late(self, url)
    }

    /// Only reqwest can make its error: that of a body which fails holds any error.
    async fn fail(error: BoxError) -> Result<Response, reqwest::Error> {
        let mut response = Response::from(http::Response::new(body::failing(error)));
        response.chunk().await?;
        Ok(response)
    }

    fn error(error: &reqwest::Error) -> &(dyn Error + 'static) {
        error
    }
}
