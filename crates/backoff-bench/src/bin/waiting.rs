//! What a retried call costs while it waits: many tasks on one thread of tokio, each of which failed once and sleeps.
//!
//! `waiting run SUBJECT TASKS` makes so many in a process of its own, under a paused clock, so that nothing waits for
//! real. Heap bytes are those in use when all of them wait: a task, its future and its timer. The peak of resident
//! memory and the CPU time are those of the whole process, which runs all tasks to their end.

use std::env;
use std::fs;
use std::future::Future;
use std::hint::black_box;
use std::process::Command;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use backoff_bench::{Reset, print_number};
use backoff_core::Policy;
use tokio::runtime::Builder;
use tokio::task::yield_now;

const BASE: Duration = Duration::from_secs(10);
const MAX: Duration = Duration::from_secs(20);

static POLICY: Policy = Policy::exponential(BASE, MAX);

const TASKS: [usize; 2] = [100_000, 1_000_000];

type Start = fn();

const SUBJECTS: &[(&str, Start)] = &[
    ("hand-written loop", || spawn(hand_written())),
    ("backoff-tokio future", || {
        let mut calls = Calls(0);
        spawn(backoff_tokio::retry(&POLICY, move || calls.send()));
    }),
    ("backoff-tokio future, uninterrupted", || {
        let mut calls = Calls(0);
        spawn(backoff_tokio::retry(&POLICY, move || calls.send()).uninterrupted());
    }),
    ("backoff-tokio loop", || spawn(tokio_loop())),
    ("backoff-tokio loop, uninterrupted", || {
        spawn(tokio_loop_uninterrupted());
    }),
    ("backon", || spawn(backon())),
    ("backoff 0.4", || spawn(backoff_0_4())),
    ("tokio-retry", || spawn(tokio_retry())),
    ("tokio-retry2", || spawn(tokio_retry2())),
    ("tryhard", || spawn(tryhard())),
];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => every_subject(),
        ["run", name, tasks] => {
            let subject = SUBJECTS.iter().find(|(subject, _)| *subject == name);
            let (_, start) = subject.expect("a subject of this program");
            println!("{}", run(*start, tasks.parse().expect("a number")));
        }
        _ => panic!("arguments: none, or run SUBJECT TASKS"),
    }
}

fn every_subject() {
    for tasks in TASKS {
        for (name, _) in SUBJECTS {
            let myself = env::current_exe().expect("the path of this program");
            let mut command = Command::new(myself);
            let output = command.args(["run", name, &tasks.to_string()]).output();
            let output = String::from_utf8(output.expect("a run").stdout).expect("text");
            let measures = ["heap bytes each", "peak MiB", "CPU seconds"];
            for (measure, number) in measures.iter().zip(output.split_whitespace()) {
                let number = number.parse().expect("a number");
                print_number(name, &format!("{tasks} waiting calls, {measure}"), number);
            }
        }
    }
}

static FAILED: AtomicUsize = AtomicUsize::new(0);
static DONE: AtomicUsize = AtomicUsize::new(0);

/// Heap bytes of each task, peak of resident memory in MiB, and CPU time in seconds.
fn run(start: Start, tasks: usize) -> String {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime");
    let heap = allocation_counter::measure(|| {
        runtime.block_on(async {
            for _ in 0..tasks {
                start();
            }
            while FAILED.load(Relaxed) < tasks {
                yield_now().await;
            }
        });
    });
    runtime.block_on(async {
        while DONE.load(Relaxed) < tasks {
            tokio::time::sleep(MAX).await;
        }
    });
    let each = heap.bytes_current as f64 / tasks as f64;
    format!("{each:.1} {:.1} {:.2}", peak_mebibytes(), cpu_seconds())
}

fn peak_mebibytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kibibytes.expect("kibibytes") / 1024.0
}

/// User and system time, of which Linux counts 100 ticks per second.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, fields) = stat.rsplit_once(") ").expect("the name of the program");
    let ticks = fields
        .split(' ')
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<f64>().expect("ticks"));
    ticks.sum::<f64>() / 100.0
}

fn spawn<T: Send + 'static>(call: impl Future<Output = Result<T, Reset>> + Send + 'static) {
    tokio::spawn(call);
}

/// The calls of one task: the first fails, the second succeeds.
struct Calls(u64);

impl Calls {
    /// An operation of 16 bytes.
    fn send(&mut self) -> impl Future<Output = Result<u64, Reset>> + Send + use<> {
        self.0 += 1;
        let call = black_box(self.0);
        async move {
            if call == 1 {
                FAILED.fetch_add(1, Relaxed);
                return Err(Reset);
            }
            DONE.fetch_add(1, Relaxed);
            Ok(call)
        }
    }
}

async fn hand_written() -> Result<u64, Reset> {
    let mut calls = Calls(0);
    let mut window = BASE;
    for _ in 1..5 {
        if let Ok(value) = calls.send().await {
            return Ok(value);
        }
        tokio::time::sleep(window).await;
        window = (window * 2).min(MAX);
    }
    calls.send().await
}

async fn tokio_loop() -> Result<u64, Reset> {
    let mut calls = Calls(0);
    let mut attempts = backoff_tokio::attempts(&POLICY);
    loop {
        let outcome = attempts.limit(calls.send()).await;
        let Some(pause) = attempts.pause_after(&outcome) else {
            break outcome;
        };
        pause.await;
    }
}

async fn tokio_loop_uninterrupted() -> Result<u64, Reset> {
    let mut calls = Calls(0);
    let mut attempts = backoff_tokio::attempts(&POLICY);
    loop {
        let outcome = calls.send().await;
        let Some(pause) = attempts.pause_after(&outcome) else {
            break outcome;
        };
        pause.await;
    }
}

async fn backon() -> Result<u64, Reset> {
    use backon::{ExponentialBuilder, Retryable};
    let mut calls = Calls(0);
    let builder = ExponentialBuilder::new()
        .with_min_delay(BASE)
        .with_max_delay(MAX)
        .with_max_times(4)
        .with_jitter();
    (move || calls.send()).retry(builder).await
}

async fn backoff_0_4() -> Result<u64, Reset> {
    let mut calls = Calls(0);
    let policy = backoff::ExponentialBackoffBuilder::new()
        .with_initial_interval(BASE)
        .with_max_interval(MAX)
        .build();
    let operation = move || {
        let call = calls.send();
        async move { call.await.map_err(backoff::Error::transient) }
    };
    backoff::future::retry(policy, operation).await
}

async fn tokio_retry() -> Result<u64, Reset> {
    use tokio_retry::strategy::{FixedInterval, jitter};
    let mut calls = Calls(0);
    let strategy = FixedInterval::new(BASE).map(jitter).take(4);
    tokio_retry::Retry::start(strategy, move || calls.send()).await
}

async fn tokio_retry2() -> Result<u64, Reset> {
    use tokio_retry2::RetryError;
    use tokio_retry2::strategy::{FixedInterval, jitter};
    let mut calls = Calls(0);
    let strategy = FixedInterval::new(BASE).map(jitter).take(4);
    let operation = move || {
        let call = calls.send();
        async move { call.await.map_err(RetryError::transient) }
    };
    tokio_retry2::Retry::spawn(strategy, operation).await
}

async fn tryhard() -> Result<u64, Reset> {
    let mut calls = Calls(0);
    tryhard::retry_fn(move || calls.send())
        .retries(4)
        .exponential_backoff(BASE)
        .max_delay(MAX)
        .await
}
