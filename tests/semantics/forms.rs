//! The forms of a call that limit its attempts.

/// Makes a call in each form, on a virtual clock of its own: the form, the outcome and the report.
///
/// The runtime is a function of the clock. The operation is a function of the clock and the number of the attempt. Settings
/// follow, as methods that every form has.
macro_rules! in_each_form {
    ($policy:expr, $runtime:expr, $operation:expr $(, .$set:ident($($argument:expr),*))*) => {{
        use backoff_driver::test_util::VirtualClock;

        let (policy, runtime, operation) = ($policy, $runtime, $operation);
        let retry = {
            let (clock, mut attempt) = (VirtualClock::new(), 0);
            let call = backoff_driver::retry(&policy, runtime(clock.clone()), || {
                attempt += 1;
                operation(clock.clone(), attempt)
            });
            let call = call$(.$set($($argument),*))*.reported();
            let (outcome, report) = clock.block_on(call);
            ("retry", outcome, report)
        };
        let run = {
            let (clock, mut attempt) = (VirtualClock::new(), 0);
            let attempts = backoff_driver::Attempts::new(&policy, runtime(clock.clone()));
            let mut attempts = attempts$(.$set($($argument),*))*;
            let outcome = clock.block_on(attempts.run(|| {
                attempt += 1;
                operation(clock.clone(), attempt)
            }));
            ("run", outcome, attempts.report())
        };
        let each = {
            let (clock, mut attempt) = (VirtualClock::new(), 0);
            let attempts = backoff_driver::Attempts::new(&policy, runtime(clock.clone()));
            let attempts = attempts$(.$set($($argument),*))*;
            let mut slots = [backoff_driver::Slot::new(attempts)];
            let mut batch = backoff_driver::Batch::new(&[()], &mut slots);
            clock.block_on(batch.each(1, |()| {
                attempt += 1;
                operation(clock.clone(), attempt)
            }));
            let [slot] = slots;
            let report = slot.report();
            ("each", slot.into_outcome().expect("an outcome"), report)
        };
        let limit = {
            let (clock, mut attempt) = (VirtualClock::new(), 0);
            let attempts = backoff_driver::Attempts::new(&policy, runtime(clock.clone()));
            let mut attempts = attempts$(.$set($($argument),*))*;
            let outcome = clock.block_on(async {
                loop {
                    attempt += 1;
                    let outcome = attempts.limit(operation(clock.clone(), attempt)).await;
                    let Some(pause) = attempts.pause_after(&outcome) else {
                        break outcome;
                    };
                    pause.await;
                }
            });
            ("limit", outcome, attempts.report())
        };
        [retry, run, each, limit]
    }};
}

pub(crate) use in_each_form;
