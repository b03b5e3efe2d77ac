//! No wait ends after the deadline: the target that the handbook shows, docs/handbook/fuzzing.md.
#![no_main]
use backoff_core::{DeadlineRule, Decision, Failure, Policy};
use std::time::Duration;

libfuzzer_sys::fuzz_target!(|input: (Policy, Vec<(Duration, Failure, u32)>)| {
    let (policy, failures) = input;
    let policy = policy.with_deadline_rule(DeadlineRule::GiveUp);
    let mut state = policy.start();
    for (elapsed, failure, random) in failures {
        let Decision::Retry { after } = state.on_failure(elapsed, failure, random) else {
            return;
        };
        let end = elapsed.saturating_add(after);
        assert!(
            policy.deadline().is_none_or(|deadline| end <= deadline),
            "{policy}"
        );
    }
});
