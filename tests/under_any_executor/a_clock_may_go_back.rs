//! A counter that wraps without being extended, and a clock that is set back. For the call, time stands still: no deadline
//! fires, and no attempt is lost.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use backoff_core::{Jitter, Policy};
use backoff_driver::{Attempts, BlockingSleeper, Clock, Completion, Runtime};

use crate::{Error, hours};

/// A counter of milliseconds of 32 bits, which wraps after 49.7 days.
#[derive(Clone)]
struct Millis(Rc<Cell<u32>>);

impl Clock for Millis {
    fn now(&self) -> Duration {
        Duration::from_millis(self.0.get().into())
    }
}

impl Runtime for Millis {
    fn random(&mut self) -> u32 {
        7
    }
}

impl BlockingSleeper for Millis {
    fn block(&self, duration: Duration) {
        let millis = u32::try_from(duration.as_millis()).expect("a short wait");
        self.0.set(self.0.get().wrapping_add(millis));
    }
}

#[test]
fn a_deadline_does_not_fire_by_it() {
    let second = Duration::from_secs(1);
    let policy = Policy::constant(second)
        .with_jitter(Jitter::None)
        .with_max_attempts(4)
        .with_deadline(hours(1));
    // How far before the wrap the call begins, in milliseconds: within a wait, in between, behind them.
    for before in [1, 500, 1_000, 1_500, 2_000, 4_000] {
        let clock = Millis(Rc::new(Cell::new(0_u32.wrapping_sub(before))));
        let mut made = 0;
        let mut attempts = Attempts::new(&policy, clock).stable_after(hours(1));
        let outcome = attempts.call(|| {
            made += 1;
            if made < 4 {
                Err(Error::Closed)
            } else {
                Ok(made)
            }
        });
        assert_eq!(outcome, Ok(4), "{before} ms before");
        let report = attempts.report();
        assert_eq!(
            report.completion(),
            Some(Completion::Accepted),
            "{before} ms before"
        );
        assert!(
            report.elapsed() <= 3 * second,
            "{before} ms before: {report}"
        );
    }
}

/// Set back between an attempt and its outcome, by more than the call has lasted.
#[test]
fn it_is_set_back_in_an_attempt() {
    let clock = Millis(Rc::new(Cell::new(60_000)));
    let policy = Policy::DEFAULT.with_deadline(hours(1));
    let mut attempts = Attempts::new(&policy, clock.clone());
    clock.0.set(0);
    assert_eq!(attempts.elapsed(), Duration::ZERO);
    assert_eq!(attempts.remaining(), Some(hours(1)));
    let outcome: Result<(), _> = Err(Error::Closed);
    assert!(attempts.delay_after(&outcome).is_some());
    clock.0.set(61_000);
    assert_eq!(
        attempts.elapsed(),
        Duration::from_secs(1),
        "it counts on from its start"
    );
}
