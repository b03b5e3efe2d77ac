//! A search in a stream.

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::prefilter::Prefilter;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind, Span};

use super::syntax::Pattern;

/// Some patterns, any of which may match.
///
/// They are compiled to an automaton, whose state is all that must be kept between two chunks of a stream: a match may
/// be as long as the stream.
#[derive(Debug)]
pub(crate) struct PatternSet {
    dfa: DFA,
    /// Finds where a match may begin, faster than the automaton does.
    prefilter: Option<Prefilter>,
}

impl PatternSet {
    /// Compiles patterns.
    ///
    /// # Errors
    ///
    /// Fails if one is invalid or too large.
    pub(crate) fn new(patterns: &[Pattern]) -> Result<Self, String> {
        let parsed = Pattern::parse_all(patterns)?;
        let prefilter = Prefilter::from_hirs_prefix(MatchKind::LeftmostFirst, &parsed);
        let mut compiler = thompson::Compiler::new();
        compiler.configure(
            thompson::Config::new()
                .utf8(false)
                .nfa_size_limit(Some(MAX_SIZE)),
        );
        let nfa = compiler.build_many_from_hir(&parsed);
        let nfa = nfa.map_err(|error| error.to_string())?;
        let config = Config::new()
            .specialize_start_states(true)
            .skip_cache_capacity_check(true);
        let dfa = DFA::builder().configure(config).build_from_nfa(nfa);
        Ok(Self {
            dfa: dfa.map_err(|error| error.to_string())?,
            prefilter: prefilter.filter(Prefilter::is_fast),
        })
    }

    /// Begins a search.
    pub(crate) fn search(&self) -> StreamSearch<'_> {
        let mut search = StreamSearch {
            set: self,
            cache: self.dfa.create_cache(),
            state: None,
        };
        search.restart(None);
        search
    }
}

/// The most bytes that the automaton of some patterns may take. `a{1000}{100}` would take 20 times that.
const MAX_SIZE: usize = 1 << 20;

/// A search in a stream.
#[derive(Debug)]
pub(crate) struct StreamSearch<'p> {
    set: &'p PatternSet,
    cache: Cache,
    /// `None` where nothing can match any more.
    state: Option<LazyStateID>,
}

impl StreamSearch<'_> {
    /// Searches the next chunk. Returns whether a match ends in it, or has ended right before it.
    pub(crate) fn feed(&mut self, chunk: &[u8]) -> bool {
        let mut is_found = false;
        let mut prefilter = self.set.prefilter.as_ref();
        let mut at = 0;
        while let (Some(state), true) = (self.state, at < chunk.len()) {
            if let (true, Some(filter)) = (state.is_start(), prefilter) {
                let found = filter.find(
                    chunk,
                    Span {
                        start: at,
                        end: chunk.len(),
                    },
                );
                // A match that begins here but not within the chunk begins with the end of the chunk.
                let rest = chunk
                    .len()
                    .saturating_sub(filter.max_needle_len().saturating_sub(1));
                let candidate = found.map_or(rest.max(at), |span| span.start);
                if found.is_none() {
                    prefilter = None;
                }
                if candidate > at {
                    self.restart(chunk.get(candidate - 1));
                    at = candidate;
                    continue;
                }
            }
            let Some(byte) = chunk.get(at) else { break };
            self.step(*byte);
            at += 1;
            if self.state.is_some_and(|state| state.is_match()) {
                is_found = true;
                // An automaton sees a match one byte after its end.
                at -= 1;
                let before = at.checked_sub(1).and_then(|index| chunk.get(index));
                self.restart(before);
                // Where the pattern matches nothing at all, it would match here again.
                at += usize::from(self.matches_here(chunk.get(at..).unwrap_or_default()));
            }
        }
        is_found
    }

    /// Ends the search. Returns whether a match ends here.
    pub(crate) fn finish(&mut self) -> bool {
        let state = self.state.take();
        let end = state.map(|state| self.set.dfa.next_eoi_state(&mut self.cache, state));
        matches!(end, Some(Ok(state)) if state.is_match())
    }

    fn step(&mut self, byte: u8) {
        let Some(state) = self.state else { return };
        let next = self.set.dfa.next_state(&mut self.cache, state, byte);
        self.state = next
            .ok()
            .filter(|state| !state.is_dead() && !state.is_quit());
    }

    fn restart(&mut self, before: Option<&u8>) {
        let from = start::Config::new()
            .anchored(Anchored::No)
            .look_behind(before.copied());
        self.state = self.set.dfa.start_state(&mut self.cache, &from).ok();
    }

    /// Returns whether the state would be a match again after the next byte.
    fn matches_here(&mut self, rest: &[u8]) -> bool {
        let state = self.state;
        rest.iter().take(1).for_each(|byte| self.step(*byte));
        let is_match = self.state.is_some_and(|state| state.is_match());
        if !is_match {
            self.state = state;
        }
        is_match
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(patterns: &[&str]) -> PatternSet {
        let patterns: Vec<Pattern> = patterns.iter().map(|it| it.parse().expect(it)).collect();
        PatternSet::new(&patterns).expect("a set")
    }

    /// Searches a text in chunks of a size.
    fn is_found(set: &PatternSet, text: &[u8], size: usize) -> bool {
        let mut search = set.search();
        let mut is_found = false;
        for chunk in text.chunks(size) {
            is_found |= search.feed(chunk);
        }
        is_found | search.finish()
    }

    #[test]
    fn a_match_is_found_wherever_chunks_end() {
        let long = format!("begin{}end", "-".repeat(100_000));
        let cases = [
            // (patterns, text, whether one matches)
            (&["reset|refused"][..], "connection refused", true),
            (&["reset", "refused"], "connection reset\n", true),
            (&["reset", "refused"], "connection rese", false),
            (&["begin(?s:.*)end"], long.as_str(), true),
            (&["begin.*End"], long.as_str(), false),
            (&["^fatal: .*$"], "warning\nfatal: no\n", true),
            (&["^fatal"], "not fatal", false),
            (&[r"\Aa"], "ba\na", false),
            (&[r"a\z"], "ba", true),
            (&["^ok$"], "ok\n", true),
            (&["(?i)timed? ?out"], "it TIMED OUT", true),
            (&[r"\b5\d\d\b"], "HTTP 503", true),
            (&[r"\b5\d\d\b"], "HTTP 5030", false),
            (&["[éà] la"], "voilà la", true),
            (&["é"], "\u{e9}", true),
            (&["a.c"], "abababac", false),
            (&["abab|bb"], "abbb", true),
            (&[""], "", true),
            (&["x*"], "y", true),
            (&["x"], "", false),
        ];
        for (patterns, text, expected) in cases {
            let set = set(patterns);
            for size in [1, 2, 3, 7, 64, 65_536] {
                let found = is_found(&set, text.as_bytes(), size);
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
