//! Reads lists of items with parameters, as structured fields write them (RFC 9651, section 4.2.1).
//!
//! This is what `RateLimit` and `RateLimit-Policy` need: no inner lists, and of the values only integers and
//! strings. Values of other types are checked for their form, and skipped.

use crate::field::{digits, split};

/// The value of an item or of a parameter: a "bare item".
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Bare<'v> {
    Integer(i64),
    /// Between the quotes, with its escapes.
    String(&'v [u8]),
    /// A decimal, token, byte sequence, boolean, date or display string.
    Other,
}

/// An item, and the text of its parameters, which is known to be well-formed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'v> {
    pub(crate) value: Bare<'v>,
    parameters: &'v [u8],
}

impl<'v> Item<'v> {
    /// Returns the value of a parameter. If several have the name, the last one counts (RFC 9651, section 4.2.3.2).
    pub(crate) fn parameter(&self, name: &[u8]) -> Option<Bare<'v>> {
        let mut rest = self.parameters;
        let mut found = None;
        while let Some((key, value, after)) = parameter(rest) {
            if key == name {
                found = Some(value);
            }
            rest = after;
        }
        found
    }
}

/// The items of a field line. A malformed list ends with an `Err`.
#[derive(Clone, Debug)]
pub(crate) struct List<'v> {
    rest: &'v [u8],
    /// A comma was read, so another item must follow.
    item_must_follow: bool,
}

/// The list is malformed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Malformed;

impl<'v> List<'v> {
    pub(crate) fn new(line: &'v [u8]) -> Self {
        let trimmed = trim_start(line, b" ");
        Self {
            rest: trimmed,
            item_must_follow: false,
        }
    }

    fn read(&mut self) -> Option<Item<'v>> {
        let (item, rest) = item(self.rest)?;
        let after = trim_start(rest, b" \t");
        (self.rest, self.item_must_follow) = match after {
            [] => (after, false),
            [b',', after @ ..] => (trim_start(after, b" \t"), true),
            _ => return None,
        };
        Some(item)
    }
}

impl<'v> Iterator for List<'v> {
    type Item = Result<Item<'v>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() && !self.item_must_follow {
            return None;
        }
        let item = self.read();
        if item.is_none() {
            (self.rest, self.item_must_follow) = (&[], false);
        }
        Some(item.ok_or(Malformed))
    }
}

type Read<'v, T> = Option<(T, &'v [u8])>;

fn item(text: &[u8]) -> Read<'_, Item<'_>> {
    let (value, text) = bare(text)?;
    let mut rest = text;
    while rest.starts_with(b";") {
        (_, _, rest) = parameter(rest)?;
    }
    let parameters = text.get(..text.len().checked_sub(rest.len())?)?;
    Some((Item { value, parameters }, rest))
}

/// Reads `;key`, whose value is a boolean, or `;key=value`.
fn parameter(text: &[u8]) -> Option<(&[u8], Bare<'_>, &[u8])> {
    let text = trim_start(text.strip_prefix(b";")?, b" ");
    if !matches!(text.first()?, b'a'..=b'z' | b'*') {
        return None;
    }
    let is_key = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'*');
    let (key, rest) = split(text, is_key);
    let Some(rest) = rest.strip_prefix(b"=") else {
        return Some((key, Bare::Other, rest));
    };
    let (value, rest) = bare(rest)?;
    Some((key, value, rest))
}

fn bare(text: &[u8]) -> Read<'_, Bare<'_>> {
    match text {
        [b'-' | b'0'..=b'9', ..] => number(text),
        [b'"', rest @ ..] => string(rest),
        [b'%', b'"', rest @ ..] => Some((Bare::Other, display_string(rest)?)),
        [b'*' | b'a'..=b'z' | b'A'..=b'Z', ..] => {
            Some((Bare::Other, split(text, |byte| is_token(*byte)).1))
        }
        [b':', rest @ ..] => Some((Bare::Other, byte_sequence(rest)?)),
        [b'?', b'0' | b'1', rest @ ..] => Some((Bare::Other, rest)),
        [b'@', rest @ ..] => match number(rest)? {
            (Bare::Integer(_), rest) => Some((Bare::Other, rest)),
            _ => None,
        },
        _ => None,
    }
}

/// Reads an integer of at most 15 digits, or a decimal of at most 12 digits before and 3 after the point.
fn number(text: &[u8]) -> Read<'_, Bare<'_>> {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    let (whole, rest) = split(text, u8::is_ascii_digit);
    if let Some(rest) = rest.strip_prefix(b".") {
        let (fraction, rest) = split(rest, u8::is_ascii_digit);
        let fits = (1..=12).contains(&whole.len()) && (1..=3).contains(&fraction.len());
        return fits.then_some((Bare::Other, rest));
    }
    if whole.len() > 15 {
        return None;
    }
    let integer = i64::try_from(digits(whole)?).ok()?;
    Some((
        Bare::Integer(if negative { -integer } else { integer }),
        rest,
    ))
}

/// Reads a string behind its opening quote: printable ASCII, with `\"` and `\\`.
fn string(text: &[u8]) -> Read<'_, Bare<'_>> {
    let mut rest = text;
    loop {
        rest = match rest {
            [b'"', after @ ..] => {
                let inside = text.get(..text.len().checked_sub(rest.len())?)?;
                return Some((Bare::String(inside), after));
            }
            [b'\\', b'"' | b'\\', after @ ..] => after,
            [b'\\', ..] => return None,
            [b' '..=b'~', after @ ..] => after,
            _ => return None,
        };
    }
}

/// Skips a display string behind its opening quote: printable ASCII, with bytes as in `%c3`.
///
/// It does not check that these bytes are UTF-8.
fn display_string(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        text = match text {
            [b'"', after @ ..] => return Some(after),
            [
                b'%',
                b'0'..=b'9' | b'a'..=b'f',
                b'0'..=b'9' | b'a'..=b'f',
                after @ ..,
            ] => after,
            [b'%', ..] => return None,
            [b' '..=b'~', after @ ..] => after,
            _ => return None,
        };
    }
}

/// Skips a byte sequence behind its opening colon: base64, whose padding may be missing.
fn byte_sequence(text: &[u8]) -> Option<&[u8]> {
    let (digits, rest) = split(text, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
    });
    let (padding, rest) = split(rest, |byte| *byte == b'=');
    let longest = match digits.len() % 4 {
        0 => 0,
        1 => return None,
        2 => 2,
        _ => 1,
    };
    let rest = rest.strip_prefix(b":")?;
    (padding.len() <= longest).then_some(rest)
}

fn is_token(byte: u8) -> bool {
    // All of the printable characters, except these.
    matches!(byte, b'!'..=b'~')
        && !matches!(byte, b'"' | b'(' | b')' | b',' | b';'..=b'@' | b'['..=b']' | b'{' | b'}')
}

fn trim_start<'v>(text: &'v [u8], white: &[u8]) -> &'v [u8] {
    split(text, |byte| white.contains(byte)).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn a_list_is_well_formed_or_an_error() {
        let cases: [(&[u8], Option<usize>); 47] = [
            (b"", Some(0)),
            (b"  ", Some(0)),
            (b"\"a\"", Some(1)),
            (b" \"a\" \t, \"b\" ", Some(2)),
            (b"\"a\";r=50;t=30", Some(1)),
            (b"\"a\"; r=50;  t=30,7;x, tok/en:!", Some(3)),
            (b"\"a\\\"\\\\\";pk=:cHsdsRa894==:", Some(1)),
            (b"-7;a=1.5;b=?1;c=@1696004797;d=%\"x\";*e;f=*", Some(1)),
            (b"999999999999999", Some(1)),
            (b"9999999999999999", None),
            (b"1.2345", None),
            (b"1.", None),
            (b"-", None),
            (b",", None),
            (b"\"a\",", None),
            (b",\"a\"", None),
            (b"\"a\" \"b\"", None),
            (b"\"a", None),
            (b"\"a\\b\"", None),
            (b"\"\x7f\"", None),
            (b"\"\xc3\xa4\"", None),
            (b"\"a\";", None),
            (b"\"a\";R=1", None),
            (b"\"a\";r=", None),
            (b"\"a\" ;r=1", None),
            (b"limit=10, remaining=0, reset=4", None),
            (b"(\"a\" \"b\")", None),
            (b":a", None),
            (b"?2", None),
            (b"@1.5", None),
            (b"\xff", None),
            (b"\n", None),
            (b"::", Some(1)),
            (b":AAA=:", Some(1)),
            (b":AA==:", Some(1)),
            (b":AA:", Some(1)),
            (b":AAAA:", Some(1)),
            (b":AA=1=:", None),
            (b":AAA==:", None),
            (b":AAAA=:", None),
            (b":A===:", None),
            (b":A:", None),
            (b"%\"a\\\"", Some(1)),
            (b"%\"%c3%a4\"", Some(1)),
            (b"%\"%C3\"", None),
            (b"%\"%c\"", None),
            (b"%\"a", None),
        ];
        for (line, expected) in cases {
            let items: Result<Vec<_>, _> = List::new(line).collect();
            let count = items.ok().map(|items| items.len());
            assert_eq!(count, expected, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn the_last_of_several_equal_parameters_counts() {
        let mut list = List::new(b"\"a\";r=1;t=\"x\";r=2;flag");
        let item = list.next().expect("an item").expect("well-formed");
        assert_eq!(item.value, Bare::String(b"a"));
        assert_eq!(item.parameter(b"r"), Some(Bare::Integer(2)));
        assert_eq!(item.parameter(b"t"), Some(Bare::String(b"x")));
        assert_eq!(item.parameter(b"flag"), Some(Bare::Other));
        assert_eq!(item.parameter(b"q"), None);
    }
}
