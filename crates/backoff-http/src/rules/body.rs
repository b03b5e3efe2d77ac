//! Which bodies the rules want to read, and what they say.

use super::body_rule::BodyRule;
use super::rules::Rules;
use super::status_class::StatusClass;
use crate::field::{Headers, digits, trim};
use crate::request::{Method, RequestInfo};

impl Rules<'_> {
    /// Returns how many bytes of a response's body to read for
    /// [`classify_with_body`](Self::classify_with_body), or `None` if the rules do not need the body.
    ///
    /// Read up to that many bytes, however many the body has, and give your caller all of it: the bytes that you read, and
    /// the rest. The number is the [limit on bodies](Self::with_body_limit).
    ///
    /// A body is wanted if the rules have [rules for bodies](Self::with_bodies) or
    /// [delays in bodies](crate::DelayRules::with_bodies), and the response
    ///
    /// - is a failure by its status, or is a success in JSON or XML, and
    ///   [every response is read](Self::reading_every_response);
    /// - has a body: its request is not a `HEAD`, its status is not 1xx, 204 or 304, and its `Content-Length` is not 0;
    /// - is not compressed: it has no `Content-Encoding`.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::{Method, RequestInfo, Rules};
    ///
    /// let post = RequestInfo::new(Method::Post);
    /// assert_eq!(Rules::OPENAI.wanted_body(post, 429, &()), Some(64 * 1024));
    /// assert_eq!(Rules::OPENAI.wanted_body(post, 200, &()), None);
    /// assert_eq!(Rules::OPENAI.wanted_body(post, 429, &[("content-length", "0")]), None);
    /// assert_eq!(Rules::DEFAULT.wanted_body(post, 429, &()), None);
    /// ```
    pub fn wanted_body<H: Headers + ?Sized>(
        &self,
        request: RequestInfo,
        status: u16,
        headers: &H,
    ) -> Option<usize> {
        if !self.reads_bodies() || self.body_limit == 0 {
            return None;
        }
        let accepted = self.rule(status).class() == StatusClass::Accepted;
        if accepted && !(self.every_response && is_structured(headers)) {
            return None;
        }
        let has_body = request.method() != Method::Head
            && !matches!(status, 100..=199 | 204 | 304)
            && headers.first("content-length").map(trim).and_then(digits) != Some(0);
        (has_body && !is_compressed(headers)).then_some(self.body_limit)
    }

    /// Returns whether the rules read bodies at all.
    #[inline]
    pub(crate) const fn reads_bodies(&self) -> bool {
        !(self.bodies.first.is_empty()
            && self.bodies.then.is_empty()
            && self.delays.bodies.is_empty())
    }

    /// Returns the first rule that matches a body.
    pub(crate) fn body_rule(&self, body: &[u8]) -> Option<&BodyRule> {
        if body.is_empty() {
            return None;
        }
        self.bodies.iter().find(|rule| rule.matches(body))
    }
}

/// Returns whether a body is JSON or XML, by its media type: `application/json`, `application/problem+json`,
/// `application/x-amz-json-1.1`, `text/xml` (RFC 6839, sections 3.1 and 3.2).
///
/// A success of another type may be endless, such as `text/event-stream`.
fn is_structured<H: Headers + ?Sized>(headers: &H) -> bool {
    let mut rest = headers.first("content-type").unwrap_or_default();
    loop {
        match rest {
            [b'j' | b'J', b's' | b'S', b'o' | b'O', b'n' | b'N', ..]
            | [b'x' | b'X', b'm' | b'M', b'l' | b'L', ..] => return true,
            [_, after @ ..] => rest = after,
            [] => return false,
        }
    }
}

fn is_compressed<H: Headers + ?Sized>(headers: &H) -> bool {
    headers
        .lines("content-encoding")
        .map(trim)
        .any(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
}
