//! Dates: any text against `httpdate`, and any moment written in the ways that servers write it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arbitrary::{Arbitrary, Unstructured};
use backoff_http::HttpDate;

use crate::Check;
use crate::input::rest;

/// 9999-12-31T23:59:59Z, the last moment that HTTP can name.
const LAST: i64 = 253_402_300_799;

/// 0100-01-01T00:00:00Z.
pub(crate) const YEAR_100: i64 = -59_011_459_200;

/// A text that may be a date, or a moment and how it is written.
#[derive(Arbitrary, Debug)]
pub enum Case {
    /// Any text.
    Text {
        /// What the clock shows.
        #[arbitrary(with = moment)]
        now: i64,
        /// Bytes.
        #[arbitrary(with = rest)]
        text: Vec<u8>,
    },
    /// A date as somebody writes it.
    Written {
        /// What is written.
        #[arbitrary(with = moment)]
        moment: i64,
        /// By whom.
        style: Style,
    },
}

/// What servers do to a date.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Style {
    weekday: Name,
    month: Name,
    /// The day without a leading zero.
    short_day: bool,
    /// The hour without a leading zero.
    short_hour: bool,
    /// The year before the month, and the day after it.
    reversed: bool,
    /// Between the day, the month and the year.
    #[arbitrary(with = |u: &mut Unstructured<'_>| u.choose(&['-', ' ']).copied())]
    separator: char,
    /// None is `GMT`.
    zone: Option<Zone>,
    /// A fraction of a second, in milliseconds, for ISO 8601.
    millis: u8,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
struct Zone {
    /// Quarters of an hour ahead of UTC, from -56 to 56.
    quarters: i8,
    /// `GMT` before them, as JavaScript has it.
    named: bool,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Name {
    Abbreviated,
    Full,
    Lower,
    Upper,
}

fn moment(u: &mut Unstructured<'_>) -> arbitrary::Result<i64> {
    u.int_in_range(0..=LAST)
}

impl Check for Case {
    fn check(&self) {
        match self {
            Self::Text { now, text } => check_text(text, HttpDate::from_unix(*now)),
            Self::Written { moment, style } => check_written(*moment, *style),
        }
    }
}

/// Reads a text as `httpdate` does, but for what is documented to differ.
fn check_text(text: &[u8], now: HttpDate) {
    let read = HttpDate::parse(text, now);
    let lenient = HttpDate::parse_lenient(text, now);
    let oracle = oracle(text);
    // `httpdate` takes any byte for the second space of the second form, and white space around any.
    if let Some(then) =
        oracle.filter(|then| forms(*then).iter().any(|form| form.as_bytes() == text))
    {
        // Of a year's two digits, `httpdate` makes one from 1970 to 2069.
        let then = HttpDate::from_unix(then);
        assert_eq!(HttpDate::parse(text, then), Ok(then));
    }
    let Ok(date) = read else { return };
    // A lenient reader takes 0094 for 94, and completes it.
    if date.unix() >= YEAR_100 {
        assert_eq!(lenient, read, "what is strict is lenient too");
    }
    let is_rfc_850 = text.contains(&b'-');
    let has_leap_second = text.windows(3).any(|second| second == b":60");
    if (0..=LAST).contains(&date.unix()) && !has_leap_second {
        assert!(
            is_rfc_850 || oracle == Some(date.unix()),
            "{oracle:?}, not {date:?}"
        );
        assert!(
            forms(date.unix())
                .iter()
                .any(|form| form.as_bytes() == text)
        );
        assert_eq!(HttpDate::parse(date.to_string().as_bytes(), now), Ok(date));
    }
    if is_rfc_850 && now.unix() > 0 {
        let fifty_years = 50 * 31_556_952 + 86_400; // of the mean Gregorian length, and a day for rounding
        assert!(
            date.unix() <= now.unix() + fifty_years,
            "{date:?} at {now:?}"
        );
    }
}

/// A moment in the forms of RFC 9110, section 5.6.7; the third, of C, may have a zero before the day.
fn forms(moment: i64) -> [String; 4] {
    let fixdate = httpdate::fmt_http_date(system_time(moment));
    let (weekday, day, month) = (&fixdate[..3], &fixdate[5..7], &fixdate[8..11]);
    let (year, time) = (&fixdate[12..16], &fixdate[17..25]);
    let long = Name::Full.of(weekday, &DAYS);
    let short_day = format!("{:>2}", day.trim_start_matches('0'));
    [
        format!("{long}, {day}-{month}-{} {time} GMT", &year[2..]),
        format!("{weekday} {month} {short_day} {time} {year}"),
        format!("{weekday} {month} {day} {time} {year}"),
        fixdate,
    ]
}

fn oracle(text: &[u8]) -> Option<i64> {
    let moment = httpdate::parse_http_date(core::str::from_utf8(text).ok()?).ok()?;
    let seconds = moment.duration_since(UNIX_EPOCH).ok()?.as_secs();
    i64::try_from(seconds).ok()
}

/// Writes a moment and reads it again: in every style leniently, and in the one of HTTP also to the letter.
fn check_written(moment: i64, style: Style) {
    let date = HttpDate::from_unix(moment);
    let text = httpdate::fmt_http_date(system_time(moment));
    assert_eq!(date.to_string(), text);
    for read in [HttpDate::parse, HttpDate::parse_lenient] {
        assert_eq!(read(text.as_bytes(), date), Ok(date), "{text}");
    }
    let written = style.write(moment);
    let lenient = HttpDate::parse_lenient(written.as_bytes(), date);
    assert_eq!(lenient, Ok(date), "{written}");
    let written = style.write_iso_8601(moment);
    let lenient = HttpDate::parse_lenient(written.as_bytes(), date);
    let late = i64::from(style.millis > 0);
    assert_eq!(lenient, Ok(HttpDate::from_unix(moment + late)), "{written}");
    assert!(
        HttpDate::parse(written.as_bytes(), date).is_err(),
        "{written}"
    );
}

fn system_time(moment: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(moment.unsigned_abs())
}

impl Style {
    /// The local moment, and the minutes that its zone is ahead of UTC.
    fn local(self, moment: i64) -> (i64, i64) {
        let quarters = self.zone.map_or(0, |zone| zone.quarters.clamp(-56, 56));
        let ahead = i64::from(quarters) * 900;
        // No year before 1970 is written, and none after 9999.
        let there = (0..=LAST).contains(&(moment + ahead));
        if there {
            (moment + ahead, ahead / 60)
        } else {
            (moment, 0)
        }
    }

    /// Writes a moment by ISO 8601, in one of its forms.
    fn write_iso_8601(self, moment: i64) -> String {
        let (local, ahead) = self.local(moment);
        let text = httpdate::fmt_http_date(system_time(local));
        let (day, month, year, time) = (&text[5..7], &text[8..11], &text[12..16], &text[17..25]);
        let month = MONTHS.iter().position(|name| name.starts_with(month));
        let month = month.map_or(0, |month| month + 1);
        let (dash, letter) = match (self.separator, self.short_day) {
            ('-', false) => ("-", "T"),
            ('-', true) => ("-", "t"),
            (_, false) => ("", "T"),
            (_, true) => ("-", " "),
        };
        let basic = self.short_hour && letter != " ";
        let time = if basic {
            time.replace(':', "")
        } else {
            time.to_owned()
        };
        let fraction = match (self.millis, self.reversed) {
            (0, false) => String::new(),
            (millis, false) => format!(".{millis:03}"),
            (millis, true) => format!(",{millis:03}"),
        };
        let sign = if ahead < 0 { '-' } else { '+' };
        let (hours, minutes) = (ahead.abs() / 60, ahead.abs() % 60);
        let zone = match self.zone {
            None => ["", "Z", "z"][usize::from(self.millis) % 3].to_owned(),
            Some(zone) if zone.named && minutes == 0 => format!("{sign}{hours:02}"),
            Some(_) if basic => format!("{sign}{hours:02}{minutes:02}"),
            Some(_) => format!("{sign}{hours:02}:{minutes:02}"),
        };
        format!("{year}{dash}{month:02}{dash}{day}{letter}{time}{fraction}{zone}")
    }

    /// Takes apart what `httpdate` writes, and puts it together in another way.
    fn write(self, moment: i64) -> String {
        let (local, ahead) = self.local(moment);
        let text = httpdate::fmt_http_date(system_time(local));
        let parts: Vec<&str> = text
            .split([' ', ','])
            .filter(|part| !part.is_empty())
            .collect();
        let [weekday, day, month, year, time, _] = parts[..] else {
            unreachable!("{text} is in the form of RFC 9110")
        };
        let zone = if let Some(zone) = self.zone {
            let sign = if ahead < 0 { '-' } else { '+' };
            let name = if zone.named { "GMT" } else { "" };
            format!("{name}{sign}{:02}{:02}", ahead.abs() / 60, ahead.abs() % 60)
        } else {
            "GMT".to_owned()
        };
        let shorten =
            |text: &str, short| text[usize::from(short && text.starts_with('0'))..].to_owned();
        let (day, time) = (shorten(day, self.short_day), shorten(time, self.short_hour));
        let month = self.month.of(month, &MONTHS);
        let dash = self.separator;
        let date = if self.reversed {
            format!("{year}{dash}{month}{dash}{day}")
        } else {
            format!("{day}{dash}{month}{dash}{year}")
        };
        let weekday = self.weekday.of(weekday, &DAYS);
        format!("{weekday}, {date} {time} {zone}")
    }
}

impl Name {
    fn of(self, short: &str, names: &[&str]) -> String {
        match self {
            Self::Abbreviated => short.to_owned(),
            Self::Full => names
                .iter()
                .find(|name| name.starts_with(short))
                .unwrap_or(&short)
                .to_string(),
            Self::Lower => short.to_lowercase(),
            Self::Upper => short.to_uppercase(),
        }
    }
}

const DAYS: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
