use std::cell::Cell;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::time::Duration;

use backoff_core::{
    Budget, ConcurrencyBudget, Decision, Failure, Policy, Progress, RatioBudget, TokenBudget,
    Unlimited,
};
use backoff_driver::test_util::VirtualClock;
use backoff_driver::{Attempts, Clock, Counters, Runtime, Sleeper, WithRandom, retry};
use rand_core::TryRng;

use crate::{Error, seconds};

/// A runtime that counts how often its clock is read and its timer set, and that no successful call may ask for a
/// random number.
#[derive(Default)]
struct Counting {
    reads: Cell<u32>,
    timers: Cell<u32>,
}

impl Clock for &Counting {
    fn now(&self) -> Duration {
        self.reads.set(self.reads.get() + 1);
        Duration::ZERO
    }
}

impl Runtime for &Counting {
    fn random(&mut self) -> u32 {
        panic!("asked for a random number")
    }
}

impl Sleeper for &Counting {
    type Sleep = Ready<()>;

    fn sleep(&self, _duration: Duration) -> Ready<()> {
        self.timers.set(self.timers.get() + 1);
        ready(())
    }
}

/// Polls a future that is ready at once.
fn now<F: Future>(future: F) -> F::Output {
    VirtualClock::new().block_on(future)
}

#[test]
fn the_generator_is_not_asked() {
    let clock = Counting::default();
    assert_eq!(
        now(retry(&Policy::DEFAULT, &clock, || ready(Ok::<_, Error>(
            42
        )))),
        Ok(42)
    );
    let mut attempts = Attempts::new(&Policy::DEFAULT, &clock);
    assert_eq!(attempts.delay_after(&Ok::<_, Error>(42)), None);
}

#[test]
fn the_clock_is_read_once() {
    let clock = Counting::default();
    assert_eq!(
        now(retry(&Policy::DEFAULT, &clock, || ready(Ok::<_, Error>(
            42
        )))),
        Ok(42)
    );
    assert_eq!(clock.reads.get(), 1, "the future");
    let mut attempts = Attempts::new(&Policy::DEFAULT, &clock);
    assert_eq!(attempts.delay_after(&Ok::<_, Error>(42)), None);
    assert_eq!(clock.reads.get(), 2, "the loop");
}

#[test]
fn no_clock_is_read_where_neither_the_policy_nor_the_caller_asks_for_the_time() {
    type Poll<'a> = &'a dyn Fn(&Counting);
    let open = Policy::DEFAULT.without_deadline();
    let timed = open.with_attempt_timeout(seconds(3));
    let call = || ready(Ok::<_, Error>(42));
    let reads = |poll: Poll<'_>| {
        let clock = Counting::default();
        poll(&clock);
        clock.reads.get()
    };
    let cases: [(&str, u32, Poll<'_>); 6] = [
        ("no limit", 0, &|clock| {
            assert_eq!(now(retry(&open, clock, call)), Ok(42));
        }),
        ("a timeout of an attempt", 1, &|clock| {
            assert_eq!(now(retry(&timed, clock, call)), Ok(42));
        }),
        ("a report", 2, &|clock| {
            let (_, report) = now(retry(&open, clock, call).reported());
            assert_eq!(report.elapsed(), Duration::ZERO);
        }),
        ("an observer", 2, &|clock| {
            assert_eq!(now(retry(&open, clock, call).on_event(|_| ())), Ok(42));
        }),
        ("a stable attempt", 1, &|clock| {
            let call = retry(&open, clock, call).stable_after(seconds(60));
            assert_eq!(now(call), Ok(42));
        }),
        ("a budget that times calls", 1, &|clock| {
            let budget = RatioBudget::new(1, 5);
            let call = retry(&open, clock, call).with_budget(&budget);
            assert_eq!(now(call), Ok(42));
        }),
    ];
    for (what, expected, poll) in cases {
        assert_eq!(reads(poll), expected, "{what}");
    }
}

#[test]
fn a_budget_and_counters_read_the_clock_no_second_time() {
    fn reads<B: Budget>(budget: B) -> [u32; 2] {
        let (clock, counters) = (Counting::default(), Counters::new());
        let mut attempts = Attempts::new(&Policy::DEFAULT, &clock)
            .with_budget(&budget)
            .with_observer(&counters);
        assert_eq!(attempts.delay_after(&Ok::<_, Error>(42)), None);
        let by_loop = clock.reads.replace(0);
        let call = retry(&Policy::DEFAULT, &clock, || ready(Ok::<_, Error>(42)))
            .with_budget(&budget)
            .with_observer(&counters);
        assert_eq!(now(call), Ok(42));
        assert_eq!(counters.successes(), 2);
        [by_loop, clock.reads.get()]
    }
    let cases = [
        ("one that counts calls", reads(ConcurrencyBudget::new(1, 5))),
        ("one that times calls", reads(RatioBudget::new(1, 5))),
        ("one that does neither", reads(TokenBudget::aws_2_1())),
        ("none", reads(Unlimited)),
    ];
    for (budget, reads) in cases {
        assert_eq!(reads, [1, 1], "{budget}: the loop, the future");
    }
}

#[test]
fn no_timer_is_set() {
    let clock = Counting::default();
    let policy = Policy::DEFAULT.with_attempt_timeout(seconds(3));
    let call = || ready(Ok::<_, Error>(42));
    assert_eq!(now(retry(&policy, &clock, call)), Ok(42));
    let mut attempts = Attempts::new(&policy, &clock);
    assert_eq!(now(attempts.run(async || call().await)), Ok(42));
    let mut attempts = Attempts::new(&policy, &clock);
    let outcome = now(attempts.limit(call()));
    assert_eq!(attempts.delay_after(&outcome), None);
    assert_eq!(clock.timers.get(), 0);
}

#[test]
fn nothing_is_allocated() {
    let clock = Counting::default();
    let counted = allocation_counter::measure(|| {
        let mut attempts = Attempts::new(&Policy::DEFAULT, &clock);
        assert_eq!(attempts.delay_after(&Ok::<_, Error>(42)), None);
        let mut future = std::pin::pin!(retry(&Policy::DEFAULT, &clock, || ready(Ok::<_, Error>(
            42
        ))));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert_eq!(
            future.as_mut().poll(&mut context),
            std::task::Poll::Ready(Ok(42))
        );
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn a_retry_allocates_nothing_either() {
    let clock = Counting::default();
    let counted = allocation_counter::measure(|| {
        let runtime = WithRandom::new(&clock, Counter(0));
        let mut failures = 3;
        let mut future = std::pin::pin!(retry(&Policy::DEFAULT, runtime, || {
            failures -= 1;
            ready(if failures == 0 {
                Ok(42)
            } else {
                Err(Error::Reset)
            })
        }));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert_eq!(
            future.as_mut().poll(&mut context),
            std::task::Poll::Ready(Ok(42))
        );
    });
    assert_eq!(counted.count_total, 0);
}

/// A generator that counts.
struct Counter(u32);

impl TryRng for Counter {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0 = self.0.wrapping_add(0x9e37_79b9);
        Ok(self.0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.try_next_u32().map(u64::from)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill(0);
        Ok(())
    }
}

#[test]
fn states_and_decisions_are_small() {
    let sizes = [
        // (what, size, limit)
        ("Progress", size_of::<Progress>(), 24),
        ("RetryState", size_of_val(&Policy::DEFAULT.start()), 24),
        ("Decision", size_of::<Decision>(), 24),
        ("Failure", size_of::<Failure>(), 16),
    ];
    for (what, size, limit) in sizes {
        assert!(size <= limit, "{what}: {size} bytes");
    }
}

#[test]
fn a_future_adds_forty_bytes_to_what_it_keeps() {
    fn sizes<T>(operation: impl Fn() -> Ready<Result<T, ()>> + Copy) -> [(usize, usize); 2] {
        let (attempt, wait) = (size_of_val(&operation()), size_of::<tokio::time::Sleep>());
        let outcome = size_of::<Result<T, ()>>();
        // Of the attempt before, and when the current one began.
        let last = size_of::<(Result<T, ()>, u64)>();
        let call = || backoff_tokio::retry(&Policy::DEFAULT, operation);
        let (uninterrupted, limited) = (call().uninterrupted(), call().on_timeout(|_| Err(())));
        [
            (size_of_val(&uninterrupted), attempt.max(wait + outcome)),
            (size_of_val(&limited), attempt + wait + last),
        ]
    }
    let cases = [
        sizes(|| ready(Ok::<[u8; 280], ()>([0; 280]))),
        sizes(|| ready(Ok::<u8, ()>(0))),
    ];
    for (size, kept) in cases.as_flattened() {
        assert!(*size <= kept + 40, "{} bytes over {kept}", size - kept);
    }
}
