//! Requests of HTTP.

use backoff_core::Failure;
use backoff_driver::TimedOut;
use backoff_http::{Classification, ClientRules, Fault, RequestInfo, RetryMark};
use http::{Request, Response, Uri};

use crate::box_error::BoxError;
use crate::failed_response::FailedResponse;
use crate::peek::Beginning;
use crate::protocol::{Outcome, Protocol, Told};
use crate::replay::{Cloned, Replay};

/// Requests of HTTP, whose bodies `C` copies. What a [`RetryLayer`](crate::RetryLayer) retries unless it is told otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Http<'r, C = Cloned> {
    pub(crate) rules: ClientRules<'r>,
    pub(crate) idempotent: fn(&Uri) -> bool,
    pub(crate) replay: C,
}

impl Http<'static> {
    pub(crate) const DEFAULT: Self = Self {
        rules: ClientRules::DEFAULT,
        idempotent: |_| false,
        replay: Cloned,
    };
}

impl<'r, C> Http<'r, C> {
    pub(crate) fn with_rules(self, rules: ClientRules<'_>) -> Http<'_, C> {
        Http {
            rules,
            idempotent: self.idempotent,
            replay: self.replay,
        }
    }

    pub(crate) fn with_replay<D>(self, replay: D) -> Http<'r, D> {
        Http {
            rules: self.rules,
            idempotent: self.idempotent,
            replay,
        }
    }
}

impl<C> Http<'_, C> {
    /// Classifies a response, by its body too, where the rules want that and it was read.
    #[inline]
    fn classify_response<A>(&self, info: RequestInfo, response: &Response<A>) -> Classification {
        let (status, headers) = (response.status(), response.headers());
        let extensions = response.extensions();
        let beginning = self
            .rules
            .wanted_body(info, status, headers, extensions)
            .and_then(|limit| Some((limit, extensions.get::<Beginning>()?)));
        let Some((limit, Beginning(body))) = beginning else {
            let rules = &self.rules;
            return rules.classify_response(info, status, headers, extensions);
        };
        let body = body.get(..limit).unwrap_or(body);
        self.rules
            .classify_with_body(info, status, headers, extensions, body)
    }
}

impl<Q, A, E, C> Protocol<Request<Q>, Response<A>, E> for Http<'_, C>
where
    E: Into<BoxError>,
    C: Replay<Q>,
{
    type Info = RequestInfo;
    type Outcome = HttpOutcome<A>;

    #[inline]
    fn describe(&self, request: &Request<Q>) -> RequestInfo {
        let info = RequestInfo::of(request.method(), request.headers());
        if (self.idempotent)(request.uri()) {
            info.as_idempotent()
        } else {
            info
        }
    }

    #[inline]
    fn copy(&self, request: &Request<Q>) -> Option<Request<Q>> {
        self.replay.replay_request(request)
    }

    #[inline]
    fn number(&self, request: &mut Request<Q>, attempt: u32) {
        self.rules.number(request.headers_mut(), attempt);
    }

    #[inline]
    fn classify(
        &self,
        info: &RequestInfo,
        result: Result<Response<A>, E>,
        is_copied: bool,
    ) -> HttpOutcome<A> {
        match result {
            Ok(response) => {
                let classification = self.classify_response(*info, &response);
                HttpOutcome::new(Some(Ok(response)), classification, is_copied)
            }
            Err(error) => {
                let error = error.into();
                let classification = self.rules.classify_error(*info, &*error);
                HttpOutcome::new(Some(Err(error)), classification, is_copied)
            }
        }
    }

    fn interrupted(&self, info: &RequestInfo, cut: TimedOut, is_copied: bool) -> HttpOutcome<A> {
        let timeout = self.rules.rules().classify_error(*info, Fault::Timeout);
        HttpOutcome::new(Some(Err(cut.into())), timeout, is_copied)
    }
}

/// The outcome of a request of HTTP, and its classification.
#[derive(Debug)]
pub struct HttpOutcome<A> {
    /// `None` for a response that was dropped before a wait, because it holds a connection.
    result: Option<Result<Response<A>, BoxError>>,
    classification: Classification,
}

impl<A> HttpOutcome<A> {
    #[inline]
    fn new(
        result: Option<Result<Response<A>, BoxError>>,
        classification: Classification,
        is_copied: bool,
    ) -> Self {
        let classification = if is_copied || classification.failure().is_none() {
            classification
        } else {
            classification.with_spent_body()
        };
        Self {
            result,
            classification,
        }
    }
}

impl<A> Outcome for HttpOutcome<A> {
    type Response = Response<A>;
    type Error = BoxError;
    type Told = Classification;

    #[inline]
    fn told(&self) -> &Classification {
        &self.classification
    }

    fn release(&mut self) {
        if matches!(self.result, Some(Ok(_))) {
            self.result = None;
        }
    }

    #[inline]
    fn into_result(self, mark: Option<RetryMark>) -> Result<Response<A>, BoxError> {
        let result = match self.result {
            Some(result) => result,
            None => Err(FailedResponse::new(self.classification).into()),
        };
        match (result, mark) {
            (Ok(mut response), Some(mark)) => {
                mark.insert_into(response.extensions_mut());
                Ok(response)
            }
            (Err(error), Some(mark)) => Err(mark.wrap(error)),
            (result, None) => result,
        }
    }
}

impl Told for Classification {
    #[inline]
    fn failure(&self) -> Option<Failure> {
        Self::failure(*self)
    }
}
