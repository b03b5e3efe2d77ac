//! Finds the texts of elements in XML.
//!
//! It reads what errors need: no entities, no CDATA, and no check that elements are closed in order.

use crate::field::split;

/// The texts of the elements with a name, in the order of the body, without white space around them. An element that has other elements in it
/// has no text.
#[derive(Clone, Debug)]
pub(crate) struct Texts<'b> {
    rest: &'b [u8],
    element: &'static [u8],
}

impl<'b> Texts<'b> {
    pub(crate) fn of(body: &'b [u8], element: &'static str) -> Self {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let (_, body) = split(body, u8::is_ascii_whitespace);
        Self {
            rest: if body.starts_with(b"<") { body } else { &[] },
            element: element.as_bytes(),
        }
    }
}

impl<'b> Iterator for Texts<'b> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        loop {
            let (name, rest) = tag(self.rest)?;
            self.rest = rest;
            let (text, rest) = split(rest, |byte| *byte != b'<');
            if local(name) == self.element && rest.starts_with(b"</") {
                return Some(text.trim_ascii());
            }
        }
    }
}

/// Reads up to the end of the next tag: its name, which is empty for a comment, a CDATA section or a tag that closes an
/// element, and the rest of the text.
fn tag(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, text) = split(text, |byte| *byte != b'<');
    let tag = text.strip_prefix(b"<")?;
    if let Some(comment) = tag.strip_prefix(b"!--") {
        return Some((&[], behind(*b"-->", comment)?));
    }
    if let Some(data) = tag.strip_prefix(b"![CDATA[") {
        return Some((&[], behind(*b"]]>", data)?));
    }
    let (name, attributes) = split(tag, |byte| {
        !(byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'))
    });
    Some((name, behind_tag(attributes)?))
}

/// Returns the name of an element without its namespace prefix.
fn local(name: &[u8]) -> &[u8] {
    match split(name, |byte| *byte != b':') {
        (_, [b':', local @ ..]) => local,
        _ => name,
    }
}

/// Returns what follows the `>` of a tag. One between quotes belongs to an attribute.
fn behind_tag(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        text = match text {
            [b'>', after @ ..] => return Some(after),
            [quote @ (b'"' | b'\''), after @ ..] => {
                let end = after.iter().position(|byte| byte == quote)?;
                after.get(end..)?.split_first()?.1
            }
            [_, after @ ..] => after,
            [] => return None,
        };
    }
}

/// Returns what follows the first `end`.
fn behind(end: [u8; 3], mut text: &[u8]) -> Option<&[u8]> {
    loop {
        if let Some(after) = text.strip_prefix(&end) {
            return Some(after);
        }
        (_, text) = text.split_first()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;
    use std::vec::Vec;

    #[test]
    fn the_text_of_each_element_with_the_name_is_found() {
        let cases: [(&str, &[&str]); 18] = [
            ("<Error><Code>SlowDown</Code></Error>", &["SlowDown"]),
            (
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error>\n <Code> A\n</Code>\n</Error>",
                &["A"],
            ),
            ("\u{feff}<E><Code>A</Code></E>", &["A"]),
            ("<e:Error xmlns:e='u'><e:Code>A</e:Code></e:Error>", &["A"]),
            ("<E><Code>A</Code><Code>B</Code></E>", &["A", "B"]),
            ("<E><Code at='>'>A</Code></E>", &["A"]),
            ("<E><Code/><Code>B</Code></E>", &["B"]),
            ("<E><Code></Code></E>", &[""]),
            ("<E><!-- <Code>A</Code> --><Code>B</Code></E>", &["B"]),
            ("<E><![CDATA[<Code>A</Code>]]></E>", &[]),
            ("<E><Code><b>A</b></Code></E>", &[]),
            ("<E><Codes>A</Codes><code>B</code></E>", &[]),
            ("<E><Code>A", &[]),
            ("<E><Code>A<", &[]),
            ("<E><Code", &[]),
            ("<E a='", &[]),
            ("{\"Code\": \"<Code>A</Code>\"}", &[]),
            ("", &[]),
        ];
        for (body, expected) in cases {
            let text = |raw: &[u8]| String::from_utf8_lossy(raw).into_owned();
            let found: Vec<_> = Texts::of(body.as_bytes(), "Code").map(text).collect();
            assert_eq!(found, expected, "{body}");
        }
    }
}
