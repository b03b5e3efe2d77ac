//! A pointer to every public function of core.

use ::core::fmt::Display;
use ::core::time::Duration;

use backoff_core::budget::{Charge, InFlight};
use backoff_core::nanos::{from_duration, to_duration};
use backoff_core::{
    Account, Budget, Classifier, Classify, ConcurrencyBudget, Constant, DelayOrigin, Delays,
    Errors, EveryError, Exponential, Failure, FailureKind, Fibonacci, GiveUp, Linear, Percent,
    PlannedRetry, Policy, PolicyRef, Progress, RatioBudget, RequestBudget, RetryState, SavedCall,
    Schedule, Steps, ThrottleBudget, TokenBudget, Unlimited, Verdict, errors, outcomes, values,
};
use size::reach;

pub fn all() {
    failures();
    policies();
    calls::<Constant>();
    calls::<Exponential>();
    calls::<&'static Exponential>();
    calls::<Fibonacci>();
    calls::<Linear>();
    calls::<Steps<'static>>();
    saved();
    classifiers();
    budgets();
    accounts::<ConcurrencyBudget>();
    accounts::<RatioBudget>();
    accounts::<RequestBudget>();
    accounts::<ThrottleBudget>();
    accounts::<TokenBudget>();
    accounts::<Unlimited>();
    accounts::<(&'static TokenBudget, RequestBudget)>();
}

fn failures() {
    reach(Failure::new as fn(_) -> _);
    reach(Failure::doubtful as fn() -> _);
    reach(Failure::permanent as fn() -> _);
    reach(Failure::throttled as fn() -> _);
    reach(Failure::transient as fn() -> _);
    reach(Failure::with_retry_after as fn(_, _) -> _);
    reach(Failure::with_min_delay as fn(_, _) -> _);
    reach(Failure::kind as fn(_) -> _);
    reach(Failure::retry_after as fn(_) -> _);
    reach(Failure::min_delay as fn(_) -> _);
    reach(Failure::requested_delay as fn(_) -> _);
    reach(FailureKind::as_str as fn(_) -> _);
    reach(GiveUp::as_str as fn(_) -> _);
    reach(DelayOrigin::as_str as fn(_) -> _);
}

fn policies() {
    reach(Policy::exponential as fn(_, _) -> _);
    reach(Policy::with_ratio as fn(_, _, _) -> _);
    reach(Policy::constant as fn(_) -> _);
    reach(Policy::fibonacci as fn(_, _) -> _);
    reach(Policy::linear as fn(_, _, _) -> _);
    reach(Policy::steps as fn(_) -> _);
    reach(Constant::new as fn(_) -> _);
    reach(Exponential::new as fn(_) -> _);
    reach(Exponential::with_ratio as fn(_, _, _) -> _);
    reach(Exponential::base as fn(_) -> _);
    reach(Exponential::ratio as fn(_) -> _);
    reach(Fibonacci::new as fn(_) -> _);
    reach(Fibonacci::base as fn(_) -> _);
    reach(Linear::new as fn(_, _) -> _);
    reach(Linear::base as fn(_) -> _);
    reach(Linear::step as fn(_) -> _);
    reach(Steps::new as fn(_) -> _);
    reach(Steps::table as fn(_) -> _);
    reach(Percent::new as fn(_) -> _);
    reach(Percent::get as fn(_) -> _);
    reach(from_duration as fn(_) -> _);
    reach(to_duration as fn(_) -> _);
}

type Random = fn() -> u32;

fn calls<S: Schedule + Copy + Display + 'static>() {
    reach(<S as Display>::fmt as fn(_, &mut _) -> _);
    reach(<Policy<S> as Display>::fmt as fn(_, &mut _) -> _);
    reach(Schedule::delay as fn(&S, _) -> _);
    reach(Schedule::nanos as fn(&S, _) -> _);
    reach(Schedule::cheap_nanos as fn(&S, _) -> _);
    reach(Policy::new as fn(S) -> _);
    reach(Policy::<S>::with_jitter as fn(_, _) -> _);
    reach(Policy::<S>::with_max_delay as fn(_, _) -> _);
    reach(Policy::<S>::with_max_attempts as fn(_, _) -> _);
    reach(Policy::<S>::retry_forever as fn(_) -> _);
    reach(Policy::<S>::without_attempt_limit as fn(_) -> _);
    reach(Policy::<S>::with_deadline as fn(_, _) -> _);
    reach(Policy::<S>::without_deadline as fn(_) -> _);
    reach(Policy::<S>::within as fn(_, _) -> _);
    reach(Policy::<S>::with_deadline_rule as fn(_, _) -> _);
    reach(Policy::<S>::with_attempt_timeout as fn(_, _) -> _);
    reach(Policy::<S>::with_doubtful_limit as fn(_, _) -> _);
    reach(Policy::<S>::with_max_hint as fn(_, _) -> _);
    reach(Policy::<S>::with_hint_rule as fn(_, _) -> _);
    reach(Policy::<S>::start as fn(_) -> _);
    reach(Policy::<S>::resume as fn(_, _) -> _);
    reach(Policy::<S>::delays as fn(_, Random) -> _);
    reach(Policy::<S>::delay_origin as fn(_, _, _) -> _);
    reach(Policy::<S>::with_schedule as fn(_, _) -> _);
    reach(Policy::<S>::with_throttled_schedule as fn(_, _) -> _);
    reach(Policy::<S>::with_first_delay as fn(_, _) -> _);
    reach(Policy::<S>::first_delay as fn(&_) -> _);
    reach(Policy::<S>::has_first_delay as fn(&_) -> _);
    reach(Policy::<S>::draw_first_delay as fn(&_, _) -> _);
    getters::<S>();
    states::<Policy<S>>();
    states::<&'static Policy<S>>();
    reach(<Delays<&'static Policy<S>, Random> as Iterator>::next as fn(_) -> _);
}

fn getters<S: 'static>() {
    reach(Policy::<S>::schedule as fn(_) -> _);
    reach(Policy::<S>::throttled_schedule as fn(_) -> _);
    reach(Policy::<S>::jitter as fn(_) -> _);
    reach(Policy::<S>::max_delay as fn(_) -> _);
    reach(Policy::<S>::max_attempts as fn(_) -> _);
    reach(Policy::<S>::deadline as fn(_) -> _);
    reach(Policy::<S>::deadline_nanos as fn(_) -> _);
    reach(Policy::<S>::deadline_rule as fn(_) -> _);
    reach(Policy::<S>::timeout_per_attempt as fn(_) -> _);
    reach(Policy::<S>::doubtful_limit as fn(_) -> _);
    reach(Policy::<S>::max_hint as fn(_) -> _);
    reach(Policy::<S>::hint_rule as fn(_) -> _);
}

fn states<P: PolicyRef + 'static>() {
    reach(PolicyRef::policy as fn(&P) -> &Policy<P::Schedule>);
    reach(RetryState::<P>::new as fn(_) -> _);
    reach(RetryState::<P>::resume as fn(_, _) -> _);
    reach(RetryState::<P>::reset as fn(_));
    reach(RetryState::<P>::policy as fn(_) -> _);
    reach(RetryState::<P>::attempt as fn(_) -> _);
    reach(RetryState::<P>::progress as fn(_) -> _);
    reach(RetryState::<P>::remaining as fn(_, _) -> _);
    reach(RetryState::<P>::attempt_timeout as fn(_, _) -> _);
    reach(RetryState::<P>::on_failure as fn(_, _, _, _) -> _);
    reach(RetryState::<P>::on_failure_nanos as fn(_, _, _, _) -> _);
}

fn saved() {
    reach(Progress::at as fn(_) -> _);
    reach(Progress::skip as fn(_, _) -> _);
    reach(Progress::attempt as fn(_) -> _);
    reach(Progress::doubtful_retries as fn(_) -> _);
    reach(Progress::previous_delay as fn(_) -> _);
    reach(Progress::to_bytes as fn(_) -> _);
    reach(Progress::from_bytes as fn(_) -> _);
    reach(SavedCall::new as fn(_, _, _) -> _);
    reach(SavedCall::progress as fn(_) -> _);
    reach(SavedCall::elapsed as fn(_) -> _);
    reach(SavedCall::delay as fn(_) -> _);
    reach(SavedCall::after as fn(_, _) -> _);
    reach(SavedCall::to_bytes as fn(_) -> _);
    reach(SavedCall::from_bytes as fn(_) -> _);
}

type Outcome = Result<u32, FailureKind>;

fn classifiers() {
    reach(errors as fn(fn(&FailureKind) -> Failure) -> _);
    reach(values as fn(fn(&u32) -> bool) -> _);
    reach(outcomes as fn(fn(&Outcome) -> Option<FailureKind>) -> _);
    reach(Classifier::or as fn(Classifier<Errors<fn()>>, EveryError) -> _);
    reach(Verdict::failure as fn(bool) -> _);
    reach(Verdict::failure as fn(Failure) -> _);
    reach(Verdict::failure as fn(FailureKind) -> _);
    reach(Verdict::failure as fn(Option<Failure>) -> _);
    reach(Classify::<Outcome>::classify as fn(&EveryError, _) -> _);
    reach(Classify::<Outcome>::classify as fn(&fn(&FailureKind) -> Failure, _) -> _);
    reach(classify as fn(_) -> _);
}

/// Every classifier, one after the other.
fn classify(outcome: &Outcome) -> Option<Failure> {
    errors(|kind: &FailureKind| *kind)
        .or(values(|value: &u32| *value == 0))
        .or(outcomes(|outcome: &Outcome| outcome.is_err()))
        .classify(outcome)
}

fn budgets() {
    reach(ConcurrencyBudget::new as fn(_, _) -> _);
    reach(ConcurrencyBudget::with_min_retries as fn(_, _) -> _);
    reach(ConcurrencyBudget::calls as fn(_) -> _);
    reach(ConcurrencyBudget::retries as fn(_) -> _);
    reach(RatioBudget::new as fn(_, _) -> _);
    reach(RatioBudget::with_reserve as fn(_, _) -> _);
    reach(RatioBudget::with_window as fn(_, _) -> _);
    reach(RequestBudget::new as fn(_, _) -> _);
    reach(RequestBudget::retries as fn(_) -> _);
    reach(RequestBudget::waiting as fn(_) -> _);
    reach(ThrottleBudget::new as fn(_, _) -> _);
    reach(ThrottleBudget::thousandths as fn(_) -> _);
    reach(TokenBudget::new as fn(_, _) -> _);
    reach(TokenBudget::aws_2_0 as fn() -> _);
    reach(TokenBudget::aws_2_1 as fn() -> _);
    reach(TokenBudget::with_cost as fn(_, _, _) -> _);
    reach(TokenBudget::with_reward as fn(_, _) -> _);
    reach(TokenBudget::with_tokens as fn(_, _) -> _);
    reach(TokenBudget::tokens as fn(_) -> _);
    reach(TokenBudget::capacity as fn(_) -> _);
    reach(PlannedRetry::new as fn(_, _, _) -> _);
    reach(Charge::default as fn() -> _);
    reach(InFlight::default as fn() -> _);
}

fn accounts<B: Budget + 'static>() {
    reach(Budget::begin as fn(&B, _, Duration));
    reach(Budget::withdraw as fn(&B, _, _) -> _);
    reach(Budget::refund as fn(&B, _, _));
    reach(Budget::recheck as fn(&B, _) -> _);
    reach(Budget::end as fn(&B, _, _));
    reach(Account::<B>::new as fn(_) -> _);
    reach(Account::<B>::begin as fn(_, _));
    reach(Account::<B>::withdraw as fn(_, _) -> _);
    reach(Account::<B>::recheck as fn(_) -> _);
    reach(Account::<B>::end as fn(_, _));
    reach(drop as fn(Account<B>));
}
