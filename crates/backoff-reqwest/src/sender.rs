//! What a client and its requests share.

use std::sync::Arc;

use backoff_http::{Method, RequestInfo, RetryMark};
use backoff_tokio::{NoObserver, Schedule};
use reqwest::{Request, Response};

use crate::call::{self, Finished};
use crate::error::Error;
use crate::host::{self, Budgets};
use crate::report::Report;
use crate::scope::Scope;
use crate::settings::Settings;

/// A client of reqwest, and how its requests are retried: what a client and its requests share.
#[derive(Debug)]
pub(crate) struct Sender<S, B> {
    pub(crate) http: reqwest::Client,
    pub(crate) settings: Settings<S>,
    pub(crate) budgets: Arc<B>,
}

impl<S: Clone, B> Clone for Sender<S, B> {
    fn clone(&self) -> Self {
        Self {
            http: self.http.clone(),
            settings: self.settings.clone(),
            budgets: self.budgets.clone(),
        }
    }
}

impl<S: Schedule + Clone, B: Budgets> Sender<S, B> {
    /// Sends a request until an outcome is final.
    pub(crate) async fn send(
        &self,
        mut request: Request,
        scope: Scope,
    ) -> (Result<Response, Error>, Report) {
        let request = &mut request;
        let budget = budget_of(&self.budgets, request);
        let Finished {
            result,
            mark,
            report,
        } = if self.settings.observers.is_empty() {
            call::run(
                &self.settings,
                budget,
                NoObserver,
                &self.http,
                request,
                scope,
            )
            .await
        } else {
            let observers = self.settings.observers.of_call();
            let call = call::run(
                &self.settings,
                budget,
                observers,
                &self.http,
                request,
                scope,
            );
            Box::pin(call).await
        };
        (marked(result, mark), report)
    }

    /// The report on a request that could not be built.
    pub(crate) fn not_built(&self, error: &reqwest::Error) -> Report {
        let info = RequestInfo::new(Method::Get);
        let classification = self.settings.rules.classify_error(info, error);
        Report::new(backoff_tokio::Report::default(), classification, false)
    }
}

/// The budget of a call.
pub(crate) fn budget_of<B: Budgets>(budgets: &Arc<B>, request: &Request) -> B::Budget {
    if B::BY_HOST {
        budgets.of(&host::authority(request.url()))
    } else {
        budgets.of("")
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
