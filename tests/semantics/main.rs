//! The rules that every decision obeys, one file each, named by the rule.

mod a_connection_is_an_attempt_that_lasts;
mod a_first_delay_spreads_first_attempts;
mod a_policy_reads_back_as_it_was_set;
#[path = "../embassy.rs"]
mod embassy;
mod forms;
mod limits_hold_unless_you_say_otherwise;
mod rule_01_attempts_are_counted_and_bounded;
mod rule_02_the_order_of_a_decision;
mod rule_03_jitter_stays_below_the_cap_and_random_at_it;
mod rule_04_arithmetic_is_total;
mod rule_05_limits_hold_for_an_attempt_that_is_always_ready;
mod rule_05_no_attempt_starts_after_the_deadline;
mod rule_05_the_deadline_counts_the_wait;
mod rule_06_a_hint_is_obeyed_or_refused;
mod rule_07_doubtful_failures_are_retried_twice;
mod rule_08_two_calls_never_share_a_sequence;
mod rule_09_a_first_try_success_costs_nothing;
mod rule_10_a_report_tells_what_was_really_slept;
mod rule_10_dropping_the_future_cancels_the_call;
mod rule_11_a_wait_of_zero_lets_other_tasks_run;
mod rule_11_waits_are_never_too_short;
mod rule_12_budgets_are_charged_first_and_exact;
mod rule_13_progress_is_data;
mod rule_14_two_layers_do_not_multiply;
mod rule_15_a_refused_request_is_repeated_by_any_method;

use std::time::Duration;

use backoff_core::{Decision, Failure, GiveUp, PolicyRef, RetryState};
use backoff_driver::TimedOut;

const HALF: u32 = 1 << 31;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn after(delay: Duration) -> Decision {
    Decision::Retry { after: delay }
}

/// An error that limits can make.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Error {
    Denied,
    Reset,
    TimedOut(TimedOut),
}

impl From<TimedOut> for Error {
    fn from(cut: TimedOut) -> Self {
        Self::TimedOut(cut)
    }
}

/// Decides about a failure at time zero, with a random word in the middle.
fn decide(retry: &mut RetryState<impl PolicyRef>, failure: Failure) -> Decision {
    retry.on_failure(Duration::ZERO, failure, HALF)
}

const fn gave_up(reason: GiveUp) -> Decision {
    Decision::GiveUp(reason)
}
