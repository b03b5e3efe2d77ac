//! Many messages, of which only those that failed are sent again: all in one request, or each in its own.

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use backoff_tokio::{Batch, Failure, Pacing, Policy, Slot, TimedOut};

static POLICY: Policy = Policy::exponential(Duration::from_millis(50), Duration::from_secs(1));

/// Why a message was not taken.
#[derive(Clone, Copy, Debug)]
enum Refusal {
    Busy { retry_after: Duration },
    Empty,
    TimedOut,
}

impl From<TimedOut> for Refusal {
    fn from(_: TimedOut) -> Self {
        Self::TimedOut
    }
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "a classifier takes its error by reference"
)]
fn classify(refusal: &Refusal) -> Failure {
    match refusal {
        Refusal::Busy { retry_after } => Failure::throttled().with_retry_after(*retry_after),
        Refusal::Empty => Failure::permanent(),
        Refusal::TimedOut => Failure::transient(),
    }
}

/// A queue that has no room for some messages when it first sees them.
#[derive(Default)]
struct Queue {
    seen: Mutex<BTreeSet<&'static str>>,
}

impl Queue {
    fn answer(&self, message: &'static str) -> Result<usize, Refusal> {
        let is_new = self.seen.lock().is_ok_and(|mut seen| seen.insert(message));
        match message.len() {
            length @ 9.. if is_new => Err(Refusal::Busy {
                retry_after: Duration::from_millis(10 * length as u64),
            }),
            0 => Err(Refusal::Empty),
            length => Ok(length),
        }
    }

    /// One request for many messages.
    async fn send_all(&self, messages: &[&'static str]) -> Vec<Result<usize, Refusal>> {
        println!("  sending {messages:?}");
        tokio::task::yield_now().await;
        messages
            .iter()
            .map(|message| self.answer(message))
            .collect()
    }

    /// One request for one message.
    async fn send(&self, message: &'static str) -> Result<usize, Refusal> {
        println!("  sending {message:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.answer(message)
    }
}

const MESSAGES: [&str; 5] = ["temperature", "rain", "humidity 93 %", "", "wind"];

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("all in one request, those that failed together after the longest wait:");
    in_one_request().await;
    println!("\ntwo at a time, each after its own wait:");
    one_by_one().await;
}

async fn in_one_request() {
    let queue = Queue::default();
    let mut slots = MESSAGES.map(|_| Slot::new(backoff_tokio::attempts(&POLICY).when(classify)));
    let mut batch = Batch::new(&MESSAGES, &mut slots);
    while let Some(round) = batch.round() {
        let messages: Vec<_> = round.items().copied().collect();
        let mut answers = queue.send_all(&messages).await.into_iter();
        let pause = round.pause_after(|_| answers.next().unwrap_or(Err(Refusal::TimedOut)));
        if let Some(pause) = pause {
            pause.await;
        }
    }
    for (message, slot) in MESSAGES.iter().zip(&slots) {
        println!("{message:?}: {:?}, {}", slot.outcome(), slot.report());
    }
}

async fn one_by_one() {
    let queue = Queue::default();
    let mut slots = MESSAGES.map(|_| Slot::new(backoff_tokio::attempts(&POLICY).when(classify)));
    let mut batch = Batch::new(&MESSAGES, &mut slots).with_pacing(Pacing::Apart);
    batch.each(2, |message| queue.send(message)).await;
    for (message, slot) in MESSAGES.iter().zip(&slots) {
        println!("{message:?}: {:?}, {}", slot.outcome(), slot.report());
    }
}
