//! What a client and its requests share.

use backoff_http::{Method, RequestInfo};
use backoff_tokio::{Budget, Schedule};
use reqwest::{Request, Response};

use crate::call;
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
    pub(crate) async fn send(
        &self,
        request: Request,
        scope: Scope,
    ) -> (Result<Response, Error>, Report) {
        let (outcome, report) = call::run(&self.settings, &self.http, request, scope).await;
        let mark = report.mark();
        let outcome = match outcome {
            Ok(mut response) => {
                if let Some(mark) = mark {
                    mark.insert_into(response.extensions_mut());
                }
                Ok(response)
            }
            Err(error) => Err(Error::new(error, mark)),
        };
        (outcome, report)
    }

    /// The end of a call whose request could not be built.
    pub(crate) fn not_built(&self, error: reqwest::Error) -> (Result<Response, Error>, Report) {
        let info = RequestInfo::new(Method::Get);
        let classification = self.settings.rules.classify_error(info, &error);
        let report = Report::new(backoff_tokio::Report::default(), classification, false);
        (Err(Error::new(error, None)), report)
    }
}
