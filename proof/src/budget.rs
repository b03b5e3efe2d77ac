//! Budgets: any operations of several calls on any budget, each answer against a model that adds up everything
//! that ever happened, in integers that cannot overflow.

use core::time::Duration;

use arbitrary::Arbitrary;
use backoff_core::{
    Account, Budget, ConcurrencyBudget, End, Failure, FailureKind, GiveUp, RatioBudget,
    RequestBudget, ThrottleBudget, TokenBudget,
};

use crate::Check;
use crate::input;

/// A budget, and what its calls do.
#[derive(Arbitrary, Debug)]
pub struct Case {
    budget: Kind,
    operations: Vec<Operation>,
}

/// A budget as it was asked for; the constructors have these names.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Kind {
    Concurrency {
        numerator: u16,
        denominator: u16,
        min_retries: u8,
    },
    Ratio {
        numerator: u16,
        denominator: u16,
        reserve_per_second: u16,
        #[arbitrary(with = input::duration)]
        window: Duration,
    },
    Request {
        #[arbitrary(with = input::sized)]
        retries: u32,
        #[arbitrary(with = input::duration)]
        waiting: Duration,
    },
    Throttle {
        #[arbitrary(with = input::sized)]
        max_tokens: u32,
        #[arbitrary(with = input::sized)]
        thousandths: u32,
    },
    Token {
        #[arbitrary(with = input::sized)]
        capacity: u32,
        #[arbitrary(with = input::sized)]
        tokens: u32,
        #[arbitrary(with = costs)]
        costs: [u32; 3],
        #[arbitrary(with = input::sized)]
        reward: u32,
    },
}

/// What one of the calls does.
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Operation {
    /// Since the operation before, up to an hour and a bit.
    #[arbitrary(with = pause)]
    after: Duration,
    call: u8,
    what: What,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum What {
    Begin,
    Drop,
    GiveUp(Reason),
    Recheck,
    Succeed,
    Withdraw {
        #[arbitrary(with = input::failure)]
        failure: Failure,
        #[arbitrary(with = input::duration)]
        delay: Duration,
    },
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Reason {
    Attempts,
    Budget,
    Permanent,
}

fn costs(u: &mut arbitrary::Unstructured<'_>) -> arbitrary::Result<[u32; 3]> {
    Ok([input::sized(u)?, input::sized(u)?, input::sized(u)?])
}

fn pause(u: &mut arbitrary::Unstructured<'_>) -> arbitrary::Result<Duration> {
    Ok(Duration::from_nanos(
        u.arbitrary::<u64>()? >> u.int_in_range(22..=63)?,
    ))
}

impl Check for Case {
    fn check(&self) {
        match self.budget {
            Kind::Concurrency {
                numerator,
                denominator,
                min_retries,
            } => {
                let budget = ConcurrencyBudget::new(numerator, denominator)
                    .with_min_retries(min_retries.into());
                let share = Share::of(numerator, denominator);
                self.replay(
                    &budget,
                    Concurrency {
                        share,
                        min_retries: min_retries.into(),
                        calls: [None; CALLS],
                    },
                );
            }
            Kind::Ratio {
                numerator,
                denominator,
                reserve_per_second,
                window,
            } => {
                let budget = RatioBudget::new(numerator, denominator)
                    .with_reserve(reserve_per_second)
                    .with_window(window);
                self.replay(
                    &budget,
                    Ratio::of(
                        Share::of(numerator, denominator),
                        reserve_per_second,
                        window,
                    ),
                );
            }
            Kind::Request { retries, waiting } => {
                let budget = RequestBudget::new(retries, waiting);
                let model = Request {
                    retries: retries.min(1_023).into(),
                    millis: waiting.as_millis().min(4_194_303),
                };
                self.replay(&budget, model);
            }
            Kind::Throttle {
                max_tokens,
                thousandths,
            } => {
                let budget = ThrottleBudget::new(max_tokens, thousandths);
                let most = i128::from(max_tokens.clamp(1, 1_000)) * 1_000;
                self.replay(
                    &budget,
                    Throttle {
                        tokens: most,
                        most,
                        ratio: thousandths.max(1).into(),
                    },
                );
            }
            Kind::Token {
                capacity,
                tokens,
                costs,
                reward,
            } => {
                let budget = TokenBudget::new(capacity, costs[0])
                    .with_cost(FailureKind::Doubtful, costs[1])
                    .with_cost(FailureKind::Throttled, costs[2])
                    .with_tokens(tokens)
                    .with_reward(reward);
                let tokens = tokens.min(capacity).into();
                let [costs, held] = [costs.map(i128::from).to_vec(), vec![0; CALLS]];
                self.replay(
                    &budget,
                    Token {
                        tokens,
                        capacity: capacity.into(),
                        costs,
                        reward: reward.into(),
                        held,
                    },
                );
            }
        }
    }
}

/// How many calls take part.
const CALLS: usize = 6;

impl Case {
    fn replay<B: Budget, M: Model<B>>(&self, budget: &B, mut model: M) {
        let mut accounts: [Account<&B>; CALLS] = core::array::from_fn(|_| Account::new(budget));
        let mut now = Duration::from_secs(1);
        for operation in &self.operations {
            now += operation.after;
            let call = usize::from(operation.call) % CALLS;
            let account = &mut accounts[call];
            match operation.what {
                What::Begin => {
                    account.begin(now);
                    model.end(call, End::Cancelled);
                    model.begin(call, now);
                }
                What::Drop => {
                    *account = Account::new(budget);
                    model.end(call, End::Cancelled);
                }
                What::GiveUp(reason) => {
                    let end = End::GaveUp(reason.into());
                    account.end(end);
                    model.end(call, end);
                }
                What::Recheck => assert_eq!(account.recheck(), model.recheck(call)),
                What::Succeed => {
                    account.end(End::Succeeded);
                    model.end(call, End::Succeeded);
                }
                What::Withdraw { failure, delay } => {
                    let granted = account.withdraw(now, failure, delay);
                    model.withdraw(call, now, failure, delay, granted);
                }
            }
            model.agree(budget);
        }
    }
}

impl From<Reason> for GiveUp {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Attempts => Self::Attempts,
            Reason::Budget => Self::Budget,
            Reason::Permanent => Self::Permanent,
        }
    }
}

/// A budget as its documentation has it.
trait Model<B> {
    fn begin(&mut self, _call: usize, _now: Duration) {}

    /// Checks the answer, and takes it for granted.
    fn withdraw(
        &mut self,
        call: usize,
        now: Duration,
        failure: Failure,
        delay: Duration,
        granted: bool,
    );

    fn recheck(&self, _call: usize) -> bool {
        true
    }

    fn end(&mut self, _call: usize, _end: End) {}

    /// Checks what the budget shows of itself.
    fn agree(&self, _budget: &B) {}
}

/// A share of calls that may be retried, normalised.
#[derive(Clone, Copy)]
struct Share {
    numerator: i128,
    denominator: i128,
}

impl Share {
    fn of(numerator: u16, denominator: u16) -> Self {
        let numerator = if denominator == 0 { 0 } else { numerator };
        Self {
            numerator: numerator.into(),
            denominator: denominator.max(1).into(),
        }
    }
}

/// Per call: whether it is retrying, once it has begun.
struct Concurrency {
    share: Share,
    min_retries: i128,
    calls: [Option<bool>; CALLS],
}

impl Concurrency {
    fn allows(&self, call: usize) -> bool {
        let others = self
            .calls
            .iter()
            .enumerate()
            .filter(|(other, state)| *other != call && **state == Some(true));
        let (others, calls) = (count(others), count(self.calls.iter().flatten()));
        let most = calls * self.share.numerator / self.share.denominator;
        self.calls[call].is_some() && others < most.max(self.min_retries)
    }
}

fn count<T>(items: impl Iterator<Item = T>) -> i128 {
    items.map(|_| 1_i128).sum()
}

impl Model<ConcurrencyBudget> for Concurrency {
    fn begin(&mut self, call: usize, _now: Duration) {
        self.calls[call] = Some(false);
    }

    fn withdraw(
        &mut self,
        call: usize,
        _now: Duration,
        _failure: Failure,
        _delay: Duration,
        granted: bool,
    ) {
        assert_eq!(granted, self.allows(call));
        if granted {
            self.calls[call] = Some(true);
        }
    }

    fn recheck(&self, call: usize) -> bool {
        self.calls[call] == Some(true) && self.allows(call)
    }

    fn end(&mut self, call: usize, _end: End) {
        self.calls[call] = None;
    }

    fn agree(&self, budget: &ConcurrencyBudget) {
        assert_eq!(budget.calls(), self.calls.iter().flatten().count());
        assert_eq!(
            budget.retries(),
            self.calls
                .iter()
                .filter(|state| **state == Some(true))
                .count()
        );
    }
}

/// Every payment, and every retry as a negative one, with its time.
struct Ratio {
    share: Share,
    reserve: i128,
    window: Duration,
    paid: Vec<(Duration, i128)>,
}

/// By how much a window may be longer than asked for: 170 ms, and a tick of the clock.
const SLACK: Duration = Duration::from_millis(187);

impl Ratio {
    fn of(share: Share, reserve_per_second: u16, window: Duration) -> Self {
        let window = window.clamp(Duration::from_secs(1), Duration::from_secs(60));
        let window =
            Duration::from_millis(u64::try_from(window.as_millis()).expect("a minute at most"));
        let retries = i128::from(reserve_per_second)
            * i128::try_from(window.as_millis()).expect("small")
            / 1_000;
        let reserve = (retries * share.denominator).min(1 << 29);
        Self {
            share,
            reserve,
            window,
            paid: vec![],
        }
    }

    /// The least and the most that may be at hand: the window slides in ten steps, so that what is older than
    /// nine of them counts or not.
    fn at_hand(&self, now: Duration) -> (i128, i128) {
        let (mut least, mut most) = (self.reserve, self.reserve);
        for (time, amount) in &self.paid {
            let age = now.saturating_sub(*time);
            if age >= self.window + SLACK {
                continue;
            }
            let counts = age + SLACK < self.window * 9 / 10;
            least += if counts { *amount } else { (*amount).min(0) };
            most += if counts { *amount } else { (*amount).max(0) };
        }
        (least, most)
    }
}

impl Model<RatioBudget> for Ratio {
    fn begin(&mut self, _call: usize, now: Duration) {
        self.paid.push((now, self.share.numerator));
    }

    fn withdraw(
        &mut self,
        _call: usize,
        now: Duration,
        _failure: Failure,
        _delay: Duration,
        granted: bool,
    ) {
        let (least, most) = self.at_hand(now);
        let price = self.share.denominator;
        assert!(granted || least < price, "refused with {least} at hand");
        assert!(!granted || most >= price, "granted with {most} at hand");
        if granted {
            self.paid.push((now, -price));
        }
    }
}

struct Request {
    retries: u128,
    millis: u128,
}

impl Model<RequestBudget> for Request {
    fn withdraw(
        &mut self,
        _call: usize,
        _now: Duration,
        _failure: Failure,
        delay: Duration,
        granted: bool,
    ) {
        let millis = delay.as_nanos().div_ceil(1_000_000);
        assert_eq!(granted, self.retries > 0 && millis <= self.millis);
        if granted {
            self.retries -= 1;
            self.millis -= millis;
        }
    }

    fn agree(&self, budget: &RequestBudget) {
        assert_eq!(u128::from(budget.retries()), self.retries);
        assert_eq!(budget.waiting().as_millis(), self.millis);
    }
}

/// In thousandths.
struct Throttle {
    tokens: i128,
    most: i128,
    ratio: i128,
}

impl Model<ThrottleBudget> for Throttle {
    fn withdraw(
        &mut self,
        call: usize,
        _now: Duration,
        _failure: Failure,
        _delay: Duration,
        granted: bool,
    ) {
        self.tokens = (self.tokens - 1_000).max(0);
        assert_eq!(granted, self.recheck(call));
    }

    fn recheck(&self, _call: usize) -> bool {
        2 * self.tokens > self.most
    }

    fn end(&mut self, _call: usize, end: End) {
        match end {
            End::Cancelled | End::GaveUp(GiveUp::Budget | GiveUp::Permanent) => {}
            End::GaveUp(_) => self.tokens = (self.tokens - 1_000).max(0),
            End::Succeeded => self.tokens = (self.tokens + self.ratio).min(self.most),
        }
    }

    fn agree(&self, budget: &ThrottleBudget) {
        assert_eq!(i128::from(budget.thousandths()), self.tokens);
    }
}

/// The costs of transient, doubtful and throttled failures, and what each call paid last.
struct Token {
    tokens: i128,
    capacity: i128,
    costs: Vec<i128>,
    reward: i128,
    held: Vec<i128>,
}

impl Model<TokenBudget> for Token {
    fn withdraw(
        &mut self,
        call: usize,
        _now: Duration,
        failure: Failure,
        _delay: Duration,
        granted: bool,
    ) {
        let cost = match failure.kind() {
            FailureKind::Doubtful => self.costs[1],
            FailureKind::Throttled => self.costs[2],
            FailureKind::Permanent | FailureKind::Transient => self.costs[0],
        };
        assert_eq!(granted, cost <= self.tokens);
        if granted {
            self.tokens -= cost;
            self.held[call] = cost;
        }
    }

    fn end(&mut self, call: usize, end: End) {
        let paid = core::mem::take(&mut self.held[call]);
        if end == End::Succeeded {
            let back = if paid == 0 { self.reward } else { paid };
            self.tokens = (self.tokens + back).min(self.capacity);
        }
    }

    fn agree(&self, budget: &TokenBudget) {
        assert_eq!(
            (i128::from(budget.tokens()), i128::from(budget.capacity())),
            (self.tokens, self.capacity)
        );
    }
}
