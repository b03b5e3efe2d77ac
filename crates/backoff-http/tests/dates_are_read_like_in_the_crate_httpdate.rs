//! Dates are read as the crate `httpdate` writes and reads them.

use backoff_http::HttpDate;
use std::time::{Duration, UNIX_EPOCH};

const DAY: u64 = 86_400;

/// 10000-01-01T00:00:00Z.
const END: u64 = 253_402_300_800;

#[test]
fn what_httpdate_writes_is_read_back() {
    // Every day up to 2106, then every 17th and somewhat more, so that each time of day comes up.
    let days = (0..49_674).map(|day| day * DAY + day % DAY);
    let later = (4_291_833_600..END).step_by(17 * 86_400 + 12_347);
    for unix in days.chain(later).chain([END - 1]) {
        let text = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(unix));
        let expected = Ok(HttpDate::from_unix(signed(unix)));
        assert_eq!(
            HttpDate::parse(text.as_bytes(), HttpDate::from_unix(0)),
            expected,
            "{text}"
        );
        assert_eq!(
            HttpDate::parse_lenient(text.as_bytes(), HttpDate::from_unix(0)),
            expected,
            "{text}"
        );
    }
}

#[test]
fn what_one_reads_the_other_reads_alike() {
    let now = HttpDate::from_unix(1_767_312_000);
    let dates = [
        *b"Sun, 06 Nov 1994 08:49:37 GMT",
        *b"Thu, 29 Feb 2024 23:59:59 GMT",
        *b"Fri, 31 Dec 9999 00:00:00 GMT",
    ];
    let mut read = 0;
    for date in dates {
        for place in 0..date.len() {
            for byte in b' '..=b'~' {
                let mut text = date;
                text[place] = byte;
                let ours = HttpDate::parse(&text, now).ok().map(HttpDate::unix);
                let theirs = std::str::from_utf8(&text)
                    .ok()
                    .and_then(|text| httpdate::parse_http_date(text).ok());
                let theirs = theirs.map(|time| {
                    time.duration_since(UNIX_EPOCH)
                        .expect("after 1970")
                        .as_secs()
                });
                // httpdate knows no moment before 1970, and no leap second.
                let is_known = ours.is_none_or(|unix| unix >= 0) && !text.ends_with(b":60 GMT");
                if is_known {
                    assert_eq!(ours, theirs.map(signed), "{}", text.escape_ascii());
                    read += usize::from(ours.is_some());
                }
            }
        }
    }
    assert!(read > 3, "hardly a date was read");
}

#[cfg(feature = "std")]
#[test]
fn now_is_after_november_2023() {
    assert!(HttpDate::now() > HttpDate::from_unix(1_700_000_000));
}

fn signed(unix: u64) -> i64 {
    i64::try_from(unix).expect("a moment before the year 10000")
}
