//! Patterns in the output of a command.

mod hint_search;
mod pattern_set;
mod syntax;

pub(super) use syntax::Pattern;

use hint_search::{HintPattern, HintSearch};
use pattern_set::{PatternSet, StreamSearch};

/// What a match means.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Rule {
    /// A failure is permanent.
    Permanent,
    /// The attempt is a transient failure.
    Transient,
    /// An exit with 0 is a success only with a match.
    Until,
    /// An exit with 0 is a success only without a match.
    While,
}

/// All patterns that the output of an attempt is searched for.
#[derive(Debug, Default)]
pub(super) struct OutputPatterns {
    sets: Vec<(Rule, PatternSet)>,
    hint: Option<HintPattern>,
}

/// What was found in the output of an attempt.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Findings {
    pub(super) rules: Vec<Rule>,
    pub(super) hint: Option<String>,
}

/// The search in one stream of an attempt.
#[derive(Debug)]
pub(super) struct OutputMatcher<'p> {
    searches: Vec<(Rule, StreamSearch<'p>)>,
    hint: Option<HintSearch<'p>>,
    rules: Vec<Rule>,
}

impl OutputPatterns {
    /// Compiles the patterns of each rule.
    ///
    /// # Errors
    ///
    /// Fails if those of one rule are together too large.
    pub(super) fn new(
        rules: &[(Rule, &[Pattern])],
        hint: Option<&Pattern>,
    ) -> Result<Self, String> {
        let used = rules.iter().filter(|(_, patterns)| !patterns.is_empty());
        let sets = used.map(|(rule, patterns)| Ok((*rule, PatternSet::new(patterns)?)));
        Ok(Self {
            sets: sets.collect::<Result<_, String>>()?,
            hint: hint.map(HintPattern::new).transpose()?,
        })
    }

    /// Returns whether there are none, so that the output need not be read.
    pub(super) fn is_empty(&self) -> bool {
        self.sets.is_empty() && self.hint.is_none()
    }

    /// Begins the search in a stream.
    pub(super) fn matcher(&self) -> OutputMatcher<'_> {
        let searches = self.sets.iter().map(|(rule, set)| (*rule, set.search()));
        OutputMatcher {
            searches: searches.collect(),
            hint: self.hint.as_ref().map(HintPattern::search),
            rules: Vec::new(),
        }
    }
}

impl OutputMatcher<'_> {
    pub(super) fn feed(&mut self, chunk: &[u8]) {
        let rules = &mut self.rules;
        self.searches.retain_mut(|(rule, search)| {
            let is_found = search.feed(chunk);
            rules.extend(is_found.then_some(*rule));
            !is_found
        });
        if let Some(hint) = &mut self.hint {
            hint.feed(chunk);
        }
    }

    pub(super) fn finish(mut self) -> Findings {
        let last = self.searches.into_iter();
        let found = last.filter_map(|(rule, mut search)| search.finish().then_some(rule));
        self.rules.extend(found);
        Findings {
            rules: self.rules,
            hint: self.hint.and_then(HintSearch::finish),
        }
    }
}

impl Findings {
    pub(super) fn has(&self, rule: Rule) -> bool {
        self.rules.contains(&rule)
    }

    /// Adds what was found in another stream. Its hint counts if there is no other.
    pub(super) fn add(&mut self, other: Self) {
        self.rules.extend(other.rules);
        self.hint = self.hint.take().or(other.hint);
    }
}

/// Parses the pattern of a hint, which needs a group.
pub(super) fn with_a_group(text: &str) -> Result<Pattern, String> {
    let pattern = text.parse()?;
    check_group(&pattern).map(|()| pattern)
}

/// Fails if the pattern of a hint has no group.
pub(super) fn check_group(pattern: &Pattern) -> Result<(), String> {
    if HintPattern::new(pattern)?.has_group() {
        return Ok(());
    }
    Err("no group, such as ([0-9]+), that says how long to wait".to_owned())
}
