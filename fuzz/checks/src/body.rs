//! Bodies: any text, and any tree written as JSON, against `serde_json`, which reads all of it.

use core::fmt;

use arbitrary::{Arbitrary, Unstructured};
use backoff_http::BodyField;
use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::Check;
use crate::input::rest;

/// A body, and where it is cut off.
#[derive(Arbitrary, Debug)]
pub enum Case {
    /// Any text.
    Text {
        /// Bytes that are left, if fewer than there are.
        cut: u16,
        /// Bytes.
        #[arbitrary(with = rest)]
        body: Vec<u8>,
    },
    /// A tree as somebody writes it.
    Written {
        /// Bytes that are left, if fewer than there are.
        cut: u16,
        /// JSON.
        #[arbitrary(with = written)]
        body: String,
    },
}

/// Places in JSON, some of which begin like others.
const PATHS: [&str; 9] = [
    "a",
    "a.b",
    "a[]",
    "a[].b",
    "a[][]",
    "[].a",
    "error.code",
    "error.details[].retryDelay",
    "b.a.b",
];

const NAMES: [&str; 6] = ["a", "b", "error", "code", "details", "retryDelay"];

/// What does not need room, however many bytes it has; see `BodyField::has`.
const LONGEST: usize = 128;

impl Check for Case {
    fn check(&self) {
        let (body, cut) = match self {
            Self::Text { cut, body } => (body.as_slice(), *cut),
            Self::Written { cut, body } => (body.as_bytes(), *cut),
        };
        let parsed = parse(body);
        assert!(
            parsed.is_some() || matches!(self, Self::Text { .. }),
            "what is written is JSON"
        );
        let part = body.get(..usize::from(cut)).unwrap_or(body);
        for path in PATHS {
            let all = found(BodyField::Json(path), body);
            let some = found(BodyField::Json(path), part);
            assert!(all.starts_with(&some), "{path}: {some:?}, of {all:?}");
            if let Some(scalars) = parsed.as_ref().filter(|scalars| all_fit(scalars)) {
                let expected: Vec<_> = scalars.iter().filter(|found| found.is_at(path)).collect();
                let is_written =
                    |(text, scalar): (&Vec<u8>, &&Found)| scalar.value.is_written(text);
                assert!(
                    all.len() == expected.len() && all.iter().zip(&expected).all(is_written),
                    "{path}: {all:?}, not {expected:?}"
                );
            }
        }
        for text in found(BodyField::Xml("Code"), body) {
            let element = [b">", text.as_slice()].concat();
            let is_there = body
                .split(|byte| *byte == b'<')
                .any(|tag| tag.trim_ascii().ends_with(&text) || tag.ends_with(&element));
            assert!(is_there, "{}", text.escape_ascii());
        }
    }
}

fn found(field: BodyField, body: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    field.has(body, |value| {
        found.push(value.to_vec());
        false
    });
    found
}

/// Every scalar with its path, or `None` for what is not JSON.
fn parse(body: &[u8]) -> Option<Vec<Found>> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let mut scalars = Vec::new();
    let mut json = serde_json::Deserializer::from_slice(body);
    let tree = Tree {
        path: Vec::new(),
        scalars: &mut scalars,
    };
    tree.deserialize(&mut json).ok()?;
    json.end().ok()?;
    Some(scalars)
}

/// Whether no string is left out because it may not fit.
fn all_fit(scalars: &[Found]) -> bool {
    let is_long =
        |found: &Found| matches!(&found.value, Scalar::Text(text) if text.len() > LONGEST);
    !scalars.iter().any(is_long)
}

/// A step from a container to a value in it. An element has no name.
type Step = Option<String>;

#[derive(Debug)]
struct Found {
    path: Vec<Step>,
    value: Scalar,
}

impl Found {
    /// Whether the path leads here. Arrays around the whole count only if the path begins with one.
    fn is_at(&self, path: &str) -> bool {
        let spaced = path.replace("[]", ".[].");
        let steps = spaced.split('.').filter(|step| !step.is_empty());
        let steps: Vec<Step> = steps
            .map(|step| (step != "[]").then(|| step.to_owned()))
            .collect();
        let around = self.path.iter().take_while(|step| step.is_none()).count();
        let skipped = if path.starts_with("[]") { 0 } else { around };
        self.path[skipped..] == steps
    }
}

#[derive(Debug)]
enum Scalar {
    Number(f64),
    Text(String),
    Word(&'static str),
}

impl Scalar {
    fn is_written(&self, text: &[u8]) -> bool {
        let text = String::from_utf8_lossy(text);
        match self {
            Self::Number(number) => text.parse() == Ok(*number),
            Self::Text(expected) => text == expected.as_str(),
            Self::Word(word) => text == *word,
        }
    }
}

/// Collects the scalars of a value.
struct Tree<'s> {
    path: Vec<Step>,
    scalars: &'s mut Vec<Found>,
}

impl Tree<'_> {
    fn within(&mut self, step: Step) -> Tree<'_> {
        let mut path = self.path.clone();
        path.push(step);
        Tree {
            path,
            scalars: self.scalars,
        }
    }

    fn keep(self, value: Scalar) {
        self.scalars.push(Found {
            path: self.path,
            value,
        });
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

#[allow(
    clippy::cast_precision_loss,
    reason = "the text is read as a float too"
)]
impl<'de> Visitor<'de> for Tree<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.keep(Scalar::Word(if value { "true" } else { "false" }));
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.keep(Scalar::Word("null"));
        Ok(())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.keep(Scalar::Number(value as f64));
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.keep(Scalar::Number(value as f64));
        Ok(())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.keep(Scalar::Number(value));
        Ok(())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.keep(Scalar::Text(value.to_owned()));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while elements.next_element_seed(self.within(None))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            members.next_value_seed(self.within(Some(name)))?;
        }
        Ok(())
    }
}

fn written(u: &mut Unstructured<'_>) -> arbitrary::Result<String> {
    let mut json = String::new();
    write(u, 6, &mut json)?;
    Ok(json)
}

/// Writes a value that is nested so deeply at most.
fn write(u: &mut Unstructured<'_>, depth: usize, json: &mut String) -> arbitrary::Result<()> {
    let space = *u.choose(&["", " ", "\n\t", "\r"])?;
    json.push_str(space);
    match u.int_in_range(0..=if depth == 0 { 3 } else { 7 })? {
        0 => json.push_str(u.choose(&["true", "false", "null"])?),
        1 => json.push_str(u.choose(&["0", "-1.5e+3", "429", "1E9", "18446744073709551616"])?),
        2 => json.push_str(u.choose(&[
            r#""1.2s""#,
            r#""a\"}]\\""#,
            r#""\u00e9\ud83d\ude00""#,
            r#""""#,
        ])?),
        3 => json.push_str(&serde_json::Value::from(u.arbitrary::<String>()?).to_string()),
        4 => {
            json.push('[');
            for place in 0..u.int_in_range(0..=3)? {
                json.push_str(if place > 0 { "," } else { "" });
                write(u, depth - 1, json)?;
            }
            json.push(']');
        }
        _ => {
            json.push('{');
            for place in 0..u.int_in_range(0..=3)? {
                json.push_str(if place > 0 { ",\"" } else { "\"" });
                let name = *u.choose(&NAMES)?;
                let escaped = name.replace('a', "\\u0061");
                json.push_str(if u.ratio(1, 4)? { &escaped } else { name });
                json.push_str(u.choose(&["\":", "\" : "])?);
                write(u, depth - 1, json)?;
            }
            json.push('}');
        }
    }
    json.push_str(space);
    Ok(())
}
