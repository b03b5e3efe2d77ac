/// Writes what a policy decides after failures of every kind, with these random words.
pub(crate) fn decisions<S: backoff_core::Schedule>(
    policy: &backoff_core::Policy<S>,
    words: [u32; 4],
) -> String {
    use backoff_core::{Decision, Failure};
    use std::fmt::Write as _;
    use std::time::Duration;

    let second = Duration::from_secs(1);
    let failures = [
        Failure::transient(),
        Failure::throttled(),
        Failure::doubtful(),
        Failure::throttled().with_retry_after(9 * second),
        Failure::throttled().with_retry_after(400 * second),
        Failure::transient().with_min_delay(2 * second),
    ];
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        let _ = write!(text, "{:?} ", policy.draw_first_delay(*word));
        // The same failure over and over, and each in turn.
        for stride in 0..2 {
            for start in 0..failures.len() {
                let mut retry = policy.start();
                let mut elapsed = Duration::ZERO;
                for step in 0..7_u32 {
                    let failure = failures[(start + stride * step as usize) % failures.len()];
                    let _ = write!(text, "{:?} ", retry.attempt_timeout(elapsed));
                    let decision = retry.on_failure(elapsed, failure, word.wrapping_mul(step + 1));
                    let _ = write!(text, "{decision:?};");
                    match decision {
                        Decision::Retry { after } => elapsed = elapsed.saturating_add(after),
                        Decision::GiveUp(_) => break,
                    }
                }
            }
        }
        let _ = writeln!(text, "{index}");
    }
    text
}
