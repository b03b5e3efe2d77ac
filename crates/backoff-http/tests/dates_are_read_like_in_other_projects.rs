//! The HTTP-dates of other projects' tests, and of RFC 9110, give the moments that those say.

mod vectors;

use backoff_http::HttpDate;
use vectors::word;

/// The time of a case that names none.
const NOW: HttpDate = HttpDate::from_unix(1_795_000_000); // 2026-11-18

/// Cases that are decided differently on purpose: profile, text, and what decides.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    (
        "lenient-curl",
        "Sat, 15-Apr-17 21:01:22 GMT-0400",
        "ECMA-262, section 21.4.4.41.3: the offset is the zone; curl does not read it, and is four hours early",
    ),
    (
        "lenient-curl",
        "Sat, 15-Apr-17 21:01:22 GMT-0400 (EDT)",
        "the same",
    ),
    (
        "lenient-curl",
        "1994-11-06T08:49:37Z",
        "RFC 3339 and ISO 8601: servers send such moments, and curl does not read them",
    ),
    ("lenient-curl", "19941106T084937Z", "the same"),
    (
        "strict",
        "Mon Jan  1 02:00:60 2024",
        "RFC 9110, section 5.6.7: the grammar allows a second of 60 in any minute",
    ),
];

#[test]
fn strict_dates_are_read_to_the_letter() {
    check(&["strict", "rfc9110", "rfc9110-grammar"], HttpDate::parse);
}

#[test]
fn lenient_dates_are_read_as_servers_write_them() {
    check(
        &["lenient-curl", "lenient-python-email", "lenient-chromium"],
        HttpDate::parse_lenient,
    );
}

fn check<E>(profiles: &[&str], parse: fn(&[u8], HttpDate) -> Result<HttpDate, E>) {
    let Some(cases) = vectors::cases("http_date.json") else {
        return;
    };
    let mut wrong = Vec::new();
    for case in &cases {
        let (profile, text) = (word(case, "profile"), word(case, "input"));
        let differs = DIFFERENCES
            .iter()
            .any(|line| (line.0, line.1) == (profile, text));
        if !profiles.contains(&profile) || differs {
            continue;
        }
        let now = case["now"].as_str().map_or(NOW, rfc_3339_midnight);
        let moment = parse(text.as_bytes(), now).ok().map(HttpDate::unix);
        if moment != case["expected"].as_i64() {
            wrong.push(format!(
                "{profile} {text:?}: {moment:?}, expected {}",
                case["expected"]
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of the cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Reads `2026-01-02T00:00:00Z`, by way of the asctime form, which is told nothing of the century.
fn rfc_3339_midnight(text: &str) -> HttpDate {
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month: usize = text[5..7].parse().expect("a month");
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        .iter()
        .map(|day| {
            format!(
                "{day} {} {} {} {}",
                months[month - 1],
                &text[8..10],
                &text[11..19],
                &text[..4]
            )
        })
        .find_map(|date| HttpDate::parse(date.as_bytes(), NOW).ok())
        .expect("a date")
}
