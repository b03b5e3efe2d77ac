//! A library that leaves the runtime to its caller, in two ways: generic over it, and without a generic in sight.
//!
//! ```text
//! cargo run --example library --features runtimes
//! ```

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::error::Error;
use std::io;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use backoff_driver::{BoxRuntime, ThreadRandom};
use backoff_embassy::{Embassy, SeedableRng, Xoshiro128PlusPlus};
use backoff_smol::AsyncIo;
use backoff_tokio::Tokio;
use embassy_executor::{Executor, Spawner};
use embassy_time::MockDriver;
use library::{Client, greeting, greeting_to_spawn};

mod library {
    use std::future::Future;
    use std::io;
    use std::time::Duration;

    use backoff_core::Policy;
    use backoff_driver::{Attempts, BoxRuntime, Sleeper};

    static POLICY: Policy = Policy::exponential(Duration::from_millis(20), Duration::from_secs(1));

    /// Fetches a greeting on the runtime of the caller. It is `Send` exactly if that runtime is.
    pub(crate) async fn greeting<R: Sleeper>(runtime: R) -> io::Result<String> {
        let mut server = Server { starts_in: 3 };
        let mut attempts = Attempts::new(&POLICY, runtime);
        loop {
            let outcome = attempts.limit(server.greet()).await;
            let Some(pause) = attempts.pause_after(&outcome) else {
                let report = attempts.report();
                break outcome.map(|greeting| format!("{greeting} ({report})"));
            };
            pause.await;
        }
    }

    /// Fetches a greeting on an executor that moves tasks between threads. The bounds say so, as long as the runtime is a
    /// parameter.
    pub(crate) fn greeting_to_spawn<R>(
        runtime: R,
    ) -> impl Future<Output = io::Result<String>> + Send
    where
        R: Sleeper<Sleep: Send> + Send,
    {
        greeting(runtime)
    }

    /// A client that hides its runtime: no parameter here, and none in the types that hold a client.
    pub(crate) struct Client {
        /// A call takes a runtime of its own, because no two calls may share a generator.
        runtime: fn() -> BoxRuntime,
    }

    impl Client {
        pub(crate) fn new(runtime: fn() -> BoxRuntime) -> Self {
            Self { runtime }
        }

        pub(crate) async fn greeting(&self) -> io::Result<String> {
            greeting((self.runtime)()).await
        }
    }

    struct Server {
        starts_in: u32,
    }

    impl Server {
        /// Lends itself to every attempt, as a connection does.
        async fn greet(&mut self) -> io::Result<&'static str> {
            std::future::ready(()).await;
            match self.starts_in.checked_sub(1) {
                None => Ok("hello"),
                Some(left) => {
                    self.starts_in = left;
                    Err(io::ErrorKind::ConnectionRefused.into())
                }
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let task = runtime.spawn(greeting_to_spawn(Tokio));
    println!("tokio:              {}", runtime.block_on(task)??);

    let task = async_std::task::spawn(greeting_to_spawn(AsyncIo)); // the runtime of smol and of async-std
    println!("async-std:          {}", async_std::task::block_on(task)?);

    let task = smol::spawn(greeting_to_spawn(AsyncIo));
    println!("smol:               {}", smol::block_on(task)?);

    println!("embassy:            {}", greeting_on_embassy()??);

    let client = Client::new(|| BoxRuntime::new(Tokio));
    let greeting = runtime.block_on(client.greeting())?;
    println!("a boxed runtime:    {greeting}");
    Ok(())
}

fn greeting_on_embassy() -> Result<io::Result<String>, mpsc::RecvError> {
    // On a computer, embassy has its clock for tests; this thread is the timer that moves it.
    thread::spawn(|| {
        loop {
            thread::sleep(Duration::from_millis(1));
            MockDriver::get().advance(embassy_time::Duration::from_millis(1));
        }
    });
    let (sender, receiver) = mpsc::channel();
    thread::spawn(|| {
        let executor = Box::leak(Box::new(Executor::new()));
        executor.run(|spawner| spawn(spawner, sender));
    });
    receiver.recv()
}

fn spawn(spawner: Spawner, sender: Sender<io::Result<String>>) {
    if let Ok(token) = send_greeting(sender) {
        spawner.spawn(token);
    }
}

#[embassy_executor::task]
async fn send_greeting(sender: Sender<io::Result<String>>) {
    // Firmware seeds it from hardware, differently on every device.
    let random = Xoshiro128PlusPlus::from_rng(&mut ThreadRandom);
    let _ = sender.send(greeting(Embassy::new(random)).await);
}
