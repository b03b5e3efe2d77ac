//! What the documentation of a batch says of its items, one by one.

use core::time::Duration;

use backoff_core::{DeadlineRule, Decision, GiveUp, Policy, RetryState};
use backoff_driver::{Completion, Pacing, Report};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::Rng;

use super::Outcome;
use crate::exact;
use crate::input::Plan;

/// A batch that began when its clock stood at zero.
pub(super) struct Model<'c> {
    pacing: Pacing,
    items: Vec<Item<'c>>,
    /// What the waits of a round are drawn with, where they are drawn together.
    random: Option<u32>,
    /// How many operations may be under way.
    limit: usize,
    /// Since when there is room for another; `None` where there is none.
    room: Option<Duration>,
}

pub(super) struct Item<'c> {
    policy: &'c Policy<&'c Plan>,
    call: RetryState<&'c Policy<&'c Plan>>,
    random: Xoshiro128PlusPlus,
    attempts: u32,
    /// What the waits come to, and the time of the call at which the last of them ends.
    slept: u64,
    rested: u64,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    Due {
        since: Duration,
    },
    Final {
        at: Duration,
        completion: Completion,
    },
    UnderWay {
        since: Duration,
    },
    Waiting {
        until: Duration,
    },
}

impl<'c> Item<'c> {
    pub(super) fn new(policy: &'c Policy<&'c Plan>, random: Xoshiro128PlusPlus) -> Self {
        let since = Duration::ZERO;
        Self {
            policy,
            call: policy.start(),
            random,
            attempts: 0,
            slept: 0,
            rested: 0,
            stage: Stage::Due { since },
        }
    }

    /// Whether no further attempt may start. The first one may: there is no outcome to end with.
    fn is_late(&self, now: Duration) -> bool {
        let deadline = self.policy.deadline().unwrap_or(Duration::MAX);
        self.attempts > 0
            && elapsed(now) > deadline
            && self.policy.deadline_rule() != DeadlineRule::ClampToRemaining
    }

    fn end_late(&mut self, now: Duration) {
        self.wake_up(now);
        self.stage = Stage::Final {
            at: now,
            completion: Completion::GaveUp(GiveUp::Deadline),
        };
    }

    /// Takes what was not slept off the last wait.
    fn wake_up(&mut self, now: Duration) {
        let unslept = self.rested.saturating_sub(exact::nanos(elapsed(now)));
        self.slept = self.slept.saturating_sub(unslept);
        self.rested -= unslept;
    }

    fn is_due(&self) -> bool {
        matches!(self.stage, Stage::Due { .. })
    }

    fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::UnderWay { .. })
    }

    fn waits_until(&self) -> Option<Duration> {
        match self.stage {
            Stage::Waiting { until } => Some(until),
            _ => None,
        }
    }
}

impl<'c> Model<'c> {
    pub(super) fn new(pacing: Pacing, items: Vec<Item<'c>>) -> Self {
        Self {
            pacing,
            items,
            random: None,
            limit: 0,
            room: None,
        }
    }

    /// How many attempts of an item have come to their end.
    pub(super) fn attempts(&self, index: usize) -> usize {
        self.items[index].attempts as usize
    }

    /// When the next round is due, as far as anything waits.
    pub(super) fn until(&self) -> Option<Duration> {
        let waits = self.items.iter().filter_map(Item::waits_until);
        match self.pacing {
            Pacing::Apart => waits.min(),
            Pacing::Together => waits.max(),
        }
    }

    /// The items of a round: those that are due or, where none is, those for which the next round waits.
    pub(super) fn begin_round(&mut self, now: Duration) -> Vec<usize> {
        self.random = None;
        if self.pacing == Pacing::Apart {
            self.wake(now, now);
        }
        self.end_late_ones(now);
        while !self.items.iter().any(Item::is_due) {
            let Some(until) = self.until() else { break };
            self.wake(until, now);
            self.end_late_ones(now);
        }
        let items = self.items.iter().enumerate();
        items
            .filter_map(|(index, item)| item.is_due().then_some(index))
            .collect()
    }

    fn wake(&mut self, by: Duration, now: Duration) {
        for item in &mut self.items {
            if let Some(until) = item.waits_until().filter(|until| *until <= by) {
                let since = until.min(now);
                item.stage = Stage::Due { since };
            }
        }
    }

    fn end_late_ones(&mut self, now: Duration) {
        for item in &mut self.items {
            if item.is_due() && item.is_late(now) {
                item.end_late(now);
            }
        }
    }

    /// The call of an item has ended at its deadline: if that was no decision about an outcome, the deadline passed while
    /// the item waited, for its time or for room.
    pub(super) fn end_at_deadline(&mut self, index: usize, now: Duration) {
        let item = &mut self.items[index];
        if !matches!(item.stage, Stage::Final { .. }) {
            assert!(
                !item.is_under_way() && item.is_late(now),
                "item {index} is not late"
            );
            item.end_late(now);
        }
    }

    /// Operations are run from now on, and as many at a time.
    pub(super) fn begin_run(&mut self, now: Duration, limit: usize) {
        self.limit = limit;
        self.room = Some(now);
    }

    /// An operation begins as soon as its item is due and there is room, unless its deadline has passed.
    pub(super) fn set_out(&mut self, index: usize, now: Duration) {
        let together = self.pacing == Pacing::Together;
        if together && !self.is_amid_round(now) {
            self.random = None;
            self.wake(Duration::MAX, Duration::MAX);
        }
        assert!(
            !self.items[index].is_late(now),
            "item {index} is tried after its deadline"
        );
        let since = match self.items[index].stage {
            Stage::Due { since } => since,
            Stage::Waiting { until } if !together => until,
            stage => panic!("item {index} is tried while {stage:?}"),
        };
        let room = self.room.expect("no more at a time than the limit");
        assert_eq!(now, since.max(room), "item {index} is tried late or early");
        self.items[index].stage = Stage::UnderWay { since };
        if self.under_way() == self.limit {
            self.room = None;
        }
    }

    fn is_amid_round(&self, now: Duration) -> bool {
        let mut items = self.items.iter();
        items.any(|item| item.is_under_way() || item.is_due() && !item.is_late(now))
    }

    fn under_way(&self) -> usize {
        self.items.iter().filter(|item| item.is_under_way()).count()
    }

    /// An operation is dropped, and its item is as due as before.
    pub(super) fn cancel(&mut self, index: usize) {
        if let Stage::UnderWay { since } = self.items[index].stage {
            self.items[index].stage = Stage::Due { since };
        }
    }

    /// An attempt has come to its end.
    pub(super) fn settle(&mut self, index: usize, outcome: Outcome, now: Duration) {
        if self.under_way() == self.limit {
            self.room = Some(now);
        }
        let item = &mut self.items[index];
        item.wake_up(now);
        item.attempts += 1;
        item.stage = match outcome {
            Ok(()) => Stage::Final {
                at: now,
                completion: Completion::Accepted,
            },
            Err(failure) => {
                let random = match self.pacing {
                    Pacing::Apart => item.random.next_u32(),
                    Pacing::Together => *self.random.get_or_insert_with(|| item.random.next_u32()),
                };
                match item.call.on_failure(elapsed(now), failure, random) {
                    Decision::GiveUp(reason) => Stage::Final {
                        at: now,
                        completion: Completion::GaveUp(reason),
                    },
                    Decision::Retry { after } => {
                        let after_nanos = exact::returned(after);
                        item.slept = item.slept.saturating_add(after_nanos);
                        item.rested = exact::nanos(elapsed(now)).saturating_add(after_nanos);
                        Stage::Waiting {
                            until: now.saturating_add(after),
                        }
                    }
                }
            }
        };
        self.end_round(now);
    }

    /// Where items wait together, they do so for the longest wait and for the last of the attempts.
    fn end_round(&mut self, now: Duration) {
        if self.pacing == Pacing::Apart || self.is_amid_round(now) {
            return;
        }
        let until = self.until().unwrap_or_default().max(now);
        for item in &mut self.items {
            if item.waits_until().is_some() {
                item.stage = Stage::Waiting { until };
            }
        }
    }

    /// Checks what is told of an item in the end.
    pub(super) fn check_report(&self, index: usize, report: &Report) {
        let item = &self.items[index];
        let Stage::Final { at, completion } = item.stage else {
            panic!("item {index} is {:?} in the end", item.stage);
        };
        assert_eq!(
            (report.attempts(), report.completion()),
            (item.attempts, Some(completion))
        );
        assert_eq!(report.elapsed(), elapsed(at));
        assert_eq!(report.slept(), exact::duration(item.slept.into()));
    }
}

/// The time since the batch began; half of the range stands for a clock that went back.
fn elapsed(now: Duration) -> Duration {
    match exact::nanos(now) {
        nanos if nanos <= u64::MAX / 2 => Duration::from_nanos(nanos),
        _ => Duration::ZERO,
    }
}
