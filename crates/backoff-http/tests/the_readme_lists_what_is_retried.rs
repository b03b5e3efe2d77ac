//! The table "What is retried, and why" of the README is what the default rules do.

use backoff_core::FailureKind;
use backoff_http::{Fault, Method, RequestInfo, Rules, StatusClass};
use std::time::Duration;

const GET: RequestInfo = RequestInfo::new(Method::Get);

#[test]
fn every_status_has_the_kind_of_its_line() {
    let lines = lines();
    for status in 400..600 {
        let is_other = StatusClass::because(status).starts_with("counts as 500");
        let other = format!("other {}xx", status / 100);
        let line = line(&lines, &status.to_string()).or_else(|| line(&lines, &other));
        let kinds = line.expect("a line for each status");
        let named = self::line(&lines, &status.to_string()).is_some();
        assert!(named || status < 500 || is_other, "{status} has no line");
        let found = [
            kind(GET, status, &[]),
            kind(GET, status, &[("retry-after", "1")]),
            kind(GET.with_idempotency_key(), status, &[]),
        ];
        assert_eq!(found, kinds_of(kinds), "{status}: {kinds}");
        let any_method = kind(RequestInfo::new(Method::Post), status, &[]) == found[0];
        let expected = kinds.contains("for any method") || kinds.starts_with("permanent");
        assert_eq!(any_method, expected, "POST, {status}: {kinds}");
    }
}

#[test]
fn every_fault_has_the_failure_of_its_line() {
    let lines = lines();
    for fault in Fault::ALL {
        let kinds = line(&lines, fault.as_str()).expect("a line for each fault");
        let failure = Rules::DEFAULT.classify_error(GET, fault).failure();
        let found = failure.map(|failure| (failure.kind(), failure.min_delay()));
        let delay = Duration::from_secs(u64::from(kinds.contains("not before 1 s")));
        assert_eq!(found, Some((kinds_of(kinds)[0], delay)), "{fault}: {kinds}");
        let any_method = Rules::DEFAULT.classify_error(RequestInfo::new(Method::Post), fault);
        let expected = kinds.contains("for any method");
        assert_eq!(
            any_method.is_retryable(),
            expected,
            "POST, {fault}: {kinds}"
        );
    }
}

#[test]
fn every_outcome_in_the_table_is_a_status_or_a_fault() {
    for (outcome, kinds) in lines() {
        let is_known = outcome.parse::<u16>().is_ok()
            || ["other 4xx", "other 5xx"].contains(&outcome)
            || Fault::ALL.iter().any(|fault| fault.as_str() == outcome);
        assert!(is_known, "{outcome}: {kinds}");
    }
}

/// The outcomes and the kinds of the table; a line with several outcomes is several lines.
fn lines() -> Vec<(&'static str, &'static str)> {
    let section = include_str!("../README.md")
        .split("\n## ")
        .find(|section| section.starts_with("What is retried, and why\n"))
        .expect("the section");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = rows.map(|row| row.split(" | ").collect::<Vec<_>>());
    let lines: Vec<_> = cells
        .skip(1)
        .flat_map(|cells| cells[0].split(", ").map(move |outcome| (outcome, cells[1])))
        .collect();
    assert!(lines.len() > 20, "{lines:?}");
    lines
}

fn line<'l>(lines: &[(&str, &'l str)], outcome: &str) -> Option<&'l str> {
    let (_, kinds) = lines.iter().find(|(name, _)| *name == outcome)?;
    Some(kinds)
}

fn kind(request: RequestInfo, status: u16, headers: &[(&str, &str)]) -> FailureKind {
    let classification = Rules::DEFAULT.classify_response(request, status, headers, None);
    classification.failure().expect("a failure").kind()
}

/// Reads `transient; throttled with a hint`: the kind of a failure alone, with a hint, and with a key.
fn kinds_of(kinds: &str) -> [FailureKind; 3] {
    let kind = |text: &str| {
        let word = text.split([' ', ',']).next().unwrap_or_default();
        match word {
            "doubtful" => FailureKind::Doubtful,
            "permanent" => FailureKind::Permanent,
            "throttled" => FailureKind::Throttled,
            "transient" => FailureKind::Transient,
            _ => panic!("which kind is {text:?}?"),
        }
    };
    let parts: Vec<_> = kinds.split("; ").collect();
    let with = |what: &str| {
        let part = parts.iter().find(|part| part.ends_with(what));
        part.map_or(kind(parts[0]), |part| kind(part))
    };
    [
        kind(parts[0]),
        with(" with a hint"),
        with(" with an `Idempotency-Key`"),
    ]
}
