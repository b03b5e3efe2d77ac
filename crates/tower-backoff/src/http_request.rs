//! Requests of HTTP.

use backoff_core::Failure;
use backoff_driver::TimedOut;
use backoff_http::{Classification, ClientRules, Exchange, Fault, RequestInfo, RetryMark, Target};
use http::{Method, Request, Response, StatusCode, Uri};

use crate::box_error::BoxError;
use crate::failed_response::FailedResponse;
use crate::peek::Beginning;
use crate::protocol::{Observed, Outcome, Protocol};
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
    type Info = HttpInfo;
    type Outcome = HttpOutcome<A>;

    #[inline]
    fn describe(&self, request: &Request<Q>, is_observed: bool) -> HttpInfo {
        let (method, uri) = (request.method(), request.uri());
        let info = RequestInfo::of(method, request.headers());
        HttpInfo {
            request: if (self.idempotent)(uri) {
                info.as_idempotent()
            } else {
                info
            },
            line: is_observed.then(|| Box::new((method.clone(), uri.clone()))),
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
        info: &HttpInfo,
        result: Result<Response<A>, E>,
        is_copied: bool,
    ) -> HttpOutcome<A> {
        match result {
            Ok(response) => {
                let classification = self.classify_response(info.request, &response);
                HttpOutcome::new(Ok(response), classification, is_copied)
            }
            Err(error) => {
                let error = error.into();
                let classification = self.rules.classify_error(info.request, &*error);
                HttpOutcome::new(Err(error), classification, is_copied)
            }
        }
    }

    fn interrupted(&self, info: &HttpInfo, cut: TimedOut, is_copied: bool) -> HttpOutcome<A> {
        let rules = self.rules.rules();
        let timeout = rules.classify_error(info.request, Fault::Timeout);
        HttpOutcome::new(Err(cut.into()), timeout, is_copied)
    }
}

/// What a call keeps of its request.
#[derive(Clone, Debug)]
pub struct HttpInfo {
    request: RequestInfo,
    /// For observers, and kept only if there are any: the request itself is sent away.
    line: Option<Box<(Method, Uri)>>,
}

impl HttpInfo {
    #[inline]
    fn target(&self) -> Target<'_> {
        match &self.line {
            Some(line) => Target::of(&line.0, &line.1),
            None => Target::new("", "", ""),
        }
    }
}

/// The outcome of a request of HTTP, and its classification.
#[derive(Debug)]
pub struct HttpOutcome<A> {
    result: Result<Response<A>, Failed>,
    classification: Classification,
}

/// What is left without a response.
#[derive(Debug)]
enum Failed {
    /// A response was dropped before a wait, because it holds a connection.
    Dropped(StatusCode),
    Error(BoxError),
}

impl<A> HttpOutcome<A> {
    #[inline]
    fn new(
        result: Result<Response<A>, BoxError>,
        classification: Classification,
        is_copied: bool,
    ) -> Self {
        let classification = if is_copied || classification.failure().is_none() {
            classification
        } else {
            classification.with_spent_body()
        };
        Self {
            result: result.map_err(Failed::Error),
            classification,
        }
    }

    #[inline]
    fn exchange<'t>(&'t self, target: Target<'t>) -> Exchange<'t> {
        let status = match &self.result {
            Ok(response) => response.status(),
            Err(Failed::Dropped(status)) => *status,
            Err(Failed::Error(error)) => {
                return Exchange::error(target, &**error, &self.classification);
            }
        };
        Exchange::response(target, status, &self.classification)
    }
}

impl<A> Outcome for HttpOutcome<A> {
    type Response = Response<A>;
    type Error = BoxError;
    type Info = HttpInfo;
    type Observed<'t> = Exchange<'t>;

    #[inline]
    fn failure(&self) -> Option<Failure> {
        self.classification.failure()
    }

    #[inline]
    fn tell<T>(&self, info: &HttpInfo, to: impl FnOnce(&Exchange<'_>) -> T) -> T {
        to(&self.exchange(info.target()))
    }

    fn release(&mut self) {
        if let Ok(response) = &self.result {
            self.result = Err(Failed::Dropped(response.status()));
        }
    }

    #[inline]
    fn into_result(self, mark: Option<RetryMark>) -> Result<Response<A>, BoxError> {
        let error = match self.result {
            Ok(mut response) => {
                if let Some(mark) = mark {
                    mark.insert_into(response.extensions_mut());
                }
                return Ok(response);
            }
            Err(Failed::Dropped(_)) => FailedResponse::new(self.classification).into(),
            Err(Failed::Error(error)) => error,
        };
        Err(match mark {
            Some(mark) => mark.wrap(error),
            None => error,
        })
    }
}

impl Observed for Exchange<'_> {
    #[inline]
    fn failure(&self) -> Option<Failure> {
        self.classification().failure()
    }
}
