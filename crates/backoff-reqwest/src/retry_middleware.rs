//! The middleware for `reqwest-middleware`.

use std::error::Error as StdError;

use backoff_http::RetriesExhausted;
use backoff_tokio::{Budget, Schedule};
use http::Extensions;
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};

use crate::call::{self, Transport};
use crate::client::marked;
use crate::request::Scope;
use crate::retries::Retries;

/// Sends a request, and again as the policy and the rules say, through the middleware that follows.
///
/// What was retried in vain is marked, and layers around it leave it at that: a response by
/// [`RetryMark`](crate::RetryMark) among its extensions, an error by [`RetriesExhausted`].
#[async_trait::async_trait]
impl<S, B> Middleware for Retries<S, B>
where
    S: Schedule + Send + Sync,
    B: Budget<Held: Send> + Clone + Send + Sync + 'static,
{
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let rest = Rest { next, extensions };
        let (outcome, report) = call::run(self, rest, request, Scope::default()).await;
        let mark = report.mark();
        match (outcome, mark) {
            (Ok(response), mark) => Ok(marked(response, mark)),
            (Err(error), None) => Err(error),
            (Err(error), Some(mark)) => {
                let error: Box<dyn StdError + Send + Sync> = match error {
                    Error::Middleware(error) => error.into(),
                    Error::Reqwest(error) => error.into(),
                };
                Err(Error::middleware(RetriesExhausted::new(mark, error)))
            }
        }
    }
}

/// The rest of the chain.
struct Rest<'a, 'e> {
    next: Next<'a>,
    extensions: &'e mut Extensions,
}

impl Transport for Rest<'_, '_> {
    type Error = Error;

    fn send(&mut self, request: Request) -> impl Future<Output = Result<Response>> + Send {
        self.next.clone().run(request, self.extensions)
    }

    fn broken(error: reqwest::Error) -> Error {
        Error::Reqwest(error)
    }

    fn cause(error: &Error) -> &(dyn StdError + 'static) {
        match error {
            Error::Middleware(error) => error.as_ref(),
            Error::Reqwest(error) => error,
        }
    }
}
