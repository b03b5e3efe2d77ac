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
    /// Its first group says how long to wait.
    Hint,
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
#[derive(Debug)]
pub(super) struct OutputPatterns {
    set: PatternSet,
    /// The rule of each pattern.
    rules: Vec<Rule>,
    hint: Option<HintPattern>,
}

/// What was found in the output of an attempt.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Findings {
    rules: Vec<Rule>,
    pub(super) hint: Option<String>,
}

/// The search in one stream of an attempt.
#[derive(Debug)]
pub(super) struct OutputMatcher<'p> {
    rules: &'p [Rule],
    search: StreamSearch<'p>,
    hint: Option<HintSearch<'p>>,
    found: Findings,
}

impl OutputPatterns {
    /// Compiles patterns with their rules.
    ///
    /// # Errors
    ///
    /// Fails if they are together too large.
    pub(super) fn new(patterns: &[(Rule, &Pattern)]) -> Result<Self, String> {
        let hint = patterns.iter().find(|(rule, _)| *rule == Rule::Hint);
        let all: Vec<_> = patterns
            .iter()
            .map(|(_, pattern)| (*pattern).clone())
            .collect();
        Ok(Self {
            set: PatternSet::new(&all)?,
            rules: patterns.iter().map(|(rule, _)| *rule).collect(),
            hint: hint
                .map(|(_, pattern)| HintPattern::new(pattern))
                .transpose()?,
        })
    }

    /// Returns whether no pattern is given. The output need not be read then.
    pub(super) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Begins the search in a stream; `None` without patterns.
    pub(super) fn matcher(&self) -> Option<OutputMatcher<'_>> {
        let matcher = || OutputMatcher {
            rules: &self.rules,
            search: self.set.search(),
            hint: self.hint.as_ref().map(HintPattern::search),
            found: Findings::default(),
        };
        (!self.is_empty()).then(matcher)
    }
}

impl OutputMatcher<'_> {
    pub(super) fn feed(&mut self, chunk: &[u8]) {
        let mut is_hint = false;
        self.search.feed(chunk, &mut |index| {
            let rule = self.rules.get(index).copied();
            is_hint |= rule == Some(Rule::Hint);
            self.found.insert(rule);
        });
        if let Some(hint) = &mut self.hint {
            hint.feed(chunk, is_hint);
        }
    }

    pub(super) fn finish(self) -> Findings {
        let Self {
            rules,
            search,
            hint,
            mut found,
        } = self;
        let mut is_hint = false;
        search.finish(&mut |index| {
            let rule = rules.get(index).copied();
            is_hint |= rule == Some(Rule::Hint);
            found.insert(rule);
        });
        found.hint = hint.and_then(|hint| hint.finish(is_hint));
        found
    }
}

impl Findings {
    pub(super) fn has(&self, rule: Rule) -> bool {
        self.rules.contains(&rule)
    }

    fn insert(&mut self, rule: Option<Rule>) {
        self.rules.extend(rule.filter(|rule| !self.has(*rule)));
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
        let hint = with_a_group("Retry-After: ([0-9]+)").expect("a pattern");
        let other = "x\n".parse().expect("a pattern");
        let patterns = [(Rule::Transient, &other), (Rule::Hint, &hint)];
        let patterns = OutputPatterns::new(&patterns).expect("patterns");
        for (text, expected) in cases {
            for size in [1, 2, 5, 1_000, 65_536] {
                let mut matcher = patterns.matcher().expect("a matcher");
                text.as_bytes()
                    .chunks(size)
                    .for_each(|chunk| matcher.feed(chunk));
                let found = matcher.finish();
                assert_eq!(found.hint.as_deref(), expected, "in chunks of {size}");
                assert_eq!(
                    found.has(Rule::Transient),
                    text.contains("x\n"),
                    "in chunks of {size}"
                );
            }
        }
    }
}
