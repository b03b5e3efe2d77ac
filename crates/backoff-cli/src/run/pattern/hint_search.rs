//! A search for a hint in a stream.

use regex_automata::Input;
use regex_automata::meta::Regex;

use super::pattern_set::{PatternSet, StreamSearch};
use super::syntax::{Pattern, syntax};

/// A pattern whose first group is a hint.
#[derive(Debug)]
pub(super) struct HintPattern {
    set: PatternSet,
    regex: Regex,
}

impl HintPattern {
    pub(super) fn new(pattern: &Pattern) -> Result<Self, String> {
        let hirs = Pattern::parse_all(std::slice::from_ref(pattern))?;
        let mut builder = Regex::builder();
        builder
            .syntax(syntax(false))
            .configure(Regex::config().utf8_empty(false));
        let regex = builder.build_many_from_hir(&hirs);
        Ok(Self {
            set: PatternSet::new(std::slice::from_ref(pattern))?,
            regex: regex.map_err(|error| error.to_string())?,
        })
    }

    /// Returns whether the pattern has a group.
    pub(super) fn has_group(&self) -> bool {
        self.regex.captures_len() > 1
    }

    pub(super) fn search(&self) -> HintSearch<'_> {
        HintSearch {
            regex: &self.regex,
            search: self.set.search(),
            window: Vec::new(),
            is_due: false,
            hint: None,
        }
    }
}

/// A search for the last hint in a stream.
#[derive(Debug)]
pub(super) struct HintSearch<'p> {
    regex: &'p Regex,
    search: StreamSearch<'p>,
    /// The end of what was searched: groups need the text.
    window: Vec<u8>,
    /// A match may go on in the next chunk.
    is_due: bool,
    hint: Option<String>,
}

/// The bytes of a stream that are kept: a match with a hint may be that long.
const KEPT: usize = 1 << 16;

impl HintSearch<'_> {
    pub(super) fn feed(&mut self, chunk: &[u8]) {
        let is_found = self.search.feed(chunk);
        self.window.extend_from_slice(chunk);
        if is_found || self.is_due {
            self.is_due = is_found | self.find();
        }
        if self.window.len() > 4 * KEPT {
            let mut surplus = self.window.len() - KEPT;
            // From the beginning of a line on, if there is one, because half of a hint may be another hint.
            let rest = self.window.get(surplus..).unwrap_or_default();
            surplus += rest
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            self.window.drain(..surplus);
        }
    }

    pub(super) fn finish(mut self) -> Option<String> {
        if self.search.finish() || self.is_due {
            self.find();
        }
        self.hint
    }

    /// Finds the last hint in the window. Returns whether the window ends with it.
    fn find(&mut self) -> bool {
        let Some(last) = self.regex.find_iter(&self.window).last() else {
            return false;
        };
        let mut captures = self.regex.create_captures();
        let at = Input::new(&self.window).range(last.range());
        self.regex.captures(at, &mut captures);
        let group = captures
            .get_group(1)
            .and_then(|span| self.window.get(span.range()));
        if let Some(group) = group {
            self.hint = Some(String::from_utf8_lossy(group).into_owned());
        }
        last.end() == self.window.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_hint_counts_wherever_chunks_end() {
        let far = format!("Retry-After: 30\n{}", "x".repeat(500_000));
        let near = format!("{}Retry-After: 30", "x\n".repeat(250_000));
        let cases = [
            // (text, hint)
            ("Retry-After: 30", Some("30")),
            ("Retry-After: 30\nRetry-After: 5\n", Some("5")),
            ("Retry-After: \n", None),
            (far.as_str(), Some("30")),
            (near.as_str(), Some("30")),
        ];
        let pattern = "Retry-After: ([0-9]+)".parse().expect("a pattern");
        let pattern = HintPattern::new(&pattern).expect("a pattern");
        for (text, expected) in cases {
            for size in [1, 2, 5, 1_000, 65_536] {
                let mut search = pattern.search();
                text.as_bytes()
                    .chunks(size)
                    .for_each(|chunk| search.feed(chunk));
                assert_eq!(search.finish().as_deref(), expected, "in chunks of {size}");
            }
        }
    }
}
