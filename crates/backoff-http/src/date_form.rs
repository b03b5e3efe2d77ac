//! The three forms of an HTTP-date (RFC 9110, section 5.6.7), read to the letter.
//!
//! The readers are inlined into the forms, whose length is known, so that it is checked once and not by each
//! reader: an IMF-fixdate takes 202 instructions instead of 231, by `examples/instructions.rs`. Not so in firmware,
//! where flash counts for more.
#![allow(clippy::inline_always, reason = "by measurement, as said above")]

use crate::calendar::Civil;
use crate::http_date::HttpDate;
use crate::names::{WEEKDAY_ENDINGS, Weekday, month_number, weekday_number};

/// A date and the day of the week that it is said to be.
pub(crate) type Dated = (Weekday, Civil);

/// `Sun, 06 Nov 1994 08:49:37 GMT`
#[inline]
pub(crate) fn imf_fixdate(text: &[u8]) -> Option<Dated> {
    // An array has a length that the compiler knows, so that it checks it once.
    let text: &[u8; 29] = text.try_into().ok()?;
    let (weekday, text) = short_weekday(text)?;
    let (day, text) = two(literal(b", ", text)?)?;
    let (month, text) = month(literal(b" ", text)?)?;
    let (year, text) = four(literal(b" ", text)?)?;
    let (time, text) = time(literal(b" ", text)?)?;
    end(literal(b" GMT", text)?)?;
    Some((weekday, civil(year, month, day, time)))
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`
pub(crate) fn rfc_850(text: &[u8], now: HttpDate) -> Option<Dated> {
    let (weekday, text) = long_weekday(text)?;
    let (day, text) = two(literal(b", ", text)?)?;
    let (month, text) = month(literal(b"-", text)?)?;
    let (year, text) = two(literal(b"-", text)?)?;
    let (time, text) = time(literal(b" ", text)?)?;
    end(literal(b" GMT", text)?)?;
    let year = in_century(civil(year, month, day, time), now);
    Some((weekday, civil(year, month, day, time)))
}

/// `Sun Nov  6 08:49:37 1994`
pub(crate) fn asctime(text: &[u8]) -> Option<Dated> {
    let text: &[u8; 24] = text.try_into().ok()?;
    let (weekday, text) = short_weekday(text)?;
    let (month, text) = month(literal(b" ", text)?)?;
    let text = literal(b" ", text)?;
    let (day, text) = match text {
        [b' ', digit, rest @ ..] => (two(&[b'0', *digit])?.0, rest),
        _ => two(text)?,
    };
    let (time, text) = time(literal(b" ", text)?)?;
    let (year, text) = four(literal(b" ", text)?)?;
    end(text)?;
    Some((weekday, civil(year, month, day, time)))
}

/// The whole of a year of two digits: RFC 9110, section 5.6.7, "MUST interpret a timestamp that appears to be more
/// than 50 years in the future as representing the most recent year in the past that had the same last two
/// digits".
pub(crate) fn in_century(mut date: Civil, now: HttpDate) -> u32 {
    date.year += 1900;
    while date.year < 9900 {
        // A date is at most 50 years ahead if 50 years earlier it was not ahead.
        date.year += 50;
        if date.seconds() > now.unix() {
            return date.year - 50;
        }
        date.year += 50;
    }
    date.year
}

#[inline]
const fn civil(year: u32, month: u32, day: u32, [hour, minute, second]: [u32; 3]) -> Civil {
    Civil {
        year,
        month,
        day,
        hour,
        minute,
        second,
    }
}

/// What is read from the beginning of a text, and the rest of it.
type Read<'t, T> = Option<(T, &'t [u8])>;

#[cfg_attr(not(target_os = "none"), inline(always))]
fn literal<'t>(expected: &[u8], text: &'t [u8]) -> Option<&'t [u8]> {
    text.strip_prefix(expected)
}

#[cfg_attr(not(target_os = "none"), inline(always))]
fn end(text: &[u8]) -> Option<()> {
    text.is_empty().then_some(())
}

/// `hh:mm:ss`
///
/// All eight bytes at once: against the template each digit becomes its value and each colon zero. A byte is a
/// digit if neither it nor six more than it reaches 16; a byte of 250 and more, which would carry into the
/// next, is found by itself.
#[cfg_attr(not(target_os = "none"), inline(always))]
fn time(text: &[u8]) -> Read<'_, [u32; 3]> {
    const TEMPLATE: u64 = u64::from_le_bytes(*b"00:00:00");
    const SIX: u64 = u64::from_le_bytes([6, 6, 0, 6, 6, 0, 6, 6]);
    const WRONG: u64 = u64::from_le_bytes([0xf0, 0xf0, 0xff, 0xf0, 0xf0, 0xff, 0xf0, 0xf0]);
    let (bytes, rest) = text.split_first_chunk()?;
    let values = u64::from_le_bytes(*bytes) ^ TEMPLATE;
    if (values.wrapping_add(SIX) | values) & WRONG != 0 {
        return None;
    }
    let [h0, h1, _, m0, m1, _, s0, s1] = values.to_le_bytes();
    Some(([number(h0, h1), number(m0, m1), number(s0, s1)], rest))
}

#[cfg_attr(not(target_os = "none"), inline(always))]
fn two(text: &[u8]) -> Read<'_, u32> {
    let ([tens, ones], rest) = text.split_first_chunk()?;
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then_some((number(tens, ones), rest))
}

/// Four digits, all at once as in [`time`].
#[cfg_attr(not(target_os = "none"), inline(always))]
fn four(text: &[u8]) -> Read<'_, u32> {
    let (bytes, rest) = text.split_first_chunk()?;
    let values = u32::from_le_bytes(*bytes) ^ u32::from_le_bytes(*b"0000");
    if (values.wrapping_add(0x0606_0606) | values) & 0xf0f0_f0f0 != 0 {
        return None;
    }
    let [thousands, hundreds, tens, ones] = values.to_le_bytes();
    Some((number(thousands, hundreds) * 100 + number(tens, ones), rest))
}

#[inline]
fn number(tens: u8, ones: u8) -> u32 {
    u32::from(tens) * 10 + u32::from(ones)
}

#[cfg_attr(not(target_os = "none"), inline(always))]
fn month(text: &[u8]) -> Read<'_, u32> {
    let (name, rest) = text.split_first_chunk::<3>()?;
    Some((month_number(*name)?, rest))
}

#[cfg_attr(not(target_os = "none"), inline(always))]
fn short_weekday(text: &[u8]) -> Read<'_, Weekday> {
    let (name, rest) = text.split_first_chunk::<3>()?;
    Some((weekday_number(*name)?, rest))
}

fn long_weekday(text: &[u8]) -> Read<'_, Weekday> {
    let (weekday, text) = short_weekday(text)?;
    Some((weekday, literal(WEEKDAY_ENDINGS.get(weekday)?, text)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_six_digits_and_two_colons() {
        assert_eq!(time(b"08:49:37 GMT"), Some(([8, 49, 37], &b" GMT"[..])));
        assert_eq!(time(b"99:99:99"), Some(([99, 99, 99], &b""[..])));
        let template = *b"08:49:37";
        for place in 0..8 {
            for byte in 0..=u8::MAX {
                let mut text = template;
                text[place] = byte;
                let stays = if place == 2 || place == 5 {
                    byte == b':'
                } else {
                    byte.is_ascii_digit()
                };
                assert_eq!(time(&text).is_some(), stays, "{}", text.escape_ascii());
            }
        }
    }

    #[test]
    fn two_and_four_digits_are_digits() {
        assert_eq!(two(b"06 Nov"), Some((6, &b" Nov"[..])));
        assert_eq!(four(b"1994 "), Some((1994, &b" "[..])));
        for place in 0..4 {
            for byte in 0..=u8::MAX {
                let mut text = *b"1994";
                text[place] = byte;
                let is_digit = byte.is_ascii_digit();
                assert_eq!(four(&text).is_some(), is_digit, "{}", text.escape_ascii());
                assert_eq!(two(&[b'1', byte]).is_some(), is_digit, "1 and {byte}");
                assert_eq!(two(&[byte, b'1']).is_some(), is_digit, "{byte} and 1");
            }
        }
    }

    #[test]
    fn nothing_follows_a_date() {
        for (text, is_date) in [(&b""[..], true), (b" ", false), (b"GMT", false)] {
            assert_eq!(end(text).is_some(), is_date, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn a_year_of_two_digits_is_the_latest_that_is_at_most_50_years_ahead() {
        let cases = [
            // (year, now, whole year)
            (0, 0, 2000),
            (19, 0, 2019),
            (20, 1, 2020),
            (21, 0, 1921),
            (94, 1_767_312_000, 1994),
            (75, 1_767_312_000, 2075),
            (77, 1_767_312_000, 1977),
            (0, 253_402_300_799, 9900),
            (99, 253_402_300_799, 9999),
        ];
        for (year, now, expected) in cases {
            let date = civil(year, 1, 1, [0; 3]);
            let whole = in_century(date, HttpDate::from_unix(now));
            assert_eq!(whole, expected, "{year} at {now}");
        }
    }
}
