//! How a client classifies the outcomes of a request, and what its attempts say of themselves.

use core::error::Error;

use http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::{ATTEMPT_HEADER, Classification, Evidence, HttpDate, RequestInfo, RetryMark, Rules};

/// How a client classifies the outcomes of a request, and whether its attempts carry their number.
///
/// It is all that a client which retries needs beside a policy, whichever library sends its requests. An inner layer's
/// [mark](RetryMark) comes first: an outcome that has it is not retried again. The [`Rules`] classify any other.
///
/// | setting | default |
/// |---|---|
/// | [rules](Self::with_rules) | [`Rules::DEFAULT`] |
/// | [evidence of errors](Self::with_evidence) | [`Evidence::of_error`] |
/// | [number of the attempt](Self::with_attempt_numbers) | not sent |
///
/// # Examples
///
/// What a client does with a request and its response:
///
/// ```
/// use backoff_http::{ClientRules, RequestInfo, RetryMark};
/// use http::{Request, Response};
///
/// let rules = ClientRules::DEFAULT.with_attempt_numbers();
/// let mut request = Request::get("/").body(())?;
/// let info = RequestInfo::of(request.method(), request.headers());
///
/// rules.number(request.headers_mut(), 2);
/// assert_eq!(request.headers()["retry-attempt"], "2");
///
/// let mut response = Response::builder().status(503).body(())?;
/// let classify = |response: &Response<()>| {
///     rules.classify_response(info, response.status(), response.headers(), response.extensions())
/// };
/// assert_eq!(classify(&response).to_string(), "transient: status 503");
///
/// RetryMark::after(3).insert_into(response.extensions_mut());
/// assert_eq!(classify(&response).to_string(), "permanent: retried already");
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[cfg_attr(docsrs, doc(cfg(all(feature = "http-1", feature = "std"))))]
pub struct ClientRules<'r> {
    rules: &'r Rules<'r>,
    evidence: fn(&(dyn Error + 'static)) -> Evidence,
    numbers: bool,
}

static ATTEMPT: HeaderName = HeaderName::from_static(ATTEMPT_HEADER);

impl ClientRules<'static> {
    /// The default rules, without the number of the attempt.
    pub const DEFAULT: Self = Self {
        rules: &Rules::DEFAULT,
        evidence: Evidence::of_error,
        numbers: false,
    };
}

impl<'r> ClientRules<'r> {
    /// Sets the rules by which outcomes are classified.
    #[must_use]
    pub const fn with_rules<'n>(self, rules: &'n Rules<'n>) -> ClientRules<'n> {
        ClientRules {
            rules,
            evidence: self.evidence,
            numbers: self.numbers,
        }
    }

    /// Sets what an error proves, in place of [`Evidence::of_error`].
    #[must_use]
    pub const fn with_evidence(mut self, evidence: fn(&(dyn Error + 'static)) -> Evidence) -> Self {
        self.evidence = evidence;
        self
    }

    /// Sends the number of each attempt in [`ATTEMPT_HEADER`]; the first attempt is 1.
    #[must_use]
    pub const fn with_attempt_numbers(mut self) -> Self {
        self.numbers = true;
        self
    }

    /// Returns the rules by which outcomes are classified.
    #[must_use]
    pub const fn rules(&self) -> &'r Rules<'r> {
        self.rules
    }

    /// Puts the number of an attempt into the headers of its request, if it is to be sent.
    pub fn number(&self, headers: &mut HeaderMap, attempt: u32) {
        if self.numbers {
            headers.insert(&ATTEMPT, HeaderValue::from(attempt));
        }
    }

    /// Classifies a response, by its mark or by the rules. Dates in its headers are compared with the clock of the
    /// operating system.
    #[inline]
    #[must_use]
    pub fn classify_response(
        &self,
        request: RequestInfo,
        status: StatusCode,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Classification {
        match extensions.get::<RetryMark>() {
            Some(mark) => (*mark).into(),
            None => self
                .rules
                .classify_response(request, status.as_u16(), headers, Now),
        }
    }

    /// Returns how many bytes of a response's body to read for
    /// [`classify_with_body`](Self::classify_with_body), or `None` if its body is not needed.
    ///
    /// Give the caller the whole body all the same: what you read, and the rest.
    #[inline]
    #[must_use]
    pub fn wanted_body(
        &self,
        request: RequestInfo,
        status: StatusCode,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Option<usize> {
        if !self.rules.reads_bodies() || extensions.get::<RetryMark>().is_some() {
            return None;
        }
        self.rules.wanted_body(request, status.as_u16(), headers)
    }

    /// Classifies a response by its mark, or by the rules and its body, or the beginning of it.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{ClientRules, RequestInfo, Rules};
    /// use http::{Extensions, HeaderMap, Method, StatusCode};
    ///
    /// let rules = ClientRules::DEFAULT.with_rules(&Rules::OPENAI);
    /// let info = RequestInfo::of(&Method::POST, &HeaderMap::new());
    /// let (status, headers, extensions) = (StatusCode::TOO_MANY_REQUESTS, HeaderMap::new(), Extensions::new());
    ///
    /// let limit = rules.wanted_body(info, status, &headers, &extensions);
    /// assert_eq!(limit, Some(65_536));
    /// let body = br#"{"error": {"code": "insufficient_quota"}}"#;
    /// let found = rules.classify_with_body(info, status, &headers, &extensions, body);
    /// assert_eq!(found.to_string(), "permanent: body error.code");
    /// ```
    #[must_use]
    pub fn classify_with_body(
        &self,
        request: RequestInfo,
        status: StatusCode,
        headers: &HeaderMap,
        extensions: &Extensions,
        body: &[u8],
    ) -> Classification {
        match extensions.get::<RetryMark>() {
            Some(mark) => (*mark).into(),
            None => self
                .rules
                .classify_with_body(request, status.as_u16(), headers, body, Now),
        }
    }

    /// Classifies an error, by its mark or by what it proves.
    #[must_use]
    pub fn classify_error(
        &self,
        request: RequestInfo,
        error: &(dyn Error + 'static),
    ) -> Classification {
        match RetryMark::find(error) {
            Some(mark) => mark.into(),
            None => self.rules.classify_error(request, (self.evidence)(error)),
        }
    }
}

impl Default for ClientRules<'_> {
    fn default() -> Self {
        ClientRules::DEFAULT
    }
}

/// The current date, which is read only where rules ask for it: not for a success.
struct Now;

impl From<Now> for Option<HttpDate> {
    fn from(_: Now) -> Self {
        Some(HttpDate::now())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Fault;
    use crate::mark::{RetriesExhausted, attempt};
    use crate::request::Method;
    use crate::rules::ClassifiedBy;
    use std::io::{self, ErrorKind};

    #[test]
    fn the_number_of_an_attempt_replaces_that_of_the_one_before_and_is_sent_only_on_demand() {
        let mut headers = HeaderMap::new();
        ClientRules::DEFAULT.number(&mut headers, 1);
        assert!(headers.is_empty());
        for number in [1, u32::MAX] {
            let rules = ClientRules::DEFAULT.with_attempt_numbers();
            rules.number(&mut headers, number);
            assert_eq!(attempt(&headers), Some(number));
        }
        assert_eq!(headers.len(), 1);
    }

    #[test]
    fn a_mark_comes_before_the_rules_and_before_the_evidence() {
        let rules = ClientRules::DEFAULT.with_evidence(|_| Fault::Refused.into());
        let info = RequestInfo::new(Method::Post);
        let reset = || io::Error::from(ErrorKind::ConnectionReset);
        let marked = RetriesExhausted::new(RetryMark::after(3), reset());
        let cases: [(&(dyn Error + 'static), ClassifiedBy); 2] = [
            (&marked, ClassifiedBy::AlreadyRetried),
            (&reset(), ClassifiedBy::Evidence(Fault::Refused.into())),
        ];
        for (error, expected) in cases {
            let classification = rules.classify_error(info, error);
            assert_eq!(classification.classified_by(), expected, "{error:?}");
        }
    }

    #[test]
    fn a_date_in_a_header_is_compared_with_the_clock() {
        let mut headers = HeaderMap::new();
        let past = HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT");
        headers.insert("retry-after", past);
        let info = RequestInfo::new(Method::Get);
        let found = ClientRules::DEFAULT.classify_response(
            info,
            StatusCode::SERVICE_UNAVAILABLE,
            &headers,
            &Extensions::new(),
        );
        let delay = found.server_delay().delay();
        assert_eq!(delay, Some(core::time::Duration::ZERO), "{found}");
    }
}
