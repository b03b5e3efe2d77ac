//! Reads lists of items with parameters, as structured fields write them (RFC 9651, section 4.2.1).
//!
//! This is what `RateLimit` and `RateLimit-Policy` need: no inner lists, and of the values only natural numbers and
//! strings. Values of other types are checked for their form, and skipped.
//!
//! The functions advance the text that they are given, which takes firmware less flash than to return the rest of it.

#![allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "what `split` asks for, like the functions of `u8`"
)]

use crate::field::{digits, skip};

/// The value of an item or of a parameter: a "bare item".
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Bare<'v> {
    /// An integer that is not negative.
    Natural(u64),
    /// A negative integer, decimal, token, byte sequence, boolean, date or display string.
    Other,
    /// Between the quotes, with its escapes.
    String(&'v [u8]),
}

/// An item, and the values of the two parameters that its list looks for.
///
/// If several parameters have the same name, the last one counts (RFC 9651, section 4.2.3.2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'v> {
    pub(crate) value: Bare<'v>,
    pub(crate) parameters: [Option<Bare<'v>>; 2],
}

/// The items of a field line. A malformed line ends with an `Err`.
#[derive(Clone, Debug)]
pub(crate) struct List<'v> {
    rest: &'v [u8],
    /// The names of parameters to look for.
    names: [u8; 2],
    /// A comma was read, so another item must follow.
    item_must_follow: bool,
}

/// The list is malformed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Malformed;

impl<'v> List<'v> {
    /// Reads a list, whose items may have these parameters.
    pub(crate) fn new(mut line: &'v [u8], names: [u8; 2]) -> Self {
        skip(&mut line, is_space);
        Self {
            rest: line,
            names,
            item_must_follow: false,
        }
    }

    fn read(&mut self) -> Option<Item<'v>> {
        let text = &mut self.rest;
        let value = bare(text)?;
        let mut parameters = [None; 2];
        while let [b';', after @ ..] = *text {
            *text = after;
            skip(text, is_space);
            let (key, value) = parameter(text)?;
            for (name, place) in self.names.iter().zip(&mut parameters) {
                if key == [*name] {
                    *place = Some(value);
                }
            }
        }
        skip(text, is_white);
        self.item_must_follow = !text.is_empty();
        if let [b',', after @ ..] = *text {
            *text = after;
            skip(text, is_white);
        } else if self.item_must_follow {
            return None;
        }
        Some(Item { value, parameters })
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

/// Reads `key`, whose value is a boolean, or `key=value`.
fn parameter<'v>(text: &mut &'v [u8]) -> Option<(&'v [u8], Bare<'v>)> {
    if !matches!(text, [b'a'..=b'z' | b'*', ..]) {
        return None;
    }
    let key = skip(text, is_key);
    let [b'=', after @ ..] = *text else {
        return Some((key, Bare::Other));
    };
    *text = after;
    Some((key, bare(text)?))
}

fn bare<'v>(text: &mut &'v [u8]) -> Option<Bare<'v>> {
    let (first, after) = text.split_first()?;
    if matches!(first, b'-' | b'0'..=b'9') {
        return number(text, true);
    }
    *text = after;
    match first {
        b'"' => return Some(Bare::String(quoted(text, b'\\')?)),
        b'%' => {
            *text = text.strip_prefix(b"\"")?;
            quoted(text, b'%')?;
        }
        b'*' | b'a'..=b'z' | b'A'..=b'Z' => {
            skip(text, is_token);
        }
        b':' => byte_sequence(text)?,
        b'?' => {
            let (b'0' | b'1', after) = text.split_first()? else {
                return None;
            };
            *text = after;
        }
        b'@' => {
            number(text, false)?;
        }
        _ => return None,
    }
    Some(Bare::Other)
}

/// Reads an integer of at most 15 digits, or else a decimal of at most 12 digits before and 3 after the point.
fn number(text: &mut &[u8], may_be_decimal: bool) -> Option<Bare<'static>> {
    let unsigned = text.strip_prefix(b"-");
    *text = unsigned.unwrap_or(text);
    let whole = skip(text, u8::is_ascii_digit);
    if let [b'.', after @ ..] = *text {
        *text = after;
        let fraction = skip(text, u8::is_ascii_digit).len();
        let fits = matches!(whole.len(), 1..=12) && matches!(fraction, 1..=3);
        return (fits && may_be_decimal).then_some(Bare::Other);
    }
    if whole.len() > 15 {
        return None;
    }
    let number = digits(whole)?;
    Some(match unsigned {
        Some(_) if number > 0 => Bare::Other,
        _ => Bare::Natural(number),
    })
}

/// Reads a string or a display string behind its opening quote: printable ASCII. A string escapes by `\`, as in `\"` and
/// `\\`, and a display string by `%`, as in `%c3`. It does not check that the bytes of a display string are UTF-8.
fn quoted<'v>(text: &mut &'v [u8], escape: u8) -> Option<&'v [u8]> {
    let begin = *text;
    loop {
        let (byte, after) = text.split_first()?;
        let inside = begin.len().checked_sub(text.len())?;
        *text = after;
        if *byte == b'"' {
            return begin.get(..inside);
        }
        if *byte == escape {
            *text = match after {
                [b'"' | b'\\', after @ ..] if escape == b'\\' => after,
                [high, low, after @ ..] if is_hex(high) && is_hex(low) && escape == b'%' => after,
                _ => return None,
            };
        } else if !matches!(byte, b' '..=b'~') {
            return None;
        }
    }
}

/// Skips a byte sequence behind its opening colon: base64, whose padding may be missing.
fn byte_sequence(text: &mut &[u8]) -> Option<()> {
    let digits = skip(text, is_base64).len();
    let padding = skip(text, |byte| *byte == b'=').len();
    *text = text.strip_prefix(b":")?;
    // Four digits are three bytes. One digit behind them is less than a byte.
    let missing = 3 - (digits + 3) % 4;
    (missing < 3 && padding <= missing).then_some(())
}

fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

fn is_hex(byte: &u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn is_key(byte: &u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'.' | b'*')
}

fn is_space(byte: &u8) -> bool {
    *byte == b' '
}

fn is_token(byte: &u8) -> bool {
    // All of the printable characters, except these.
    matches!(byte, b'!'..=b'~')
        && !matches!(byte, b'"' | b'(' | b')' | b',' | b';'..=b'@' | b'['..=b']' | b'{' | b'}')
}

fn is_white(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t')
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
            let items: Result<Vec<_>, _> = List::new(line, *b"rt").collect();
            let count = items.ok().map(|items| items.len());
            assert_eq!(count, expected, "{}", line.escape_ascii());
        }
    }

    #[test]
    fn the_last_of_several_equal_parameters_counts() {
        let cases: [(&[u8], [Option<Bare<'_>>; 2]); 5] = [
            (
                b"r=1;t=\"x\";r=2",
                [Some(Bare::Natural(2)), Some(Bare::String(b"x"))],
            ),
            (b"r", [Some(Bare::Other), None]),
            (b"r=0;r=-1", [Some(Bare::Other), None]),
            (b"t=-0", [None, Some(Bare::Natural(0))]),
            (b"rt=1;rr=2;q=3", [None, None]),
        ];
        for (parameters, expected) in cases {
            let line = [b"\"a\";", parameters].concat();
            let mut list = List::new(&line, *b"rt");
            let item = list.next().expect("an item").expect("well-formed");
            assert_eq!(item.value, Bare::String(b"a"));
            assert_eq!(item.parameters, expected, "{}", line.escape_ascii());
        }
    }
}
