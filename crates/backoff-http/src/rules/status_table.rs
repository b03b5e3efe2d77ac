//! Why each status has its class: the statuses of IANA's registry, and those that proxies and services add.

use super::status_class::StatusClass;
use super::status_rule::StatusRule;
use StatusClass::{
    Accepted, Doubtful, DoubtfulIfKeyed, Permanent, Throttled, ThrottledIfHinted,
    ThrottledOnlyIfHinted, Transient,
};

impl StatusClass {
    /// Returns what a status code means by default.
    ///
    /// A status that is not registered counts as the status x00 of its class (RFC 9110, section 15). A number below 100
    /// or above 599 is not a status code, and permanent. The README of this crate has the whole table, and
    /// [`because`](Self::because) returns the reason for each code.
    #[inline]
    #[must_use]
    pub const fn of(status: u16) -> Self {
        match StatusRule::find(BY_DEFAULT, status) {
            Some(rule) => rule.class(),
            None => Self::Permanent,
        }
    }

    /// Returns why a status code has its [class by default](Self::of), with the source.
    ///
    /// Use it to explain a decision to a person. The texts take 5 KB of flash, which firmware that does not call this
    /// function does not pay for.
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_http::StatusClass;
    ///
    /// assert_eq!(StatusClass::because(505), "the server does not support the version of HTTP (RFC 9110, section 15.6.6)");
    /// assert_eq!(StatusClass::because(99), "not a status code (RFC 9110, section 15)");
    /// ```
    #[must_use]
    pub const fn because(status: u16) -> &'static str {
        let mut lines = TABLE;
        while let [line, rest @ ..] = lines {
            if line.rule.covers(status) {
                return line.because;
            }
            lines = rest;
        }
        "not a status code (RFC 9110, section 15)"
    }
}

/// A line of the table: some codes, what they mean, and why.
#[derive(Clone, Copy, Debug)]
struct Line {
    rule: StatusRule,
    because: &'static str,
}

const fn line(rule: StatusRule, because: &'static str) -> Line {
    Line { rule, because }
}

const fn one(status: u16, class: StatusClass, because: &'static str) -> Line {
    line(StatusRule::one(status, class), because)
}

/// Every registered status, in the order of the numbers. A status that is not registered counts as the status x00 of its
/// class (RFC 9110, section 15), so the lines about "other" statuses come last.
#[rustfmt::skip]
const TABLE: &[Line] = &[
    line(StatusRule::range(100, 199, Accepted), "interim response (RFC 9110, section 15.2)"),
    line(StatusRule::range(200, 299, Accepted), "success (RFC 9110, section 15.3)"),
    line(StatusRule::range(300, 399, Accepted), "redirect, which the client follows or not (RFC 9110, section 15.4)"),
    one(400, Permanent, "the request is malformed (RFC 9110, section 15.5.1)"),
    one(401, Permanent, "other credentials are needed (RFC 9110, section 15.5.2)"),
    one(402, Permanent, "a payment is needed (RFC 9110, section 15.5.3)"),
    one(403, Permanent, "the server refuses to fulfil the request (RFC 9110, section 15.5.4)"),
    one(404, Permanent, "the resource does not exist (RFC 9110, section 15.5.5)"),
    one(405, Permanent, "the resource has no such method (RFC 9110, section 15.5.6)"),
    one(406, Permanent, "the resource has no acceptable representation (RFC 9110, section 15.5.7)"),
    one(407, Permanent, "the proxy needs other credentials (RFC 9110, section 15.5.8)"),
    one(408, Transient, "the request did not arrive completely in time (RFC 9110, section 15.5.9)"),
    one(409, DoubtfulIfKeyed, "the first such request may still be in progress (draft-ietf-httpapi-idempotency-key-header, section 2.7)"),
    one(410, Permanent, "the resource is gone for good (RFC 9110, section 15.5.11)"),
    one(411, Permanent, "the request needs a Content-Length (RFC 9110, section 15.5.12)"),
    one(412, Permanent, "a precondition of the request is false (RFC 9110, section 15.5.13)"),
    one(413, ThrottledOnlyIfHinted, "the content is too large, for the time being if there is a Retry-After (RFC 9110, section 15.5.14)"),
    one(414, Permanent, "the URI is too long (RFC 9110, section 15.5.15)"),
    one(415, Permanent, "the format of the content is not supported (RFC 9110, section 15.5.16)"),
    one(416, Permanent, "the range does not exist (RFC 9110, section 15.5.17)"),
    one(417, Permanent, "the expectation cannot be met (RFC 9110, section 15.5.18)"),
    one(418, Permanent, "unused (RFC 9110, section 15.5.19)"),
    one(421, Permanent, "the request needs another connection than the one in the client's pool (RFC 9110, section 15.5.20)"),
    one(422, Permanent, "the content cannot be processed (RFC 9110, section 15.5.21)"),
    one(423, Permanent, "the resource is locked until its owner unlocks it (RFC 4918, section 11.3)"),
    one(424, Permanent, "an action that this one depends on failed (RFC 4918, section 11.4)"),
    line(StatusRule::one(425, Transient).as_refusal(), "the server does not process early data (RFC 8470, section 5.2)"),
    one(426, Permanent, "another protocol is needed (RFC 9110, section 15.5.22)"),
    one(428, Permanent, "the request must be conditional (RFC 6585, section 3)"),
    line(StatusRule::one(429, Throttled).as_refusal(), "a rate limiter stands before the handler (RFC 6585, section 4)"),
    one(431, Permanent, "the header fields are too large (RFC 6585, section 5)"),
    one(451, Permanent, "the law forbids it (RFC 7725, section 3)"),
    one(500, Doubtful, "a bug of the server as often as a passing problem (RFC 9110, section 15.6.1)"),
    one(501, Permanent, "the server does not know the method (RFC 9110, section 15.6.2)"),
    one(502, Transient, "a gateway got no valid response (RFC 9110, section 15.6.3)"),
    one(503, ThrottledIfHinted, "overload or maintenance (RFC 9110, section 15.6.4)"),
    one(504, Transient, "a gateway got no response in time (RFC 9110, section 15.6.5)"),
    one(505, Permanent, "the server does not support the version of HTTP (RFC 9110, section 15.6.6)"),
    one(506, Permanent, "the server negotiates with itself: it is misconfigured (RFC 2295, section 8.1)"),
    one(507, Permanent, "no room, and the request must not be repeated until a user asks for it (RFC 4918, section 11.5)"),
    one(508, Permanent, "the resource contains itself (RFC 5842, section 7.2)"),
    one(509, ThrottledOnlyIfHinted, "the traffic of the account is used up, mostly until the next month (cPanel, \"Bandwidth Limit Exceeded\")"),
    one(510, Permanent, "the request needs an extension (RFC 2774, section 7)"),
    one(511, Permanent, "a user must log in to the network first (RFC 6585, section 6)"),
    one(520, Transient, "the origin sent an empty or broken response (Cloudflare, \"Error 520\")"),
    one(521, Transient, "the origin refused the connection (Cloudflare, \"Error 521\")"),
    one(522, Transient, "the origin could not be reached in time (Cloudflare, \"Error 522\")"),
    one(523, Transient, "the origin cannot be reached (Cloudflare, \"Error 523\")"),
    one(524, Transient, "the origin did not respond in time (Cloudflare, \"Error 524\")"),
    one(525, Doubtful, "the TLS handshake with the origin failed (Cloudflare, \"Error 525\")"),
    one(526, Permanent, "the certificate of the origin is invalid (Cloudflare, \"Error 526\")"),
    one(529, ThrottledIfHinted, "the service is overloaded (Anthropic, \"Errors\": overloaded_error)"),
    one(530, Doubtful, "an error of the CDN that only the body names (Cloudflare, \"Error 530\")"),
    one(561, Permanent, "the identity provider refused the user (AWS, \"Troubleshoot your Application Load Balancers\")"),
    one(598, Transient, "a proxy got no response in time (informal)"),
    one(599, Transient, "a proxy got no connection in time (informal)"),
    line(StatusRule::range(400, 499, Permanent), "the request is at fault (RFC 9110, section 15.5)"),
    line(StatusRule::range(500, 599, Doubtful), "counts as 500 (RFC 9110, section 15)"),
];

/// The rules of the table, as few as possible: consecutive codes that mean the same are joined, and codes that are
/// permanent without a rule are left out.
pub(crate) const BY_DEFAULT: &[StatusRule] = &RULES;

const RULES: [StatusRule; COUNT] = joined::<COUNT>().0;

const COUNT: usize = joined::<{ TABLE.len() }>().1;

/// Returns the rules, and their number.
#[allow(
    clippy::indexing_slicing,
    reason = "evaluated by the compiler, which reports an index out of bounds"
)]
const fn joined<const ROOM: usize>() -> ([StatusRule; ROOM], usize) {
    let mut rules = [StatusRule::one(0, Permanent); ROOM];
    let (mut lines, mut count) = (TABLE, 0);
    while let [line, rest @ ..] = lines {
        lines = rest;
        if line.rule.is_implied() {
            continue;
        }
        let joined = if count > 0 {
            rules[count - 1].joined(line.rule)
        } else {
            None
        };
        if let Some(joined) = joined {
            rules[count - 1] = joined;
        } else {
            rules[count] = line.rule;
            count += 1;
        }
    }
    (rules, count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use backoff_core::FailureKind;

    #[test]
    fn every_code_has_its_kind() {
        use FailureKind as Kind;
        let expected = |status: u16, hinted: bool, keyed: bool| match (status, hinted, keyed) {
            (100..=399, ..) => None,
            (429, ..) | (413 | 503 | 509 | 529, true, _) => Some(Kind::Throttled),
            (408 | 425 | 502..=504 | 520..=524 | 529 | 598 | 599, ..) => Some(Kind::Transient),
            (501 | 505..=511 | 526 | 561, ..) => Some(Kind::Permanent),
            (500..=599, ..) | (409, _, true) => Some(Kind::Doubtful),
            _ => Some(Kind::Permanent),
        };
        // Miri takes minutes for all of them.
        let last = if cfg!(miri) { 700 } else { u16::MAX };
        for status in 0..=last {
            for (hinted, keyed) in [(false, false), (false, true), (true, false), (true, true)] {
                let kind = StatusClass::of(status).kind(hinted, keyed);
                let expected = expected(status, hinted, keyed);
                assert_eq!(kind, expected, "{status} {hinted} {keyed}");
            }
        }
    }

    #[test]
    fn the_rules_say_what_the_table_says() {
        for status in 0..=700 {
            let line = TABLE.iter().find(|line| line.rule.covers(status));
            let expected = line.map_or((Permanent, false), |line| {
                (line.rule.class(), line.rule.is_refusal())
            });
            let rule = StatusRule::find(BY_DEFAULT, status);
            let found = rule.map_or((Permanent, false), |rule| (rule.class(), rule.is_refusal()));
            assert_eq!(found, expected, "{status}");
        }
    }

    #[test]
    fn every_registered_error_has_a_line_of_its_own() {
        // IANA, "HTTP Status Code Registry": 4xx and 5xx.
        let registered = (400..=418).chain(421..=426).chain([428, 429, 431, 451]);
        for status in registered.chain(500..=508).chain([510, 511]) {
            let line = StatusClass::because(status);
            assert!(
                !line.starts_with("counts as") && !line.contains("15.5)"),
                "{status}: {line}"
            );
        }
        for (number, line) in TABLE.iter().enumerate() {
            assert!(line.because.ends_with(')'), "no source: {}", line.because);
            let same = TABLE
                .iter()
                .filter(|other| other.because == line.because)
                .count();
            assert_eq!(same, 1, "line {number}: {}", line.because);
        }
    }
}
