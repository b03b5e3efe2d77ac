//! Faults that other libraries have or had, one test each, which shows that this one does not have it.
//!
//! A comment names the library and where the fault is described: the number of a report, or what the code does.

use std::cell::Cell;
use std::time::Duration;

use backoff_core::{
    DeadlineRule, Decision, Failure, GiveUp, HintRule, Jitter, Percent, Policy, Schedule,
};
use backoff_driver::test_util::{Script, VirtualClock};
use backoff_driver::{Attempts, Clock, Runtime};
use backoff_http::{
    Classification, ClassifiedBy, DelayError, DelayRules, Fault, HttpDate, Method, RequestInfo,
    ResetMeaning, RetryMark, Rules,
};

const ENDLESS: Policy =
    Policy::exponential(Duration::from_millis(100), Duration::from_secs(30)).retry_forever();

/// 29 September 2023.
const NOW: HttpDate = HttpDate::from_unix(1_696_004_797);

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// The first delays of a policy where every random word is the same.
fn delays<S: Schedule>(policy: &Policy<S>, random: u32, count: usize) -> Vec<Duration> {
    policy.delays(|| random).take(count).collect()
}

fn judge(headers: &[(&str, &str)]) -> Classification {
    Rules::DEFAULT.classify_response(RequestInfo::new(Method::Get), 429, headers, NOW)
}

/// The largest random word leaves one part in 2^32 to the end of a window, here 7 ns.
fn is_just_below_30_s(delays: &[Duration]) -> bool {
    let longest = delays.iter().max().map_or(0, Duration::as_nanos);
    (29_999_999_993..=30_000_000_000).contains(&longest)
}

/// The decision about a 429 with these headers, at the shortest delay that jitter gives.
fn decide(headers: &[(&str, &str)]) -> Decision {
    let failure = judge(headers).failure().expect("a failure");
    let policy = ENDLESS.with_jitter(Jitter::Equal);
    policy.start().on_failure(Duration::ZERO, failure, 0)
}

// tokio-retry 1 and exponential-backoff 12: a panic in debug builds; mulligan 31: in release, delays of zero from
// attempt 32 on; Polly 2163: negative ones from attempt 1,025 on.
#[test]
fn delays_do_not_overflow_at_attempt_33_or_65_or_1025() {
    let plain = ENDLESS.with_jitter(Jitter::None);
    for delays in [
        delays(&plain, 0, 3_000),
        delays(&plain.with_ratio(10, 1), 0, 3_000),
    ] {
        assert!(delays.is_sorted());
        assert_eq!((delays[0], delays[2_999]), (ms(100), seconds(30)));
    }
}

// Polly 1866: where the uncapped delay overflowed, the maximum was not applied, and the wait never ended.
#[test]
fn the_maximum_holds_where_the_window_saturates() {
    for jitter in [
        Jitter::Additive(Duration::MAX),
        Jitter::Decorrelated,
        Jitter::Full,
    ] {
        let policy = Policy::exponential(Duration::MAX, seconds(30)).with_jitter(jitter);
        assert!(
            is_just_below_30_s(&delays(&policy, u32::MAX, 1)),
            "{jitter:?}"
        );
    }
}

// openai-agents-python 2676, adk-js 704, agenda 1748; backoff's `randomization_factor` and backon's `with_jitter`
// do it by design: jitter on top of the capped delay, and so up to twice the maximum.
#[test]
fn no_jitter_passes_the_maximum() {
    let half = Jitter::Proportional(Percent::new(50));
    for jitter in [
        Jitter::Additive(seconds(60)),
        Jitter::Decorrelated,
        half,
        Jitter::Equal,
    ] {
        let longest = delays(&ENDLESS.with_jitter(jitter), u32::MAX, 50);
        assert!(is_just_below_30_s(&longest), "{jitter:?}: {longest:?}");
    }
}

// backoff for Erlang 8: jitter below the cap, cut by it, so that whoever has reached the maximum calls in step.
#[test]
fn clients_that_have_reached_the_maximum_do_not_call_in_step() {
    for jitter in [
        Jitter::Additive(seconds(1)),
        Jitter::Decorrelated,
        Jitter::Equal,
        Jitter::Full,
    ] {
        let policy = ENDLESS.with_jitter(jitter);
        let late = [1 << 30, 2 << 30, 3 << 30].map(|random| delays(&policy, random, 40)[39]);
        assert!(
            late[0] < late[1] && late[1] < late[2],
            "{jitter:?}: {late:?}"
        );
    }
}

// backon 184: jitter as wide as the first delay, which does not tell clients apart that wait for minutes.
#[test]
fn jitter_is_as_wide_as_the_window_that_it_is_for() {
    let windows = [ms(100), ms(200), ms(400), ms(800)];
    assert_eq!(delays(&ENDLESS, 0, 4), [Duration::ZERO; 4]);
    assert_eq!(delays(&ENDLESS, u32::MAX, 4), windows);
}

// pulsar 25669: no jitter in the first delay, with which all clients of a restarted server come back.
#[test]
fn the_first_delay_is_random_too() {
    assert_eq!(delays(&ENDLESS, 1 << 31, 1), [ms(50)]);
}

// backon 169: one constant seed wherever there is no standard library; Open Policy Agent 5124: none at all.
// Others keep one generator in the policy, and clone it for each call.
#[test]
fn calls_that_share_a_policy_do_not_share_their_random_numbers() {
    let draw = || {
        let script: Script<Result<(), _>> = Script::new([Err("reset")]);
        let mut attempts = Attempts::new(&Policy::DEFAULT, VirtualClock::new());
        let _ = attempts.call(|| script.play());
        attempts.report().slept()
    };
    let drawn = [0; 8].map(|_| draw());
    assert!(drawn.iter().any(|slept| *slept != drawn[0]), "{drawn:?}");
}

// tokio-retry 22 and ts-retry-promise 59: base^n, so that 50 ms grow to four days within five retries.
#[test]
fn the_base_is_multiplied_and_not_raised_to_a_power() {
    let policy = Policy::exponential(ms(50), Duration::MAX).with_jitter(Jitter::None);
    assert_eq!(delays(&policy, 0, 4), [50, 100, 200, 400].map(ms));
}

// The demos of AWS IoT for embedded C 1426, dotnet-sdk-contrib 699: a base below the unit divided to zero.
#[test]
fn a_delay_below_a_millisecond_is_not_truncated_to_zero() {
    let policy = Policy::constant(Duration::from_nanos(999)).with_jitter(Jitter::None);
    assert_eq!(delays(&policy, 0, 1), [Duration::from_nanos(999)]);
}

// Polly.Contrib.WaitAndRetry 24: negative delays; others panic on an empty range where 3 * previous < base.
#[test]
fn decorrelated_jitter_never_has_an_empty_range() {
    let policy = Policy::constant(ms(1))
        .with_max_delay(seconds(1))
        .with_throttled_schedule(backoff_core::Constant::new(ms(500)))
        .with_jitter(Jitter::Decorrelated);
    let mut retry = policy.start();
    let _ = retry.on_failure(Duration::ZERO, Failure::transient(), 0);
    let slower = retry.on_failure(Duration::ZERO, Failure::throttled(), u32::MAX);
    assert_eq!(slower, Decision::Retry { after: ms(500) });
}

// backoff 42: the deadline was checked before the wait, and passed by it.
#[test]
fn a_wait_that_would_pass_the_deadline_is_not_begun() {
    let policy = Policy::constant(seconds(5))
        .with_jitter(Jitter::None)
        .with_deadline(seconds(15));
    for (elapsed, expected) in [
        (seconds(10), Decision::Retry { after: seconds(5) }),
        (seconds(11), Decision::GiveUp(GiveUp::Deadline)),
    ] {
        assert_eq!(
            policy.start().on_failure(elapsed, Failure::transient(), 0),
            expected
        );
    }
}

// backoff for Python 186 and 196: the time of the first attempt is not counted.
#[test]
fn the_first_attempt_counts_towards_the_deadline() {
    let clock = VirtualClock::new();
    let policy = Policy::DEFAULT.with_deadline(seconds(2));
    let mut plays = 0;
    let outcome = Attempts::new(&policy, clock.clone()).call(|| {
        plays += 1;
        clock.advance(seconds(5));
        Err::<(), _>("slow")
    });
    assert_eq!((outcome, plays), (Err("slow"), 1));
}

// A remaining time that is computed before the wait lets the last attempt run past the deadline.
#[test]
fn what_remains_is_what_remains_after_the_wait() {
    let clock = VirtualClock::new();
    let policy = Policy::constant(seconds(6))
        .with_jitter(Jitter::None)
        .with_deadline(seconds(10));
    let mut attempts = Attempts::new(&policy, clock.clone());
    assert_eq!(attempts.attempt_timeout(), Some(seconds(10)));
    let delay = attempts
        .delay_after(&Err::<(), _>("reset"))
        .expect("a retry");
    clock.advance(delay);
    assert_eq!(attempts.attempt_timeout(), Some(seconds(4)));
}

// more-executors 39, crosspaste 4547: on the wall clock, a jump back makes a call of seconds last for hours.
#[test]
fn a_clock_that_goes_back_is_one_that_stands_still() {
    struct Jumping(Cell<u64>);
    impl Clock for &Jumping {
        fn now(&self) -> Duration {
            seconds(self.0.get())
        }
    }
    impl Runtime for &Jumping {
        fn random(&mut self) -> u32 {
            u32::MAX
        }
    }
    let clock = Jumping(Cell::new(1_000));
    let mut attempts = Attempts::new(&Policy::DEFAULT, &clock);
    clock.0.set(10);
    assert_eq!(attempts.elapsed(), Duration::ZERO);
    assert_eq!(attempts.remaining(), Some(seconds(60)));
    assert!(attempts.delay_after(&Err::<(), _>("reset")).is_some());
}

// cenkalti/backoff 159: a hint beyond the limit on the elapsed time ends the call, and nothing says why.
#[test]
fn a_hint_beyond_the_deadline_is_given_up_by_name_or_clamped_by_choice() {
    let hint = Failure::throttled().with_retry_after(seconds(100));
    let decide = |policy: Policy| policy.start().on_failure(seconds(20), hint, 0);
    assert_eq!(decide(Policy::DEFAULT), Decision::GiveUp(GiveUp::Deadline));
    let clamped = Policy::DEFAULT.with_deadline_rule(DeadlineRule::ClampToRemaining);
    assert_eq!(decide(clamped), Decision::Retry { after: seconds(40) });
}

// dialogue 1595 and many more: the hint of a 429 is read, or can be read, but nobody waits for it.
#[test]
fn a_hint_is_waited_for() {
    let clock = VirtualClock::new();
    let script = Script::fails(1, "30").then("text");
    let mut attempts = Attempts::new(&Policy::DEFAULT, clock.clone())
        .when(|hint: &&str| judge(&[("retry-after", hint)]));
    assert_eq!(attempts.call(|| script.play()), Ok("text"));
    assert!(clock.now() >= seconds(30), "{:?}", clock.now());
}

// urllib3 3401: whether hints count was forgotten after the first retry.
#[test]
fn what_is_set_for_hints_holds_for_every_retry() {
    let policy = ENDLESS
        .with_max_hint(seconds(1))
        .with_hint_rule(HintRule::Ignore);
    let mut retry = policy.start();
    for attempt in 1..20 {
        let hint = Failure::throttled().with_retry_after(seconds(3_600));
        let decision = retry.on_failure(Duration::ZERO, hint, 0);
        assert_eq!(
            decision,
            Decision::Retry {
                after: Duration::ZERO
            },
            "attempt {attempt}"
        );
    }
}

// kubevuln 754, with 25,000 requests in two seconds; httpx-retries 13.
#[test]
fn a_hint_of_zero_or_of_the_past_leaves_the_schedule_in_charge() {
    for value in ["0", "0.0", "Fri, 29 Sep 2023 16:00:00 GMT"] {
        let decision = decide(&[("Retry-After", value)]);
        assert_eq!(decision, Decision::Retry { after: ms(50) }, "{value}");
    }
}

// openai-java 878, hermes-agent 84738: a negative delay, which throws or returns at once.
#[test]
fn a_negative_hint_is_none() {
    for (name, value) in [
        ("Retry-After", "-5"),
        ("retry-after-ms", "-1"),
        ("x-ratelimit-reset-after", "-0.5"),
    ] {
        let decision = decide(&[(name, value)]);
        assert_eq!(
            decision,
            Decision::Retry { after: ms(50) },
            "{name}: {value}"
        );
        let ignored = judge(&[(name, value)]).server_delay().ignored();
        assert_eq!(
            ignored.map(|(_, error)| error),
            Some(DelayError::Number),
            "{name}"
        );
    }
}

// go-retryablehttp 297 and resty 1178: seconds that wrap to a negative delay; urllib3 3743: a crash.
#[test]
fn a_hostile_hint_neither_wraps_nor_panics() {
    let malformed = [("Retry-After", "1e400")];
    assert_eq!(decide(&malformed), Decision::Retry { after: ms(50) });
    assert!(judge(&malformed).server_delay().ignored().is_some());
    for value in [
        "121",
        "1000000000",
        "9223372037",
        "9999999999",
        "18446744073709551615",
        "18446744073709551617",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ] {
        let decision = decide(&[("Retry-After", value)]);
        assert_eq!(decision, Decision::GiveUp(GiveUp::HintTooLong), "{value}");
    }
}

// coral 89 and others: the moment of a reset taken for a number of seconds, as by the two meanings that vendors
// give one name (restful-api-guidelines 379).
#[test]
fn a_moment_is_not_read_as_a_delay_nor_a_delay_as_a_moment() {
    let read = |meaning, value| {
        let rules =
            Rules::DEFAULT.with_delays(DelayRules::DEFAULT.with_x_rate_limit_reset(meaning));
        let headers = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", value)];
        let classification =
            rules.classify_response(RequestInfo::new(Method::Get), 429, &headers, NOW);
        let asked = classification.server_delay();
        asked
            .delay()
            .map(|delay| delay.as_secs())
            .ok_or(asked.ignored().map(|(_, error)| error))
    };
    assert_eq!(read(ResetMeaning::Epoch, "1696004817"), Ok(20));
    assert_eq!(read(ResetMeaning::Epoch, "1696004700"), Ok(0));
    assert_eq!(
        read(ResetMeaning::Epoch, "20"),
        Err(Some(DelayError::NotAMoment))
    );
    assert_eq!(read(ResetMeaning::Delta, "20"), Ok(20));
    // A moment where a delay is expected is a delay that no policy waits for.
    assert_eq!(read(ResetMeaning::Delta, "1696004817"), Ok(1_696_004_817));
}

// axios-retry 66, traefik 8990; reqwest-retry's default strategy, which looks at no method.
#[test]
fn a_post_that_may_have_been_processed_is_not_repeated() {
    let post = RequestInfo::new(Method::Post);
    let rules = Rules::DEFAULT;
    let failed = rules.classify_response(post, 503, &(), NOW);
    assert_eq!(
        failed.classified_by(),
        ClassifiedBy::Unrepeatable(Method::Post)
    );
    assert!(!rules.classify_error(post, Fault::Reset).is_retryable());
    assert!(rules.classify_error(post, Fault::Dns).is_retryable());
    let keyed = rules.classify_response(post.with_idempotency_key(), 503, &(), NOW);
    assert!(keyed.is_retryable());
}

// Every stack of a client library over a client that retries by itself: three attempts of three are nine.
#[test]
fn two_layers_that_retry_do_not_multiply() {
    let policy = Policy::DEFAULT.with_max_attempts(3);
    let mut calls = 0;
    let mut inner = || {
        let script: Script<Result<(), _>> = Script::new([Err("reset")]);
        let mut attempts = Attempts::new(&policy, VirtualClock::new());
        let _ = attempts.call(|| script.play());
        calls += attempts.report().attempts();
        Err::<(), _>(RetryMark::after(attempts.report().attempts()))
    };
    let outer = Attempts::new(&policy, VirtualClock::new())
        .when(|error: &RetryMark| RetryMark::find(error).map(Classification::from))
        .call(&mut inner);
    assert_eq!((outer, calls), (Err(RetryMark::after(3)), 3));
}
