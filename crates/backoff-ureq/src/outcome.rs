//! The outcome of an attempt, and what it means.

use backoff_http::{
    Classification, ClassifiedBy, ClientRules, Evidence, Exchange, Fault, Method, RequestInfo,
    RetryMark, Sent, Target,
};
use http::Response;
use ureq::{Body, Error};

use crate::attempt::Attempt;
use crate::response::{self, Until};
use crate::scope::Reading;

/// The outcome of an attempt, and what it means.
pub(crate) struct Outcome {
    pub(crate) result: Result<Response<Body>, Error>,
    pub(crate) classification: Classification,
    /// An outer layer, which knows nothing of the redirect, would take the request for one that was not processed.
    pub(crate) misleads: bool,
    until: Until,
}

impl Outcome {
    /// Classifies what came of an attempt, by the body of the response too, where the rules or the caller want that read.
    pub(crate) fn new(
        rules: &ClientRules<'_>,
        info: RequestInfo,
        attempt: Attempt,
        reading: Reading,
    ) -> Self {
        let Attempt {
            result,
            is_redirected,
            is_unsent,
            until,
        } = attempt;
        let classifier = Classifier {
            rules,
            info: if is_redirected {
                info.as_redirected()
            } else {
                info
            },
            is_unsent,
            until,
        };
        let (result, classification) = classifier.read(result, reading);
        let is_unrepeatable = matches!(
            classification.classified_by(),
            ClassifiedBy::Unrepeatable(_)
        );
        let as_seen = Classifier { info, ..classifier };
        let misleads = is_redirected && is_unrepeatable && as_seen.classify(&result).is_retryable();
        Self {
            result,
            classification,
            misleads,
            until,
        }
    }

    /// Classifies the error of a request that could not be built.
    pub(crate) fn of_invalid(rules: &ClientRules<'_>, error: &Error) -> Classification {
        rules.classify_error(RequestInfo::new(Method::Get), error)
    }

    /// What observers are told of.
    pub(crate) fn exchange<'e>(&'e self, target: Target<'e>) -> Exchange<'e> {
        match &self.result {
            Ok(response) => Exchange::response(target, response.status(), &self.classification),
            Err(error) => Exchange::error(target, error, &self.classification),
        }
    }

    pub(crate) fn timed_out(&self) -> bool {
        let error = self.result.as_ref().err();
        error.is_some_and(|error| Evidence::of_error(error).fault() == Fault::Timeout)
    }

    /// Gives the connection of a failed response back before a wait.
    pub(crate) fn release(mut self) -> Self {
        let until = self.until;
        self.result = self.result.map(|response| response::keep(response, until));
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

/// Classifies the outcome of one attempt.
struct Classifier<'c> {
    rules: &'c ClientRules<'c>,
    info: RequestInfo,
    is_unsent: bool,
    until: Until,
}

impl Classifier<'_> {
    fn classify(&self, result: &Result<Response<Body>, Error>) -> Classification {
        match result {
            Ok(response) => self.rules.classify_response(
                self.info,
                response.status(),
                response.headers(),
                response.extensions(),
            ),
            Err(error) => self.classify_error(error),
        }
    }

    fn classify_error(&self, error: &Error) -> Classification {
        if !self.is_unsent || RetryMark::find(error).is_some() {
            return self.rules.classify_error(self.info, error);
        }
        let unsent = Evidence::of_error(error).with_sent(Sent::Never);
        self.rules.rules().classify_error(self.info, unsent)
    }

    /// Classifies an outcome, and reads what is wanted of its body. The status of a failure stays if its body breaks off.
    fn read(
        &self,
        result: Result<Response<Body>, Error>,
        reading: Reading,
    ) -> (Result<Response<Body>, Error>, Classification) {
        let by_head = self.classify(&result);
        let Ok(response) = result else {
            return (result, by_head);
        };
        let (response, error) = match reading {
            Reading::Whole(limit) => response::read(response, limit, self.until),
            Reading::Limited | Reading::Streamed => (response, None),
        };
        if let Some(error) = error.filter(|_| by_head.failure().is_none()) {
            let classification = self.classify_error(&error);
            return (Err(error), classification);
        }
        let (status, extensions) = (response.status(), response.extensions());
        let wanted = self
            .rules
            .wanted_body(self.info, status, response.headers(), extensions);
        let Some(limit) = wanted else {
            return (Ok(response), by_head);
        };
        let (response, body) = response::peek(response, limit, self.until);
        let by_body = self.rules.classify_with_body(
            self.info,
            status,
            response.headers(),
            response.extensions(),
            &body,
        );
        (Ok(response), by_body)
    }
}
