//! Finds values in JSON (RFC 8259) by their path.
//!
//! The well-kept crates need more than a body of an error gives: serde-json-core reads a type with fields that are known, by
//! recursion, and picojson (0.2) ends at the first string that has an escape and does not fit into a buffer, which a message in an
//! error does not.

use super::text::{ROOM, unescaped};
use crate::field::split;

/// The scalars at a path, in the order of the text: strings between their quotes with their escapes, numbers, and the
/// words `true`, `false` and `null`.
///
/// No stack is needed, however deeply the text is nested: it is enough to know how many containers are open, and how
/// many steps of the path lead to the innermost that lies on the path. Where a text is malformed, the scalars end; where
/// it is cut off, too, and a scalar that may go on is left out.
#[derive(Clone, Debug)]
pub(crate) struct Scalars<'b> {
    rest: &'b [u8],
    path: &'static [u8],
    /// Steps of the path.
    steps: usize,
    /// Open containers. Each value in them has as many steps in its own path.
    depth: usize,
    /// Steps that the path of the next value, as far as it is known, shares with the path.
    shared: usize,
}

impl<'b> Scalars<'b> {
    pub(crate) fn of(body: &'b [u8], path: &'static str) -> Self {
        let body = white(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body));
        let is_container = matches!(body, [b'{' | b'[', ..]);
        let path = path.as_bytes();
        Self {
            rest: if is_container { body } else { &[] },
            path,
            steps: Steps(path).count(),
            depth: 0,
            shared: 0,
        }
    }

    fn step(&self, index: usize) -> Option<Step> {
        Steps(self.path).nth(index)
    }

    fn open_array(&mut self) {
        let is_on_path = self.step(self.depth) == Some(Step::Element);
        if self.depth == 0 && !is_on_path {
            return; // around the whole
        }
        if self.shared == self.depth && is_on_path {
            self.shared += 1;
        }
        self.depth = self.depth.saturating_add(1);
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.shared = self.shared.min(self.depth);
    }

    /// Takes the name of the member that follows.
    fn enter(&mut self, name: &[u8]) {
        let Some(index) = self.depth.checked_sub(1) else {
            return;
        };
        if self.shared < index {
            return;
        }
        let mut room = [0; ROOM];
        let is_on_path = match self.step(index) {
            Some(Step::Member(wanted)) => unescaped(name, &mut room) == Some(wanted),
            _ => false,
        };
        self.shared = if is_on_path { self.depth } else { index };
    }

    /// Returns whether a value here has the path.
    const fn is_there(&self) -> bool {
        self.steps > 0 && self.depth == self.steps && self.shared == self.steps
    }
}

impl<'b> Iterator for Scalars<'b> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        loop {
            let (token, rest) = token(white(self.rest))?;
            self.rest = rest;
            match token {
                Token::Close => self.close(),
                Token::Name(name) => self.enter(name),
                Token::OpenArray => self.open_array(),
                Token::OpenObject => self.depth = self.depth.saturating_add(1),
                Token::Scalar(scalar) if self.is_there() => return Some(scalar),
                Token::Comma | Token::Scalar(_) => {}
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Token<'b> {
    Close,
    Comma,
    /// The name of a member, with the colon behind it.
    Name(&'b [u8]),
    OpenArray,
    OpenObject,
    Scalar(&'b [u8]),
}

/// Splits the first token from a text. `None` means that the text ends in it, or is malformed.
fn token(text: &[u8]) -> Option<(Token<'_>, &[u8])> {
    let (first, rest) = text.split_first()?;
    Some(match first {
        b'{' => (Token::OpenObject, rest),
        b'[' => (Token::OpenArray, rest),
        b'}' | b']' => (Token::Close, rest),
        b',' => (Token::Comma, rest),
        b'"' => {
            let (text, rest) = string(rest)?;
            match white(rest) {
                // Whether it is a name or a value is not known.
                [] => return None,
                [b':', rest @ ..] => (Token::Name(text), rest),
                rest => (Token::Scalar(text), rest),
            }
        }
        _ => {
            let (word, rest) = split(text, |byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
            });
            if word.is_empty() || rest.is_empty() {
                return None;
            }
            (Token::Scalar(word), rest)
        }
    })
}

/// A step of a path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Step {
    Element,
    Member(&'static [u8]),
}

/// The steps of a path: `a[].b` is a member, each element, and a member.
#[derive(Clone, Debug)]
struct Steps(&'static [u8]);

impl Iterator for Steps {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let (step, rest) = match self.0 {
            [] => return None,
            [b'[', b']', rest @ ..] => (Step::Element, rest),
            path => {
                // The first byte belongs to the name, so that every step makes the path shorter.
                let ends = |byte: &u8| matches!(byte, b'.' | b'[');
                let end = path.iter().skip(1).position(ends);
                let end = end.map_or(path.len(), |end| end + 1);
                let (name, rest) = path.split_at_checked(end)?;
                (Step::Member(name), rest)
            }
        };
        self.0 = rest.strip_prefix(b".").unwrap_or(rest);
        Some(step)
    }
}

/// Splits a text behind the closing quote of a string whose opening quote was read. Returns `None` if that quote is missing.
fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut escaped = false;
    let end = text.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    })?;
    let (inside, rest) = text.split_at_checked(end)?;
    Some((inside, rest.strip_prefix(b"\"")?))
}

fn white(text: &[u8]) -> &[u8] {
    split(text, |byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).1
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    fn found(body: &str, path: &'static str) -> Vec<String> {
        let text = |raw: &[u8]| String::from_utf8_lossy(raw).into_owned();
        Scalars::of(body.as_bytes(), path).map(text).collect()
    }

    #[test]
    fn a_path_leads_to_its_values_only() {
        let cases: [(&str, &str, &[&str]); 28] = [
            (r#"{"a":1}"#, "a", &["1"]),
            (r#" { "a" : "x" } "#, "a", &["x"]),
            (r#"{"a":{"b":"x"},"b":"y"}"#, "a.b", &["x"]),
            (r#"{"a":{"b":"x"},"b":"y"}"#, "b", &["y"]),
            (r#"{"b":{"a":{"b":"x"}}}"#, "a.b", &[]),
            (r#"{"a":[1,2,[3],{"b":4}]}"#, "a[]", &["1", "2"]),
            (r#"{"a":[1,2,[3],{"b":4},5]}"#, "a[]", &["1", "2", "5"]),
            (r#"{"a":[1,[3],{"b":4}]}"#, "a[][]", &["3"]),
            (r#"{"a":[1,{"b":4},{"c":5,"b":6}]}"#, "a[].b", &["4", "6"]),
            (r#"{"a":{"b":4}}"#, "a[].b", &[]),
            (r#"{"a":[{"b":4}]}"#, "a.b", &[]),
            (r#"{"a":{"a":{"a":1}}}"#, "a.a", &[]),
            (r#"{"a":{"a":1},"b":{"a":2}}"#, "a.a", &["1"]),
            (r#"{"a":1,"a":2}"#, "a", &["1", "2"]),
            (r#"[{"a":1},{"a":2}]"#, "a", &["1", "2"]),
            (r#"[{"a":1},{"a":2}]"#, "[].a", &["1", "2"]),
            (r#"{"a":1}"#, "[].a", &[]),
            ("\u{feff}{\"a\":null}", "a", &["null"]),
            (r#"{"a":"}\"{","b":true}"#, "b", &["true"]),
            (r#"{"\u0061":"x"}"#, "a", &["x"]),
            (r#"{"a":-1.5e+3,"b":2}"#, "a", &["-1.5e+3"]),
            (r#"{"a":{},"b":[],"c":3}"#, "c", &["3"]),
            (r#"{"@type":"x"}"#, "@type", &["x"]),
            (r#""a""#, "a", &[]),
            ("<html>", "a", &[]),
            ("", "a", &[]),
            (r#"{"a":1}"#, "", &[]),
            (r#"{"a":[{"x":[1]},"y"]}"#, "a[]", &["y"]),
        ];
        for (body, path, expected) in cases {
            assert_eq!(found(body, path), expected, "{body} {path}");
        }
    }

    #[test]
    fn a_body_that_is_cut_off_is_read_up_to_there() {
        let whole = r#"{"a":[{"b":12},{"b":"x\"y"},{"b":null,"c":"b"}],"b":7}"#;
        let all = found(whole, "a[].b");
        assert_eq!(all, ["12", "x\\\"y", "null"]);
        for (end, _) in whole.char_indices() {
            let part = found(&whole[..end], "a[].b");
            assert!(all.starts_with(&part), "{}: {part:?}", &whole[..end]);
        }
    }

    #[test]
    fn a_body_may_be_malformed_or_nested_without_a_limit() {
        for body in [
            "}}}}{\"a\":1}",
            "]\"a\"",
            "{\"a\"\0:1}",
            "{\"a\":\"",
            "[[[[",
        ] {
            assert_eq!(found(body, "a"), [""; 0], "{body}");
        }
        let deep = ["{\"a\":", "[", "{\"b\":["].map(|open| open.repeat(20_000));
        for open in deep {
            assert_eq!(found(&open, "a.b"), [""; 0]);
        }
        let closed = std::format!(
            "{{\"x\":{}{},\"a\":1}}",
            "[".repeat(9_999),
            "]".repeat(9_999)
        );
        assert_eq!(found(&closed, "a"), ["1"]);
    }
}
