//! The name of a header field.

use crate::interned::Interned;
use crate::value::TextValue;

/// The name of a header field, in lower case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct FieldName(String);

impl FieldName {
    /// Returns the name, which lives as long as the program.
    pub(super) fn interned(&self) -> &'static str {
        interned(&self.0)
    }
}

/// Returns a text that lives as long as the program; each different one is kept once.
pub(super) fn interned(text: &str) -> &'static str {
    static TEXTS: Interned<String, str> = Interned::new();
    TEXTS.get(text.to_owned(), |text| text.as_str().into())
}

impl TextValue for FieldName {
    const EXPECTED: &'static str = "the name of a header field such as \"retry-after\"";

    /// A field name is a token (RFC 9110, sections 5.1 and 5.6.2).
    fn parse(text: &str) -> Result<Self, String> {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if text.is_empty() || !text.bytes().all(is_part) {
            return Err(format!("{text:?} is not {}", Self::EXPECTED));
        }
        Ok(Self(text.to_ascii_lowercase()))
    }

    fn text(&self) -> String {
        self.0.clone()
    }
}
