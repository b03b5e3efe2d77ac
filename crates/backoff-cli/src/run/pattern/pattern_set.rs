//! A search in a stream.

use std::str::FromStr;

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::prefilter::Prefilter;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind, Span};

use super::syntax::Pattern;

/// Some patterns, which are searched for together.
///
/// They are compiled to an automaton, whose state is all that must be kept between two chunks of a stream: a match may
/// be as long as the stream.
#[derive(Debug)]
pub(super) struct PatternSet {
    dfa: DFA,
    /// Finds where a match may begin, faster than the automaton does.
    prefilter: Option<Prefilter>,
}

/// The most bytes that the automaton of some patterns may take. `a{1000}{100}` would take 20 times that.
const MAX_SIZE: usize = 1 << 20;

impl PatternSet {
    /// Compiles patterns.
    ///
    /// # Errors
    ///
    /// Fails if one is invalid, or if they are together too large.
    pub(super) fn new(patterns: &[Pattern]) -> Result<Self, String> {
        let parsed = Pattern::parse_all(patterns)?;
        let prefilter = Prefilter::from_hirs_prefix(MatchKind::All, &parsed);
        let mut compiler = thompson::Compiler::new();
        compiler.configure(
            thompson::Config::new()
                .utf8(false)
                .nfa_size_limit(Some(MAX_SIZE)),
        );
        let nfa = compiler.build_many_from_hir(&parsed);
        let nfa = nfa.map_err(|error| error.to_string())?;
        let config = Config::new()
            .match_kind(MatchKind::All)
            .specialize_start_states(true)
            .skip_cache_capacity_check(true);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa);
        let set = Self {
            dfa: dfa.map_err(|error| error.to_string())?,
            prefilter: prefilter.filter(Prefilter::is_fast),
        };
        // No automaton knows the borders of words in Unicode.
        set.start(&mut set.dfa.create_cache(), None)?;
        Ok(set)
    }

    /// Begins a search.
    pub(super) fn search(&self) -> StreamSearch<'_> {
        let mut cache = self.dfa.create_cache();
        let state = self.start(&mut cache, None).ok();
        StreamSearch {
            set: self,
            cache,
            state,
        }
    }

    /// Returns the state where a search begins, after a byte.
    fn start(&self, cache: &mut Cache, before: Option<&u8>) -> Result<LazyStateID, String> {
        let from = start::Config::new()
            .anchored(Anchored::No)
            .look_behind(before.copied());
        let state = self.dfa.start_state(cache, &from);
        state.map_err(|error| error.to_string())
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pattern = Self::unchecked(text);
        PatternSet::new(std::slice::from_ref(&pattern)).map(|_| pattern)
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// A search in a stream.
#[derive(Debug)]
pub(super) struct StreamSearch<'p> {
    set: &'p PatternSet,
    cache: Cache,
    /// `None` where nothing can match any more.
    state: Option<LazyStateID>,
}

impl StreamSearch<'_> {
    /// Searches the next chunk. Reports the index of each pattern that has a match ending in it or right before it.
    pub(super) fn feed(&mut self, chunk: &[u8], report: &mut impl FnMut(usize)) {
        let mut prefilter = self.set.prefilter.as_ref();
        let mut at = 0;
        while let (Some(state), true) = (self.state, at < chunk.len()) {
            if let (true, Some(filter)) = (state.is_start(), prefilter) {
                let span = Span {
                    start: at,
                    end: chunk.len(),
                };
                let found = filter.find(chunk, span);
                if found.is_none() {
                    prefilter = None;
                }
                // A match that begins here but not within the chunk begins with the end of the chunk.
                let end = chunk
                    .len()
                    .saturating_sub(filter.max_needle_len().saturating_sub(1));
                let candidate = found.map_or(end.max(at), |span| span.start);
                if candidate > at {
                    self.state = self
                        .set
                        .start(&mut self.cache, chunk.get(candidate - 1))
                        .ok();
                    at = candidate;
                    continue;
                }
            }
            at += self.advance(state, chunk.get(at..).unwrap_or_default());
            self.report(report);
        }
    }

    /// Ends the search, like [`feed`](Self::feed).
    pub(super) fn finish(mut self, report: &mut impl FnMut(usize)) {
        if let Some(state) = self.state {
            self.state = self.set.dfa.next_eoi_state(&mut self.cache, state).ok();
            self.report(report);
        }
    }

    /// Reads bytes up to a state that needs attention. Returns their number.
    fn advance(&mut self, mut state: LazyStateID, bytes: &[u8]) -> usize {
        for (index, byte) in bytes.iter().enumerate() {
            let next = self.set.dfa.next_state(&mut self.cache, state, *byte);
            match next {
                Ok(next) if !next.is_tagged() => state = next,
                next => {
                    self.state = next
                        .ok()
                        .filter(|state| !state.is_dead() && !state.is_quit());
                    return index + 1;
                }
            }
        }
        self.state = Some(state);
        bytes.len()
    }

    fn report(&self, report: &mut impl FnMut(usize)) {
        let Some(state) = self.state.filter(LazyStateID::is_match) else {
            return;
        };
        let dfa = &self.set.dfa;
        let matches = 0..dfa.match_len(&self.cache, state);
        matches.for_each(|index| report(dfa.match_pattern(&self.cache, state, index).as_usize()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(patterns: &[&str]) -> PatternSet {
        let patterns: Vec<Pattern> = patterns.iter().map(|it| it.parse().expect(it)).collect();
        PatternSet::new(&patterns).expect("a set")
    }

    /// Searches a text in chunks of a size. Returns the indices of the patterns that are found.
    fn found(set: &PatternSet, text: &[u8], size: usize) -> Vec<usize> {
        let mut search = set.search();
        let mut found = Vec::new();
        let mut report = |index| found.push(index);
        text.chunks(size)
            .for_each(|chunk| search.feed(chunk, &mut report));
        search.finish(&mut report);
        found.sort_unstable();
        found.dedup();
        found
    }

    #[test]
    fn a_match_is_found_wherever_chunks_end() {
        let long = format!("begin{}end", "-".repeat(100_000));
        let cases = [
            // (patterns, text, the indices of those that match)
            (&["reset|refused"][..], "connection refused", &[0][..]),
            (&["reset", "refused"], "connection reset\n", &[0]),
            (&["reset", "refused"], "refused, reset, reset", &[0, 1]),
            (&["reset", "refused"], "connection rese", &[]),
            (&["begin(?s:.*)end", "nd"], long.as_str(), &[0, 1]),
            (&["begin.*End"], long.as_str(), &[]),
            (&["abc", "b", "[a-c]{3}"], "xabcx", &[0, 1, 2]),
            (&["^fatal: .*$"], "warning\nfatal: no\n", &[0]),
            (&["^fatal", "fat"], "not fatal", &[1]),
            (&[r"\Aa"], "ba\na", &[]),
            (&[r"\Aa", "a"], "ba\na", &[1]),
            (&[r"a\z"], "ba", &[0]),
            (&["^ok$"], "ok\n", &[0]),
            (&["(?i)timed? ?out"], "it TIMED OUT", &[0]),
            (&[r"\b5\d\d\b"], "HTTP 503", &[0]),
            (&[r"\b5\d\d\b"], "HTTP 5030", &[]),
            (&["[éà] la"], "voilà la", &[0]),
            (&["é"], "\u{e9}", &[0]),
            (&["a.c"], "abababac", &[]),
            (&["abab|bb"], "abbb", &[0]),
            (&[""], "", &[0]),
            (&["x*", "y"], "y", &[0, 1]),
            (&["x"], "", &[]),
        ];
        for (patterns, text, expected) in cases {
            let set = set(patterns);
            for size in [1, 2, 3, 7, 64, 65_536] {
                let found = found(&set, text.as_bytes(), size);
                assert_eq!(found, expected, "{patterns:?} in chunks of {size}");
            }
        }
    }

    #[test]
    fn what_no_automaton_can_match_is_refused() {
        for pattern in ["(", "(a)\\1", "a{1000}{1000}{1000}", "(?u:\\b)é"] {
            assert!(pattern.parse::<Pattern>().is_err(), "{pattern}");
        }
    }
}
