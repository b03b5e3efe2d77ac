//! Regular expressions, as the flags take them.

use regex_automata::util::syntax::{Config, parse_many_with};
use regex_syntax::hir::Hir;
use serde::Deserialize;

/// A regular expression that is known to be valid.
///
/// It is matched with bytes: `\d`, `\s`, `\w` and `\b` are ASCII, and `^` and `$` match at the ends of every line.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Pattern(String);

impl Pattern {
    /// Makes a pattern of a text that is still to be checked.
    pub(super) fn unchecked(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns the meaning of some patterns.
    pub(super) fn parse_all(patterns: &[Self]) -> Result<Vec<Hir>, String> {
        let texts: Vec<_> = patterns.iter().map(|pattern| &pattern.0).collect();
        let parse = |is_unicode| {
            let parsed = parse_many_with(&texts, &syntax(is_unicode));
            parsed.map_err(|error| error.to_string())
        };
        // Only a pattern that needs Unicode, such as [éà], gets it: its classes are large.
        parse(false).or_else(|_| parse(true))
    }
}

/// Returns the syntax of all patterns.
pub(super) fn syntax(is_unicode: bool) -> Config {
    let bytes = Config::new().utf8(false).multi_line(true);
    bytes.unicode(is_unicode)
}
