//! The outcome of an attempt, and what it means.

use std::error::Error;
use std::future::Future;

use backoff_http::{
    Classification, ClassifiedBy, ClientRules, ErrorChain, Evidence, Fault, RequestInfo, RetryMark,
};
use reqwest::Response;

use crate::hops::Hops;
use crate::response;
use crate::transport::Transport;

/// The outcome of an attempt, and what it means.
pub(crate) struct Outcome<T: Transport> {
    pub(crate) result: Result<Response, T::Error>,
    pub(crate) classification: Classification,
    /// An outer layer, which knows nothing of the redirect, would take the request for one that was not processed.
    pub(crate) misleads: bool,
}

impl<T: Transport> Outcome<T> {
    pub(crate) fn new(
        rules: &ClientRules<'_>,
        info: RequestInfo,
        result: Result<Response, T::Error>,
        hops: Hops,
    ) -> Self {
        let is_redirected = hops.may_be_many(status_of::<T>(&result).is_some());
        let known = if is_redirected {
            info.as_redirected()
        } else {
            info
        };
        let classification = classify::<T>(rules, known, &result);
        let is_unrepeatable = matches!(
            classification.classified_by(),
            ClassifiedBy::Unrepeatable(_)
        );
        let misleads =
            is_redirected && is_unrepeatable && classify::<T>(rules, info, &result).is_retryable();
        Self {
            result,
            classification,
            misleads,
        }
    }

    pub(crate) fn timed_out(&self) -> bool {
        let error = self.result.as_ref().err();
        error.is_some_and(|error| Evidence::of_error(T::error(error)).fault() == Fault::Timeout)
    }

    /// Waits for `pause`, and reads the rest of a failed response meanwhile.
    pub(crate) async fn wait(mut self, pause: impl Future<Output = ()>) -> Self {
        self.result = match self.result {
            Ok(response) => Ok(response::keep(response, pause).await),
            Err(error) => {
                pause.await;
                Err(error)
            }
        };
        self
    }

    /// The better of two outcomes to end a call with: a timeout says less than the outcome before it.
    pub(crate) fn or(self, earlier: Option<Self>) -> Self {
        match earlier {
            Some(earlier) if self.timed_out() => earlier,
            _ => self,
        }
    }
}

fn classify<T: Transport>(
    rules: &ClientRules<'_>,
    info: RequestInfo,
    result: &Result<Response, T::Error>,
) -> Classification {
    let error = match result {
        Ok(response) => {
            let (status, headers) = (response.status(), response.headers());
            return rules.classify_response(info, status, headers, response.extensions());
        }
        Err(error) => T::error(error),
    };
    match status_in(error) {
        Some(status) if RetryMark::find(error).is_none() => {
            rules.rules().classify_response(info, status, &(), None)
        }
        _ => rules.classify_error(info, error),
    }
}

/// The status of a response, also of one that inner middleware turned into an error.
fn status_of<T: Transport>(result: &Result<Response, T::Error>) -> Option<u16> {
    match result {
        Ok(response) => Some(response.status().as_u16()),
        Err(error) => status_in(T::error(error)),
    }
}

/// The status of a response that inner middleware turned into an error, which has no headers.
fn status_in(error: &(dyn Error + 'static)) -> Option<u16> {
    ErrorChain::of(error).find_map(|error| {
        let error: &reqwest::Error = error.downcast_ref()?;
        error.status().map(|status| status.as_u16())
    })
}
