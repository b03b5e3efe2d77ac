//! What a client and its requests share.

use backoff_http::Exchange;
use backoff_std::{Budget, Observe, Schedule};
use http::{Request, Response};
use ureq::{Agent, Body};

use crate::attempt;
use crate::call::Call;
use crate::error::Error;
use crate::outcome::Outcome;
use crate::payload::Payload;
use crate::redirect::Head;
use crate::report::Report;
use crate::scope::Scope;
use crate::settings::Settings;

/// An agent of ureq, and how its requests are retried: what a client and its requests share.
#[derive(Debug)]
pub(crate) struct Sender<S, B, O> {
    pub(crate) http: Agent,
    pub(crate) settings: Settings<S, B, O>,
}

impl<S, B, O> Sender<S, B, O>
where
    S: Schedule,
    B: Budget,
    O: for<'e> Observe<Exchange<'e>> + Clone,
{
    /// Sends a request until an outcome is final, and reports what happened.
    pub(crate) fn send(
        &self,
        request: Request<Payload>,
        scope: Scope,
    ) -> (Result<Response<Body>, Error>, Report) {
        let Self { http, settings } = self;
        let (parts, payload) = request.into_parts();
        let head = Head {
            has_body: !payload.is_nothing() || attempt::expects_body(&parts.method),
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
        };
        let mut call = Call::new(settings, scope);
        let outcome = call.run(http, head, payload);
        let (mark, report) = (call.mark(&outcome), call.report(&outcome));
        let result = match outcome.result {
            Ok(mut response) => {
                if let Some(mark) = mark {
                    mark.insert_into(response.extensions_mut());
                }
                Ok(response)
            }
            Err(error) => Err(Error::new(error, mark)),
        };
        (result, report)
    }

    /// The outcome of a request that could not be built.
    pub(crate) fn not_built(&self, error: http::Error) -> (Result<Response<Body>, Error>, Report) {
        let error = ureq::Error::Http(error);
        let classification = Outcome::of_invalid(&self.settings.rules, &error);
        let report = Report::new(backoff_std::Report::default(), classification);
        (Err(Error::new(error, None)), report)
    }
}
