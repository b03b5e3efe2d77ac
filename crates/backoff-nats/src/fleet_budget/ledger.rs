//! What the processes of a fleet write down together.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::limit::FleetLimit;

/// The retries that no process has leased, and the leases.
///
/// What was credited for calls is at all times what is here, what is leased, and what was reported as spent. A
/// process spends what it leased, so the retries of a fleet never exceed the credit; except by the leases of
/// processes that died, which return in full, though part of them may have been spent.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Ledger {
    tokens: u64,
    /// Calls times the numerator of the ratio, modulo its denominator: what has not become a whole retry yet.
    rest: u64,
    leases: BTreeMap<String, Lease>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(super) struct Lease {
    pub(super) tokens: u64,
    /// The number of the process's last report.
    pub(super) report: u64,
}

/// What a process tells since its last report.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Report {
    pub(super) number: u64,
    pub(super) calls: u64,
    pub(super) spent: u64,
    /// How many tokens the process wants to hold after it.
    pub(super) wanted: u64,
}

impl Ledger {
    pub(super) fn new(limit: &FleetLimit) -> Self {
        Self {
            tokens: limit.reserve,
            ..Self::default()
        }
    }

    pub(super) fn lease(&self, process: &str) -> Option<Lease> {
        self.leases.get(process).copied()
    }

    pub(super) fn leases(&self) -> impl Iterator<Item = (&str, u64)> {
        self.leases
            .iter()
            .map(|(process, lease)| (process.as_str(), lease.report))
    }

    /// Books a report, and fills the lease up as far as tokens reach.
    ///
    /// What is spent is paid from the process's lease. If that was reclaimed, it is paid from the tokens of all.
    pub(super) fn book(&mut self, limit: &FleetLimit, process: &str, report: Report) -> Lease {
        let held = if let Some(lease) = self.leases.get(process) {
            lease.tokens.saturating_sub(report.spent)
        } else {
            self.tokens = self.tokens.saturating_sub(report.spent);
            0
        };
        self.credit(limit, report.calls);
        let granted = report.wanted.saturating_sub(held).min(self.tokens);
        self.tokens -= granted;
        let lease = Lease {
            tokens: held + granted,
            report: report.number,
        };
        self.leases.insert(process.to_owned(), lease);
        lease
    }

    /// Returns the lease of a process that stopped or died to all.
    pub(super) fn reclaim(&mut self, limit: &FleetLimit, process: &str) {
        if let Some(lease) = self.leases.remove(process) {
            self.put(limit, lease.tokens);
        }
    }

    fn credit(&mut self, limit: &FleetLimit, calls: u64) {
        let (retries, per_calls) = (u64::from(limit.retries), u64::from(limit.calls));
        let earned = calls.saturating_mul(retries).saturating_add(self.rest);
        self.rest = earned.checked_rem(per_calls).unwrap_or(0);
        self.put(limit, earned.checked_div(per_calls).unwrap_or(0));
    }

    fn put(&mut self, limit: &FleetLimit, tokens: u64) {
        let room = limit.capacity.saturating_sub(self.tokens);
        self.tokens += tokens.min(room);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(calls: u64, spent: u64, wanted: u64) -> Report {
        Report {
            number: 1,
            calls,
            spent,
            wanted,
        }
    }

    #[test]
    fn credit_is_exact_and_bounded_by_the_capacity() {
        // (retries, calls, capacity, reported, tokens)
        let cases: &[(u32, u32, u64, &[u64], u64)] = &[
            (1, 10, 100, &[9], 0),
            (1, 10, 100, &[9, 1], 1),
            (3, 10, 100, &[1; 100], 30),
            (1, 3, 100, &[1, 1], 0),
            (1, 10, 5, &[1_000], 5),
            (0, 10, 5, &[1_000], 0),
            (1, 0, 5, &[3], 3),
            (u32::MAX, 1, u64::MAX, &[u64::MAX, u64::MAX], u64::MAX),
        ];
        for (retries, calls, capacity, reported, tokens) in cases {
            let limit = FleetLimit::ratio(*retries, *calls, *capacity);
            let mut ledger = Ledger::new(&limit);
            for calls in *reported {
                ledger.book(&limit, "a", report(*calls, 0, 0));
            }
            assert_eq!(ledger.tokens, *tokens, "{limit:?} {reported:?}");
        }
    }

    #[test]
    fn tokens_are_here_leased_or_spent() {
        let limit = FleetLimit::ratio(1, 1, 100).with_reserve(25);
        let mut ledger = Ledger::new(&limit);
        assert_eq!(ledger.book(&limit, "a", report(0, 0, 10)).tokens, 10);
        assert_eq!(ledger.book(&limit, "b", report(0, 0, 10)).tokens, 10);
        assert_eq!(ledger.book(&limit, "c", report(0, 0, 10)).tokens, 5);
        assert_eq!(ledger.book(&limit, "a", report(2, 7, 10)).tokens, 5);
        ledger.reclaim(&limit, "b");
        ledger.reclaim(&limit, "unknown");
        assert_eq!((ledger.tokens, ledger.lease("b")), (10, None));
        // The lease of b was reclaimed although b is alive: what it spent is taken from all.
        assert_eq!(ledger.book(&limit, "b", report(0, 4, 2)).tokens, 2);
        assert_eq!(ledger.tokens, 4);
    }
}
