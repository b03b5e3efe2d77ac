//! The classifier: any outcome of any request under any rules, against the documented order of questions.

use arbitrary::{Arbitrary, Unstructured};
use backoff_core::{Failure, FailureKind};
use backoff_http::{
    Classification, ClassifiedBy, DelayRules, Evidence, Fault, GrpcRules, GrpcStatus, HeaderRule,
    HttpDate, Method, Methods, RequestInfo, Rules, Sent, ServerDelay, StatusClass, StatusRule,
};

use crate::Check;
use crate::exact;
use crate::headers::{Line, lines};
use crate::input::rest;

/// A request, its outcome, and the rules that classify it.
#[derive(Arbitrary, Debug)]
pub struct Case {
    #[arbitrary(with = call)]
    call: RequestInfo,
    status: u16,
    #[arbitrary(with = evidence)]
    evidence: Evidence,
    #[arbitrary(with = statuses)]
    statuses: Vec<StatusRule>,
    #[arbitrary(with = header_rules)]
    headers: Vec<HeaderRule>,
    #[arbitrary(with = methods)]
    methods: Vec<Method>,
    /// Bit by bit, the statuses of gRPC that are retried.
    grpc: Option<u32>,
    every_response: bool,
    refusals: bool,
    now: Option<i64>,
    /// Lines of `name: value`.
    #[arbitrary(with = rest)]
    text: Vec<u8>,
}

const METHODS: [Method; 11] = [
    Method::Connect,
    Method::Delete,
    Method::Get,
    Method::Head,
    Method::Options,
    Method::Other,
    Method::Patch,
    Method::Post,
    Method::Put,
    Method::Query,
    Method::Trace,
];

const MEANINGS: [StatusClass; 8] = [
    StatusClass::Accepted,
    StatusClass::Doubtful,
    StatusClass::DoubtfulIfKeyed,
    StatusClass::Permanent,
    StatusClass::Throttled,
    StatusClass::ThrottledIfHinted,
    StatusClass::ThrottledOnlyIfHinted,
    StatusClass::Transient,
];

const KINDS: [FailureKind; 4] = [
    FailureKind::Doubtful,
    FailureKind::Permanent,
    FailureKind::Throttled,
    FailureKind::Transient,
];

fn call(u: &mut Unstructured<'_>) -> arbitrary::Result<RequestInfo> {
    let mut call = RequestInfo::new(*u.choose(&METHODS)?);
    if u.arbitrary()? {
        call = call.with_idempotency_key();
    }
    if u.arbitrary()? {
        call = call.as_idempotent();
    }
    Ok(if u.arbitrary()? {
        call.as_redirected()
    } else {
        call
    })
}

fn evidence(u: &mut Unstructured<'_>) -> arbitrary::Result<Evidence> {
    let evidence = Evidence::of(*u.choose(&Fault::ALL)?);
    Ok(match u.int_in_range(0..=3)? {
        0 => evidence,
        1 => evidence.with_sent(Sent::Maybe),
        2 => evidence.with_sent(Sent::Never),
        _ => evidence.with_sent(Sent::ResponseBegun),
    })
}

fn statuses(u: &mut Unstructured<'_>) -> arbitrary::Result<Vec<StatusRule>> {
    let count = u.int_in_range(0..=3)?;
    let rule = |_| {
        let rule = StatusRule::range(u.arbitrary()?, u.arbitrary()?, *u.choose(&MEANINGS)?);
        Ok(if u.arbitrary()? {
            rule.as_refusal()
        } else {
            rule
        })
    };
    (0..count).map(rule).collect()
}

fn header_rules(u: &mut Unstructured<'_>) -> arbitrary::Result<Vec<HeaderRule>> {
    let count = u.int_in_range(0..=3)?;
    let rule = |_| {
        let (name, kind) = (
            *u.choose(&["x-a", "x-should-retry", "grpc-status"])?,
            *u.choose(&KINDS)?,
        );
        Ok(match u.int_in_range(0..=3)? {
            0 => HeaderRule::present(name, kind),
            3 => HeaderRule::names(name, &["true", "Throttling"], kind),
            1 => HeaderRule::is(name, "true", kind),
            _ => HeaderRule::starts_with(name, "1", kind),
        })
    };
    (0..count).map(rule).collect()
}

fn methods(u: &mut Unstructured<'_>) -> arbitrary::Result<Vec<Method>> {
    let count = u.int_in_range(0..=4)?;
    (0..count).map(|_| u.choose(&METHODS).copied()).collect()
}

impl Check for Case {
    fn check(&self) {
        let lines = lines(&self.text);
        let now = self.now.map(HttpDate::from_unix);
        let asked = ServerDelay::read(lines.as_slice(), DelayRules::DEFAULT, now);
        let found = self
            .rules()
            .classify_response(self.call, self.status, lines.as_slice(), now);
        assert_eq!(
            (found.failure(), found.classified_by()),
            self.expected(&lines, asked)
        );
        self.check_repetition(found, self.is_unprocessed());
        let found = self.rules().classify_error(self.call, self.evidence);
        self.check_repetition(found, self.was_never_sent());
        self.check_error(found);
    }
}

impl Case {
    fn rules(&self) -> Rules<'_> {
        let mut rules = Rules::DEFAULT
            .with_statuses(&self.statuses)
            .with_headers(&self.headers)
            .with_methods(Methods::of(&self.methods));
        if let Some(bits) = self.grpc {
            rules = rules.with_grpc(grpc_rules(bits));
        }
        if self.every_response {
            rules = rules.reading_every_response();
        }
        if self.refusals {
            rules
        } else {
            rules.without_refusals()
        }
    }

    /// The table in the documentation of [`Rules`], line by line.
    fn expected(&self, lines: &[Line], asked: ServerDelay) -> (Option<Failure>, ClassifiedBy) {
        let accepted = (None, ClassifiedBy::Status(self.status));
        let meaning = self.meaning();
        let reads_all = self.every_response || self.grpc.is_some();
        if meaning == StatusClass::Accepted && !reads_all {
            return accepted;
        }
        let permanent = |reason| (Some(Failure::permanent()), reason);
        let kind = meaning.kind(asked.delay().is_some(), self.call.has_idempotency_key());
        let grpc = self
            .grpc
            .and_then(|bits| Some((bits, GrpcStatus::read(lines)?)));
        let (kind, reason) = match grpc {
            Some((bits, status)) => (
                grpc_rules(bits).kind(status),
                ClassifiedBy::GrpcStatus(status),
            ),
            None => (kind, ClassifiedBy::Status(self.status)),
        };
        let is_retried =
            |kind: Option<FailureKind>| kind.is_some_and(|kind| kind != FailureKind::Permanent);
        if kind.is_none() && !self.every_response {
            return accepted; // which no header changes
        }
        let by_header = self.header_rule(lines);
        let (kind, reason) = match by_header {
            // The header says to retry, and the rest says how.
            Some((FailureKind::Transient, _)) if is_retried(kind) => (kind, reason),
            Some((by_header, name)) => (Some(by_header), ClassifiedBy::Header(name)),
            None => (kind, reason),
        };
        match kind {
            None => accepted,
            Some(_) if asked.forbids_retry() => permanent(ClassifiedBy::Pushback),
            Some(FailureKind::Permanent) => permanent(reason),
            Some(_) if !self.is_unprocessed() && !self.may_repeat() => {
                permanent(ClassifiedBy::Unrepeatable(self.call.method()))
            }
            Some(kind) => {
                let failure = Failure::new(kind);
                let hinted = asked.delay().map(|delay| failure.with_retry_after(delay));
                (Some(hinted.unwrap_or(failure)), reason)
            }
        }
    }

    /// A request that may have been processed is repeated only if that does no harm; a permanent failure has no
    /// hint; and everything can be printed.
    fn check_repetition(&self, found: Classification, is_unprocessed: bool) {
        if found.is_retryable() {
            assert!(is_unprocessed || self.may_repeat(), "{found}");
        } else if let Some(failure) = found.failure() {
            assert_eq!(failure, Failure::permanent());
        }
        if let (Some(hint), Some(asked)) = (
            found.failure().and_then(Failure::retry_after),
            found.server_delay().delay(),
        ) {
            assert_eq!(hint, exact::duration(exact::nanos(asked).into()));
        }
        assert!(!found.to_string().is_empty());
    }

    /// The table in the documentation of [`Fault`], line by line.
    fn check_error(&self, found: Classification) {
        let kind = match self.evidence.fault() {
            Fault::Certificate | Fault::InvalidRequest | Fault::ProxyRefused | Fault::Redirects => {
                FailureKind::Permanent
            }
            Fault::EnhanceYourCalm => FailureKind::Throttled,
            Fault::Other | Fault::Protocol => FailureKind::Doubtful,
            _ => FailureKind::Transient,
        };
        let may_repeat = self.was_never_sent() || self.may_repeat();
        let expected = if may_repeat {
            kind
        } else {
            FailureKind::Permanent
        };
        assert_eq!(
            found.failure().map(Failure::kind),
            Some(expected),
            "{found}"
        );
    }

    fn meaning(&self) -> StatusClass {
        let rule = self.statuses.iter().find(|rule| rule.covers(self.status));
        rule.map_or(StatusClass::of(self.status), |rule| rule.class())
    }

    /// The kind and the name of the first rule that matches, those of the user before `x-should-retry`.
    fn header_rule(&self, lines: &[Line]) -> Option<(FailureKind, &'static str)> {
        let rule = self.headers.iter().find(|rule| rule.matches(lines));
        let says = |word: &[u8]| {
            lines.iter().any(|(name, value)| {
                name.eq_ignore_ascii_case("x-should-retry")
                    && crate::retry_after::trim(value) == word
            })
        };
        match rule {
            Some(rule) => Some((rule.kind(), rule.name())),
            None if says(b"true") => Some((FailureKind::Transient, "x-should-retry")),
            None if says(b"false") => Some((FailureKind::Permanent, "x-should-retry")),
            None => None,
        }
    }

    /// Whether the response says that nothing was done. Behind a redirect it speaks for another server than the
    /// first, which did something.
    fn is_unprocessed(&self) -> bool {
        let rule = self.statuses.iter().find(|rule| rule.covers(self.status));
        let refused = rule.map_or(matches!(self.status, 425 | 429), |rule| rule.is_refusal());
        self.refusals && refused && !self.call.is_redirected()
    }

    /// Whether the error proves that the request itself reached nobody.
    fn was_never_sent(&self) -> bool {
        let counts = self.refusals || self.evidence.fault() != Fault::RefusedStream;
        self.evidence.sent() == Sent::Never && counts && !self.call.is_redirected()
    }

    fn may_repeat(&self) -> bool {
        self.call.has_idempotency_key()
            || self.call.is_known_idempotent()
            || self.methods.contains(&self.call.method())
    }
}

fn grpc_rules(bits: u32) -> GrpcRules {
    const STATUSES: [GrpcStatus; 4] = [
        GrpcStatus::Unavailable,
        GrpcStatus::ResourceExhausted,
        GrpcStatus::Aborted,
        GrpcStatus::Unknown,
    ];
    let chosen = STATUSES
        .into_iter()
        .enumerate()
        .filter(|(bit, _)| bits >> bit & 1 == 1);
    chosen.fold(GrpcRules::NONE, |rules, (_, status)| rules.with(status))
}
