//! Every day that the Gregorian calendar has so far and will have until 9999, and every second of some years.

use backoff_http::{DateError, HttpDate};

const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

const MONTHS: [(&str, u32); 12] = [
    ("Jan", 31),
    ("Feb", 28),
    ("Mar", 31),
    ("Apr", 30),
    ("May", 31),
    ("Jun", 30),
    ("Jul", 31),
    ("Aug", 31),
    ("Sep", 30),
    ("Oct", 31),
    ("Nov", 30),
    ("Dec", 31),
];

/// 1 January 1601 was a Monday, 134,774 days before 1970.
const FIRST: i64 = -134_774;

/// The days of these years as a calendar has them: one after another.
fn each_day(
    years: core::ops::RangeInclusive<i64>,
    mut check: impl FnMut(i64, &str, &str, u32, i64),
) {
    let (mut number, mut weekday) = (FIRST, 1);
    for year in 1601..=*years.end() {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (month, days) in MONTHS {
            for day in 1..=days + u32::from(leap && month == "Feb") {
                if years.contains(&year) {
                    check(year, month, DAYS[weekday], day, number * 86_400);
                }
                (number, weekday) = (number + 1, (weekday + 1) % 7);
            }
        }
    }
}

fn parse(text: &str, now: i64) -> Result<i64, DateError> {
    HttpDate::parse(text.as_bytes(), HttpDate::from_unix(now)).map(HttpDate::unix)
}

#[test]
fn every_day_from_1601_to_9999_is_read_in_every_form() {
    // Without optimisation, the other forms and the other days of the week take a minute.
    let thorough = !cfg!(debug_assertions);
    let years = if cfg!(miri) { 1601..=1601 } else { 1601..=9999 };
    each_day(years, |year, month, weekday, day, moment| {
        let short = &weekday[..3];
        let fixdate = format!("{short}, {day:02} {month} {year} 00:00:00 GMT");
        assert_eq!(parse(&fixdate, 0), Ok(moment), "{fixdate}");
        if thorough || day == 29 {
            let asctime = format!("{short} {month} {day:2} 00:00:00 {year}");
            assert_eq!(parse(&asctime, 0), Ok(moment), "{asctime}");
            let other = fixdate.replacen(short, if short == "Sun" { "Mon" } else { "Sun" }, 1);
            assert_eq!(parse(&other, 0), Err(DateError::Weekday), "{other}");
        }
        if (thorough || day == 29) && (1970..=9900).contains(&year) {
            let rfc_850 = format!("{weekday}, {day:02}-{month}-{:02} 00:00:00 GMT", year % 100);
            assert_eq!(parse(&rfc_850, moment), Ok(moment), "{rfc_850}");
        }
    });
}

#[test]
fn every_second_of_a_year_is_read() {
    // A prime number of seconds without optimisation, so that every minute and second comes all the same.
    let step = if cfg!(miri) {
        300_007
    } else if cfg!(debug_assertions) {
        1_009
    } else {
        1
    };
    let years: &[i64] = if cfg!(miri) { &[1604] } else { &[2000, 2026] };
    for &year in years {
        each_day(year..=year, |year, month, weekday, day, moment| {
            let midnight = format!("{}, {day:02} {month} {year} 00:00:00 GMT", &weekday[..3]);
            let mut text = midnight.into_bytes();
            let first = (step - moment.rem_euclid(step)) % step;
            for second in (first..86_400).step_by(usize::try_from(step).expect("small")) {
                let time = [second / 3600, second / 60 % 60, second % 60];
                for (at, number) in [17, 20, 23].into_iter().zip(time) {
                    text[at] = DIGITS[usize::try_from(number / 10).expect("one digit")];
                    text[at + 1] = DIGITS[usize::try_from(number % 10).expect("one digit")];
                }
                let read = HttpDate::parse(&text, HttpDate::from_unix(0)).map(HttpDate::unix);
                assert_eq!(read, Ok(moment + second), "{}", text.escape_ascii());
            }
        });
    }
}

const DIGITS: &[u8; 10] = b"0123456789";
