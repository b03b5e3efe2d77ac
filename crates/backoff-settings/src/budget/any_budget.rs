//! A budget that is chosen at run time.

use std::time::Duration;

use backoff_core::budget::{Charge, InFlight};
use backoff_core::{
    Budget, CallEnd, ConcurrencyBudget, PlannedRetry, RatioBudget, RequestBudget, ThrottleBudget,
    TokenBudget, Unlimited,
};

/// Any of the budgets of `backoff-core`, chosen at run time.
///
/// # Examples
///
/// ```
/// use backoff_core::{Account, Failure, PlannedRetry, TokenBudget};
/// use backoff_settings::AnyBudget;
/// use std::time::Duration;
///
/// let budget = AnyBudget::Token(TokenBudget::new(10, 5));
/// let mut call = Account::new(&budget);
/// let retry = PlannedRetry::new(Duration::ZERO, Failure::transient(), Duration::ZERO);
/// assert_eq!([(); 3].map(|()| call.withdraw(&retry)), [true, true, false]);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum AnyBudget {
    /// A share of the calls in flight.
    Concurrency(ConcurrencyBudget),
    /// A share of the calls of the last seconds.
    Ratio(RatioBudget),
    /// A number of retries and an amount of waiting, for all calls that serve one request.
    Request(RequestBudget),
    /// Retries while most calls succeed.
    Throttle(ThrottleBudget),
    /// Tokens that retries cost.
    Token(TokenBudget),
    /// No limit.
    Unlimited(Unlimited),
}

/// What a call holds of an [`AnyBudget`].
#[derive(Debug, Default)]
pub struct AnyHeld {
    charge: Charge,
    in_flight: InFlight,
}

/// Calls a method of the budget, with what the call holds of it.
macro_rules! forward {
    ($budget:expr, $held:expr, $method:ident $(, $argument:expr)*) => {
        match $budget {
            AnyBudget::Concurrency(budget) => budget.$method($held.in_flight $(, $argument)*),
            AnyBudget::Ratio(budget) => budget.$method($held.nothing $(, $argument)*),
            AnyBudget::Request(budget) => budget.$method($held.nothing $(, $argument)*),
            AnyBudget::Throttle(budget) => budget.$method($held.nothing $(, $argument)*),
            AnyBudget::Token(budget) => budget.$method($held.charge $(, $argument)*),
            AnyBudget::Unlimited(budget) => budget.$method($held.nothing $(, $argument)*),
        }
    };
}

/// The parts of an [`AnyHeld`], in the form in which a method takes them.
struct Parts<C, F, N> {
    charge: C,
    in_flight: F,
    nothing: N,
}

impl AnyHeld {
    fn parts_mut<'h>(
        &'h mut self,
        nothing: &'h mut (),
    ) -> Parts<&'h mut Charge, &'h mut InFlight, &'h mut ()> {
        Parts {
            charge: &mut self.charge,
            in_flight: &mut self.in_flight,
            nothing,
        }
    }
}

impl Budget for AnyBudget {
    type Held = AnyHeld;

    #[inline]
    fn withdraw(&self, held: &mut AnyHeld, retry: &PlannedRetry) -> bool {
        let mut nothing = ();
        let parts = held.parts_mut(&mut nothing);
        forward!(self, parts, withdraw, retry)
    }

    #[inline]
    fn refund(&self, held: &mut AnyHeld, retry: &PlannedRetry) {
        let mut nothing = ();
        let parts = held.parts_mut(&mut nothing);
        forward!(self, parts, refund, retry);
    }

    #[inline]
    fn recheck(&self, held: &AnyHeld) -> bool {
        let parts = Parts {
            charge: &held.charge,
            in_flight: &held.in_flight,
            nothing: &(),
        };
        forward!(self, parts, recheck)
    }

    #[inline]
    fn begin(&self, held: &mut AnyHeld, now: Duration) {
        let mut nothing = ();
        let parts = held.parts_mut(&mut nothing);
        forward!(self, parts, begin, now);
    }

    #[inline]
    fn end(&self, held: AnyHeld, end: CallEnd) {
        let parts = Parts {
            charge: held.charge,
            in_flight: held.in_flight,
            nothing: (),
        };
        forward!(self, parts, end, end);
    }
}
