//! A library that leaves the runtime to its caller, used on four of them.
//!
//! The library names neither a clock nor a generator; its caller brings both.

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::error::Error;
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use backoff_async_std::AsyncStd;
use backoff_embassy::{Embassy, SeedableRng, Xoshiro128PlusPlus};
use backoff_smol::Smol;
use backoff_tokio::{ThreadRandom, Tokio};
use embassy_executor::{Executor, Spawner};
use embassy_time::MockDriver;
use library::{Greeting, greeting, greeting_to_spawn};

mod library {
    use std::future::{Future, ready};
    use std::time::Duration;

    use backoff_core::Policy;
    use backoff_driver::{Attempts, Sleeper};
    use rand_core::Rng;

    pub(crate) type Greeting = Result<String, &'static str>;

    static POLICY: Policy = Policy::exponential(Duration::from_millis(20), Duration::from_secs(1));

    /// Fetches a greeting from a server that is not there yet.
    ///
    /// Whether it can be sent is for its caller's clock and generator to say, and is asked nowhere.
    pub(crate) async fn greeting<Z: Sleeper, R: Rng>(sleeper: Z, random: R) -> Greeting {
        let mut server = Server { starts_in: 3 };
        let mut attempts = Attempts::new(&POLICY, sleeper, random);
        loop {
            let outcome = server.greet().await;
            let Some(pause) = attempts.pause_after(&outcome) else {
                let report = attempts.report();
                break outcome.map(|greeting| format!("{greeting} ({report})"));
            };
            pause.await;
        }
    }

    /// The same for work-stealing executors: where the clock is still a parameter, being sent must be asked for.
    pub(crate) fn greeting_to_spawn<Z, R>(
        sleeper: Z,
        random: R,
    ) -> impl Future<Output = Greeting> + Send
    where
        Z: Sleeper + Send,
        Z::Sleep: Send,
        R: Rng + Send,
    {
        greeting(sleeper, random)
    }

    struct Server {
        starts_in: u32,
    }

    impl Server {
        /// Lends itself to every attempt, as a connection does.
        async fn greet(&mut self) -> Result<&'static str, &'static str> {
            match self.starts_in.checked_sub(1) {
                None => ready(Ok("hello")).await,
                Some(left) => {
                    self.starts_in = left;
                    ready(Err("refused")).await
                }
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let task = runtime.spawn(greeting_to_spawn(Tokio, ThreadRandom));
    println!("tokio:     {}", runtime.block_on(task)??);

    let task = async_std::task::spawn(greeting_to_spawn(AsyncStd, ThreadRandom));
    println!("async-std: {}", async_std::task::block_on(task)?);

    let task = smol::spawn(greeting_to_spawn(Smol, ThreadRandom));
    println!("smol:      {}", smol::block_on(task)?);

    println!("embassy:   {}", greeting_on_embassy()??);
    Ok(())
}

fn greeting_on_embassy() -> Result<Greeting, mpsc::RecvError> {
    // On a computer, embassy's clock for tests; this thread is the timer that moves it.
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

fn spawn(spawner: Spawner, sender: Sender<Greeting>) {
    if let Ok(token) = send_greeting(sender) {
        spawner.spawn(token);
    }
}

#[embassy_executor::task]
async fn send_greeting(sender: Sender<Greeting>) {
    // Firmware seeds it from hardware, differently on every device.
    let random = Xoshiro128PlusPlus::from_rng(&mut ThreadRandom);
    let _ = sender.send(greeting(Embassy, random).await);
}
