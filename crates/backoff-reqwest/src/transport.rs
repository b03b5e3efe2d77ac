//! What sends one attempt.

use std::error::Error;
use std::future::Future;

use reqwest::{Request, Response};

/// What sends one attempt: a client of reqwest, or the rest of a chain of middleware.
pub(crate) trait Transport: Send {
    /// The error of an attempt without a response.
    type Error: From<reqwest::Error> + Send;

    /// Sends one attempt, within the timeout of its request.
    fn send(
        &mut self,
        request: Request,
    ) -> impl Future<Output = Result<Response, Self::Error>> + Send;

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

    fn error(error: &reqwest::Error) -> &(dyn Error + 'static) {
        error
    }
}
