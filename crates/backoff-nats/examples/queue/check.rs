//! Compares what happened with what the policy says.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::time::Duration;

use crate::journal::{Entry, Line, Settled};
use crate::shop::{DeadLetter, POLICY};

/// What became of all orders.
#[derive(Default)]
pub(crate) struct Outcome {
    orders: u32,
    acknowledged: usize,
    dead_letters: BTreeMap<String, usize>,
    attempts: u64,
    lost_attempts: u64,
    repeated: u64,
    handed_back: u64,
    hinted: u64,
    /// By the number of the failed attempt: the decided delays that no hint lengthened.
    delays: BTreeMap<u32, Vec<Duration>>,
    pub(crate) faults: Vec<String>,
}

/// What is known of one order.
#[derive(Default)]
struct History {
    began: u64,
    settled: u64,
    ended: Option<Duration>,
    acknowledged: bool,
    /// When the message of a sequence number, or its copy, may be attempted again, and whether a hint says so.
    due: HashMap<u64, (Duration, bool)>,
}

pub(crate) fn check(orders: u32, journal: &[Line], letters: &[DeadLetter]) -> Outcome {
    let mut outcome = Outcome {
        orders,
        ..Outcome::default()
    };
    let mut histories: HashMap<u32, History> = HashMap::new();
    for (time, entry) in journal {
        outcome.follow(&mut histories, *time, entry);
    }
    let mut dead = HashSet::new();
    for letter in letters {
        if dead.insert(letter.order) {
            *outcome
                .dead_letters
                .entry(letter.reason.clone())
                .or_default() += 1;
        }
        outcome.check_reason(letter);
    }
    for order in 0..orders {
        let history = histories.remove(&order).unwrap_or_default();
        outcome.finish(order, &history, dead.contains(&order));
    }
    outcome
}

impl Outcome {
    fn follow(&mut self, histories: &mut HashMap<u32, History>, time: Duration, entry: &Entry) {
        match *entry {
            Entry::Began {
                order,
                sequence,
                before,
            } => {
                let history = histories.entry(order).or_default();
                history.began += 1;
                self.repeated += u64::from(history.acknowledged);
                history.ended = None;
                for number in [sequence, before] {
                    if let Some((due, hinted)) = history.due.get(&number)
                        && let Some(early) = due.checked_sub(time).filter(|early| !early.is_zero())
                    {
                        let fault = format!("order {order} came {early:?} early, hinted: {hinted}");
                        self.faults.push(fault);
                    }
                }
            }
            Entry::Ended { order } => histories.entry(order).or_default().ended = Some(time),
            Entry::HandedBack { .. } => self.handed_back += 1,
            Entry::Settled {
                order,
                sequence,
                settled,
            } => {
                let history = histories.entry(order).or_default();
                history.settled += u64::from(history.ended.is_some());
                let ended = history.ended.take();
                match settled {
                    Settled::Acknowledged => history.acknowledged = true,
                    Settled::DeadLettered => {}
                    Settled::Redelivered {
                        attempt,
                        after,
                        hinted,
                    } => {
                        if let Some(ended) = ended {
                            history.due.insert(sequence, (ended + after, hinted));
                        }
                        if hinted {
                            self.hinted += 1;
                        } else {
                            if after > window(attempt) {
                                self.faults
                                    .push(format!("order {order} waited for {after:?}"));
                            }
                            self.delays.entry(attempt).or_default().push(after);
                        }
                    }
                }
            }
        }
    }

    fn check_reason(&mut self, letter: &DeadLetter) {
        let permanent = letter.order.is_multiple_of(50);
        let used_up = POLICY
            .max_attempts()
            .is_some_and(|most| letter.attempts >= most);
        let right = match letter.reason.as_str() {
            "the failure is permanent" => permanent,
            "all attempts are used up" => used_up && !permanent,
            _ => false,
        };
        if !right {
            let DeadLetter {
                order,
                reason,
                attempts,
            } = letter;
            self.faults.push(format!(
                "order {order} is dead after {attempts} attempts: {reason}"
            ));
        }
    }

    fn finish(&mut self, order: u32, history: &History, dead: bool) {
        let lost = history.began.saturating_sub(history.settled);
        self.attempts += history.began;
        self.lost_attempts += lost;
        self.acknowledged += usize::from(history.acknowledged);
        if !history.acknowledged && !dead {
            // Its worker may have been killed between the acknowledgement and the journal.
            if lost == 0 {
                self.faults.push(format!("order {order} is lost"));
            } else {
                self.acknowledged += 1;
            }
        }
        if POLICY
            .max_attempts()
            .is_some_and(|most| history.settled > u64::from(most))
        {
            self.faults
                .push(format!("order {order} had {} attempts", history.settled));
        }
    }
}

/// The window of the delay after this attempt, written out by hand.
fn window(attempt: u32) -> Duration {
    let doubled = Duration::from_millis(200 << (attempt - 1).min(10));
    doubled.min(Duration::from_secs(2))
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>7} orders", self.orders)?;
        writeln!(f, "{:>7} acknowledged", self.acknowledged)?;
        for (reason, letters) in &self.dead_letters {
            writeln!(f, "{letters:>7} dead letters: {reason}")?;
        }
        writeln!(f, "{:>7} attempts", self.attempts)?;
        writeln!(
            f,
            "{:>7} of them lost with their worker",
            self.lost_attempts
        )?;
        let what = "of them for orders whose acknowledgement the killed server forgot";
        writeln!(f, "{:>7} {what}", self.repeated)?;
        writeln!(
            f,
            "{:>7} early deliveries of a restarted server, handed back",
            self.handed_back
        )?;
        writeln!(f, "{:>7} redeliveries after a hint of 1 s", self.hinted)?;
        writeln!(
            f,
            "\nattempt  redeliveries    window   shortest      mean    longest   (ms)"
        )?;
        for (attempt, delays) in &self.delays {
            let window = window(*attempt);
            let shortest = delays.iter().min().copied().unwrap_or_default();
            let longest = delays.iter().max().copied().unwrap_or_default();
            let mean =
                delays.iter().sum::<Duration>() / u32::try_from(delays.len()).unwrap_or(u32::MAX);
            let [window, shortest, mean, longest] =
                [window, shortest, mean, longest].map(|it| it.as_millis());
            let count = delays.len();
            writeln!(
                f,
                "{attempt:>7}{count:>14}{window:>10}{shortest:>11}{mean:>10}{longest:>11}"
            )?;
        }
        for fault in &self.faults {
            writeln!(f, "FAULT: {fault}")?;
        }
        if self.faults.is_empty() {
            writeln!(f, "\nNothing is lost, and no order came early.")?;
        }
        Ok(())
    }
}
