//! What a client and its requests share.

use backoff_http::{Method, RequestInfo, RetryMark};
use backoff_tokio::{Budget, Schedule};
use reqwest::{Request, Response};

use crate::call::Call;
use crate::error::Error;
use crate::report::Report;
use crate::scope::Scope;
use crate::settings::Settings;

/// A client of reqwest, and how its requests are retried: what a client and its requests share.
#[derive(Debug)]
pub(crate) struct Sender<S, B> {
    pub(crate) http: reqwest::Client,
    pub(crate) settings: Settings<S, B>,
}

impl<S: Schedule, B: Budget> Sender<S, B> {
    /// Sends a request until an outcome is final.
    pub(crate) async fn send(&self, request: Request, scope: Scope) -> Result<Response, Error> {
        let mut call = Call::new(&self.settings);
        let outcome = call.run(&self.http, request, scope).await;
        let mark = call.mark(&outcome);
        marked(outcome.result, mark)
    }

    /// Sends a request until an outcome is final, and reports what happened.
    pub(crate) async fn send_reported(
        &self,
        request: Request,
        scope: Scope,
    ) -> (Result<Response, Error>, Report) {
        let mut call = Call::new(&self.settings);
        let outcome = call.run(&self.http, request, scope).await;
        let (mark, report) = (call.mark(&outcome), call.report(&outcome));
        (marked(outcome.result, mark), report)
    }

    /// The report on a request that could not be built.
    pub(crate) fn not_built(&self, error: &reqwest::Error) -> Report {
        let info = RequestInfo::new(Method::Get);
        let classification = self.settings.rules.classify_error(info, error);
        Report::new(backoff_tokio::Report::default(), classification)
    }
}

fn marked(
    result: Result<Response, reqwest::Error>,
    mark: Option<RetryMark>,
) -> Result<Response, Error> {
    let mut response = result.map_err(|error| Error::new(error, mark))?;
    if let Some(mark) = mark {
        mark.insert_into(response.extensions_mut());
    }
    Ok(response)
}
