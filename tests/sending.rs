//! The kinds of code that a retried operation may be: each function compiles only if its kind works.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use backoff_driver::{Attempts, BoxRuntime};
use backoff_tokio::{Policy, PolicyRef, Sleeper, Tokio};
use tokio::task::JoinHandle;

static POLICY: Policy = Policy::exponential(Duration::from_millis(1), Duration::from_millis(2));

/// A connection whose calls need `&mut self`, and fail until the third.
#[derive(Default)]
struct Connection {
    calls: u32,
}

impl Connection {
    async fn call(&mut self) -> Result<u32, &'static str> {
        tokio::task::yield_now().await;
        self.calls += 1;
        if self.calls < 3 {
            Err("reset")
        } else {
            Ok(self.calls)
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_loop_is_spawned_on_a_multi_thread_runtime_and_borrows_mutably() {
    let task = tokio::spawn(async {
        let mut connection = Connection::default();
        let mut attempts = backoff_tokio::attempts(&POLICY);
        loop {
            let outcome = connection.call().await;
            let Some(pause) = attempts.pause_after(&outcome) else {
                break outcome;
            };
            pause.await;
        }
    });
    assert_eq!(task.await.expect("joined"), Ok(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_closure_form_is_spawned_on_a_multi_thread_runtime() {
    let connection = Arc::new(tokio::sync::Mutex::new(Connection::default()));
    let call = backoff_tokio::retry(&POLICY, move || {
        let connection = Arc::clone(&connection);
        async move { connection.lock().await.call().await }
    })
    .uninterrupted();
    assert_eq!(tokio::spawn(call).await.expect("joined"), Ok(3));
}

/// A library function that leaves the runtime to its caller.
async fn connect<R: Sleeper>(runtime: R) -> Result<u32, &'static str> {
    let mut connection = Connection::default();
    let mut attempts = Attempts::new(&POLICY, runtime);
    loop {
        let outcome = connection.call().await;
        let Some(pause) = attempts.pause_after(&outcome) else {
            break outcome;
        };
        pause.await;
    }
}

/// A library function that spawns, and so asks that the waits can be sent.
fn connect_in_background<R>(runtime: R) -> JoinHandle<Result<u32, &'static str>>
where
    R: Sleeper + Send + 'static,
    R::Sleep: Send,
{
    tokio::spawn(connect(runtime))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_is_generic_over_runtimes_is_spawned() {
    assert_eq!(connect_in_background(Tokio).await.expect("joined"), Ok(3));
}

/// A library function that leaves runtime and policy to its caller, and limits its attempts.
async fn connect_in_time<P: PolicyRef, R: Sleeper>(policy: P, runtime: R) -> io::Result<u32> {
    let mut connection = Connection::default();
    let mut attempts = Attempts::new(policy, runtime);
    loop {
        let attempt = async { connection.call().await.map_err(io::Error::other) };
        let outcome = attempts.limit(attempt).await;
        let Some(pause) = attempts.pause_after(&outcome) else {
            break outcome;
        };
        pause.await;
    }
}

/// A library function that spawns for whatever runtime and policy.
fn connect_in_time_in_background<P, R>(policy: P, runtime: R) -> JoinHandle<io::Result<u32>>
where
    P: PolicyRef + Send + 'static,
    R: Sleeper + Send + 'static,
    R::Sleep: Send,
{
    tokio::spawn(connect_in_time(policy, runtime))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_is_generic_over_runtimes_and_policies_is_spawned() {
    let shared = Arc::new(POLICY.with_max_attempts(4));
    let borrowed: &'static Policy = &POLICY;
    let tasks = [
        connect_in_time_in_background(borrowed, Tokio),
        connect_in_time_in_background(POLICY.with_max_attempts(4), BoxRuntime::new(Tokio)),
        connect_in_time_in_background(shared, BoxRuntime::new(Tokio)),
    ];
    for task in tasks {
        assert_eq!(task.await.expect("joined").ok(), Some(3));
    }
}

#[tokio::test]
async fn an_async_closure_borrows_mutably() {
    let mut connection = Connection::default();
    let outcome = backoff_tokio::attempts(&POLICY)
        .uninterrupted()
        .run(async || connection.call().await)
        .await;
    assert_eq!((outcome, connection.calls), (Ok(3), 3));
}

/// An error that may be sent but not shared.
struct NotSync {
    seen: Cell<u32>,
}

impl fmt::Debug for NotSync {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seen {} times", self.seen.get())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_that_is_not_sync_is_sent() {
    let twice = POLICY.with_max_attempts(2);
    let call = backoff_tokio::retry(&twice, || async {
        Err::<(), _>(NotSync { seen: Cell::new(0) })
    })
    .when(|error: &NotSync| {
        error.seen.set(error.seen.get() + 1);
        true
    })
    .uninterrupted();
    let error = call.await.expect_err("it always fails");
    assert_eq!(error.seen.get(), 1);

    let spawned = tokio::spawn(async {
        let mut attempts = backoff_tokio::attempts(&POLICY);
        loop {
            let outcome = Err::<(), _>(NotSync { seen: Cell::new(0) });
            let Some(pause) = attempts.pause_after(&outcome) else {
                break outcome;
            };
            drop(outcome);
            pause.await;
        }
    });
    assert!(spawned.await.expect("joined").is_err());
}

#[tokio::test(flavor = "current_thread")]
async fn an_operation_that_is_not_send_runs_on_a_single_thread() {
    let calls = Rc::new(Cell::new(0));
    let operation = || {
        let calls = Rc::clone(&calls);
        async move {
            tokio::task::yield_now().await;
            calls.set(calls.get() + 1);
            if calls.get() < 3 {
                Err("reset")
            } else {
                Ok(calls.get())
            }
        }
    };
    assert_eq!(
        backoff_tokio::retry(&POLICY, operation)
            .uninterrupted()
            .await,
        Ok(3)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_made_at_run_time_is_moved_into_the_task() {
    let attempts = std::hint::black_box(4);
    let task = tokio::spawn(async move {
        let policy = POLICY.with_max_attempts(attempts);
        backoff_tokio::retry(&policy, || async { Err::<(), _>("reset") })
            .uninterrupted()
            .reported()
            .await
    });
    let (outcome, report) = task.await.expect("joined");
    assert_eq!((outcome, report.attempts()), (Err("reset"), 4));
}
