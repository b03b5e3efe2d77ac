//! The outcome of an attempt, and what it means.

use std::error::Error;
use std::future::Future;

use backoff_http::{
    Classification, ClassifiedBy, ClientRules, ErrorChain, Evidence, Exchange, Fault, RequestInfo,
    RetryMark, Sent, Target,
};
use reqwest::{Response, Url};

use crate::attempt;
use crate::body::{self, BodyTooLong};
use crate::transport::Transport;

/// The outcome of an attempt, and what it means.
pub(crate) struct Outcome<T: Transport> {
    pub(crate) result: Result<Response, T::Error>,
    pub(crate) classification: Classification,
    /// An outer layer, which knows nothing of the redirect, would take the request for one that was not processed.
    pub(crate) misleads: bool,
    is_timeout: bool,
    /// The deadline of the call interrupted the attempt.
    pub(crate) is_at_deadline: bool,
}

impl<T: Transport> Outcome<T> {
    pub(crate) fn new(
        rules: &ClientRules<'_>,
        info: RequestInfo,
        sent: attempt::Sent<T::Error>,
    ) -> Self {
        let attempt::Sent {
            result,
            hops,
            found,
        } = sent;
        let is_redirected = hops.may_be_many(status_of::<T>(&result).is_some());
        let known = if is_redirected {
            info.as_redirected()
        } else {
            info
        };
        let classification = found.unwrap_or_else(|| classify::<T>(rules, known, &result));
        let is_unrepeatable = matches!(
            classification.classified_by(),
            ClassifiedBy::Unrepeatable(_)
        );
        let misleads =
            is_redirected && is_unrepeatable && classify::<T>(rules, info, &result).is_retryable();
        let error = result.as_ref().err().map(T::error);
        let is_timeout =
            error.is_some_and(|error| Evidence::of_error(error).fault() == Fault::Timeout);
        Self {
            result,
            classification,
            misleads,
            is_timeout,
            is_at_deadline: false,
        }
    }

    /// The outcome of an attempt that was interrupted before it had a response.
    pub(crate) fn interrupted(
        rules: &ClientRules<'_>,
        info: RequestInfo,
        result: Result<Response, T::Error>,
        is_at_deadline: bool,
    ) -> Self {
        Self {
            result,
            classification: rules.rules().classify_error(info, Fault::Timeout),
            misleads: false,
            is_timeout: true,
            is_at_deadline,
        }
    }

    /// The outcome of an attempt that was classified by what came before it.
    pub(crate) const fn classified(
        result: Result<Response, T::Error>,
        classification: Classification,
    ) -> Self {
        Self {
            result,
            classification,
            misleads: false,
            is_timeout: false,
            is_at_deadline: false,
        }
    }

    /// What observers are told.
    pub(crate) fn exchange<'e>(&'e self, target: Target<'e>) -> Exchange<'e> {
        match &self.result {
            Ok(response) => Exchange::response(target, response.status(), &self.classification),
            Err(error) => Exchange::error(target, T::error(error), &self.classification),
        }
    }

    /// The URL that answered, which is another than that of the request after a redirect; `None` for an error, and for a
    /// response that inner middleware made.
    pub(crate) fn answered_by(&self) -> Option<&Url> {
        let url = self.result.as_ref().ok()?.url();
        (url.host_str() != Some(NO_HOST)).then_some(url)
    }

    /// Whether the server may have processed the request, given that the attempt failed.
    ///
    /// Not by what was never sent, and not before a limiter lets it through: 425 and 429.
    pub(crate) fn may_be_processed(&self) -> bool {
        match self.classification.classified_by() {
            ClassifiedBy::Evidence(evidence) => evidence.sent() != Sent::Never,
            ClassifiedBy::Status(425 | 429) => false,
            _ => true,
        }
    }

    /// Waits for `pause`, and reads the rest of a failed response meanwhile.
    pub(crate) async fn wait(self: Box<Self>, pause: impl Future<Output = ()>) -> Box<Self> {
        let mut outcome = *self;
        outcome.result = match outcome.result {
            Ok(response) => Ok(body::keep(response, pause).await),
            Err(error) => {
                pause.await;
                Err(error)
            }
        };
        Box::new(outcome)
    }

    /// The better of two outcomes to end a call with: a timeout says less than the outcome before it.
    pub(crate) fn or(self: Box<Self>, earlier: Option<Box<Self>>) -> Box<Self> {
        match earlier {
            Some(earlier) if self.is_timeout => earlier,
            _ => self,
        }
    }
}

/// The host of a response that was not received (reqwest, `From<http::Response<T>> for Response`).
const NO_HOST: &str = "no.url.provided.local";

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
    if BodyTooLong::find(error).is_some() {
        return Classification::of_long_body();
    }
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
