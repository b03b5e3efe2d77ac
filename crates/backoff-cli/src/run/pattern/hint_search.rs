//! A search for a hint in a stream.

use regex_automata::Input;
use regex_automata::meta::Regex;

use super::syntax::{Pattern, syntax};

/// A pattern whose first group is a hint.
#[derive(Debug)]
pub(super) struct HintPattern(Regex);

impl HintPattern {
    pub(super) fn new(pattern: &Pattern) -> Result<Self, String> {
        let hirs = Pattern::parse_all(std::slice::from_ref(pattern))?;
        let mut builder = Regex::builder();
        builder
            .syntax(syntax(false))
            .configure(Regex::config().utf8_empty(false));
        let regex = builder.build_many_from_hir(&hirs);
        regex.map(Self).map_err(|error| error.to_string())
    }

    /// Returns whether the pattern has a group.
    pub(super) fn has_group(&self) -> bool {
        self.0.captures_len() > 1
    }

    pub(super) fn search(&self) -> HintSearch<'_> {
        HintSearch {
            regex: &self.0,
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
    /// The end of what was searched: groups need the text.
    window: Vec<u8>,
    /// A match may go on in the next chunk.
    is_due: bool,
    hint: Option<String>,
}

/// The bytes of a stream that are kept: a match with a hint may be that long.
const KEPT: usize = 1 << 16;

impl HintSearch<'_> {
    /// Takes the next chunk, and whether a match ends in it or right before it.
    pub(super) fn feed(&mut self, chunk: &[u8], is_found: bool) {
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

    /// Ends the search. A match may end here.
    pub(super) fn finish(mut self, is_found: bool) -> Option<String> {
        if is_found || self.is_due {
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
