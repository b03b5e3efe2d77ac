//! The background task that leases retries.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use backoff_tokio::{Clock, Jitter, Policy, Runtime, Tokio};
use tokio::time::{sleep, timeout};

use super::lease::Lease;
use super::ledger::{Ledger, Report};
use super::limit::FleetLimit;
use super::store::LedgerStore;

/// How often a report is repeated at once when other processes were faster.
const CONFLICTS: u32 = 20;

/// The shortest time between two reports, so that a small lease does not turn every retry into a report.
const GAP: Duration = Duration::from_millis(20);

/// The task that leases retries for a [`FleetBudget`](super::FleetBudget). Made by
/// [`FleetBudget::new`](super::FleetBudget::new).
#[must_use = "without its keeper, a fleet's budget has no lease"]
pub struct Keeper<S> {
    limit: FleetLimit,
    store: S,
    lease: Arc<Lease>,
    process: String,
    /// The tokens of this process in the ledger.
    booked: u64,
    /// Whether any report was booked.
    registered: bool,
    complained: bool,
    reports: u64,
    pending: Option<Pending>,
    /// The report number of each process, and when it was first seen.
    seen: HashMap<String, (u64, Duration)>,
}

/// A report that may have been booked.
#[derive(Clone, Copy)]
struct Pending {
    report: Report,
    /// The tokens that were left when it was made.
    left: u64,
    began: Duration,
}

impl<S: LedgerStore> Keeper<S> {
    pub(super) fn new(limit: FleetLimit, store: S, lease: Arc<Lease>) -> Self {
        let words = [0; 4].map(|_| Tokio.random());
        Self {
            limit,
            store,
            lease,
            process: words.map(|word| format!("{word:08x}")).concat(),
            booked: 0,
            registered: false,
            complained: false,
            reports: 0,
            pending: None,
            seen: HashMap::new(),
        }
    }

    /// Leases retries until `stop` is ready, and then gives back what is left.
    ///
    /// If the task is dropped instead, the lease returns to the fleet after its lifetime.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        loop {
            self.report(self.limit.lease).await;
            // Processes that start together must not report together.
            let pause = drawn(self.limit.interval, Jitter::Equal);
            let starved = self.booked < self.limit.lease;
            tokio::select! {
                biased;
                () = &mut stop => break,
                () = sleep(pause) => {}
                // Where all are short of tokens, asking sooner would only load the store.
                () = self.lease.low.notified(), if !starved => sleep(GAP.min(pause)).await,
            }
        }
        if self.pending.is_some() {
            self.report(self.limit.lease).await;
        }
        self.report(0).await;
    }

    /// Reports to the ledger. If the store does not answer, the report stays pending.
    async fn report(&mut self, wanted: u64) {
        for _ in 0..CONFLICTS {
            match timeout(self.limit.lifetime() / 4, self.try_report(wanted)).await {
                Ok(Ok(true)) => return,
                Ok(Ok(false)) => sleep(drawn(GAP, Jitter::Full)).await,
                Ok(Err(error)) => return self.complain(&error),
                Err(_) => return self.complain("no answer in time"),
            }
        }
    }

    /// Logs that the store is out of reach, once until it is back.
    fn complain(&mut self, error: &str) {
        if !std::mem::replace(&mut self.complained, true) {
            log::warn!("the budget of the fleet is out of reach: {error}");
        }
    }

    /// Returns `false` if another process was faster.
    async fn try_report(&mut self, wanted: u64) -> Result<bool, String> {
        let began = Tokio.now();
        let stored = self.store.load().await.map_err(|error| error.to_string())?;
        let mut ledger: Ledger = if stored.value.is_empty() {
            Ledger::new(&self.limit)
        } else {
            serde_json::from_slice(&stored.value)
                .map_err(|error| format!("the ledger cannot be read: {error}"))?
        };
        let pending = self.next_report(&ledger, wanted, began);
        let booked = ledger
            .lease(&self.process)
            .filter(|lease| lease.report == pending.report.number);
        if let Some(lease) = booked {
            // An earlier try was booked, although its answer was lost.
            self.settle(pending, lease.tokens, pending.began);
            return Ok(true);
        }
        self.reclaim_silent(&mut ledger, began);
        let lease = ledger.book(&self.limit, &self.process, pending.report);
        if wanted == 0 {
            ledger.reclaim(&self.limit, &self.process);
        }
        let value = serde_json::to_vec(&ledger).map_err(|error| error.to_string())?;
        let replaced = self.store.replace(stored.version, value).await;
        if replaced.map_err(|error| error.to_string())? {
            self.settle(pending, lease.tokens, began);
            return Ok(true);
        }
        Ok(false)
    }

    /// Returns the report that is pending, or makes one.
    fn next_report(&mut self, ledger: &Ledger, wanted: u64, began: Duration) -> Pending {
        let reclaimed = self.registered && ledger.lease(&self.process).is_none();
        if let Some(pending) = self.pending.filter(|_| !reclaimed) {
            return pending;
        }
        // After a reclaim nothing is left, and a pending report is not repeated: it may have been credited before.
        let left = if wanted == 0 || reclaimed {
            self.lease.clear()
        } else {
            self.lease.tokens()
        };
        self.reports += 1;
        let report = Report {
            number: self.reports,
            calls: self.lease.take_calls(),
            spent: self.booked.saturating_sub(left),
            wanted,
        };
        let left = if reclaimed { 0 } else { left };
        let pending = Pending {
            report,
            left,
            began,
        };
        self.pending = Some(pending);
        pending
    }

    /// Takes over what was booked.
    fn settle(&mut self, pending: Pending, tokens: u64, began: Duration) {
        (self.pending, self.registered, self.complained) = (None, true, false);
        self.booked = tokens;
        if pending.report.wanted > 0 {
            let granted = tokens.saturating_sub(pending.left);
            self.lease
                .grant(granted, began.saturating_add(self.limit.lifetime()));
        }
    }

    /// Reclaims the leases of processes whose report number has not changed for longer than a lease lives.
    ///
    /// A process ends its own lease by its own clock, a lifetime after it began to write the report. That is before this
    /// process can have seen the report first, so no lease is spent and reclaimed at the same time.
    fn reclaim_silent(&mut self, ledger: &mut Ledger, now: Duration) {
        let patience = self.limit.lifetime().saturating_add(self.limit.interval);
        let mut seen = HashMap::new();
        let mut silent = Vec::new();
        for (process, report) in ledger
            .leases()
            .filter(|(process, _)| *process != self.process)
        {
            let since = match self.seen.get(process) {
                Some((last, since)) if *last == report => *since,
                _ => now,
            };
            if now.saturating_sub(since) > patience {
                silent.push(process.to_owned());
            } else {
                seen.insert(process.to_owned(), (report, since));
            }
        }
        self.seen = seen;
        for process in silent {
            ledger.reclaim(&self.limit, &process);
        }
    }
}

fn drawn(window: Duration, jitter: Jitter) -> Duration {
    let policy = Policy::constant(window).with_jitter(jitter);
    policy.delays(|| Tokio.random()).next().unwrap_or(window)
}

impl<S> fmt::Debug for Keeper<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper")
            .field("process", &self.process)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}
