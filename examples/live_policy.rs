//! A policy in a file that is edited while calls run: new calls see the new policy, and running calls keep theirs.
//!
//! ```text
//! cargo run --example live_policy
//! ```

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use std::{fs, io};

use backoff_settings::{AnySchedule, LivePolicy, PolicySettings, read};
use tokio::time::{Instant, sleep};

/// The policy of every call that begins now.
static LIVE: LivePolicy = LivePolicy::new(AnySchedule::DEFAULT_POLICY);

/// How often the file is looked at. A crate such as `notify` can wake a program sooner.
const INTERVAL: Duration = Duration::from_millis(20);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("retry.toml");
    edit(
        &file,
        "wait 100 ms, make 9 attempts",
        "base = '100ms'\nmax_attempts = 9",
    )?;
    load(&file)?;
    tokio::spawn(watch(file.clone()));

    let running = tokio::spawn(call("one"));
    sleep(Duration::from_millis(250)).await;
    edit(
        &file,
        "wait 10 ms, make 3 attempts",
        "base = '10ms'\nmax_attempts = 3",
    )?;
    sleep(5 * INTERVAL).await;
    call("two").await;
    edit(
        &file,
        "make 0 attempts, which is a mistake",
        "max_attempts = 0",
    )?;
    sleep(5 * INTERVAL).await;
    call("three").await;
    running.await?;
    Ok(())
}

/// Makes a call that fails, and says how often it tried.
async fn call(name: &str) {
    let began = Instant::now();
    let (mut attempts, policy) = (0, LIVE.load());
    let outcome = backoff_tokio::retry(policy, || {
        attempts += 1;
        async { Err::<(), _>(io::Error::other("down")) }
    })
    .await;
    println!(
        "call {name}: {attempts} attempts in {:.1?}, then {outcome:?}",
        began.elapsed()
    );
}

/// Loads the file whenever it has changed. A file that is wrong changes nothing but the log.
async fn watch(file: PathBuf) {
    let mut seen = modified(&file);
    loop {
        sleep(INTERVAL).await;
        let now = modified(&file);
        if now == seen {
            continue;
        }
        seen = now;
        match load(&file) {
            Ok(()) => println!("now: {}", LIVE.load()),
            Err(error) => println!("the policy stays as it is: {error}"),
        }
    }
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|data| data.modified()).ok()
}

fn load(file: &Path) -> Result<(), Box<dyn Error>> {
    let text = fs::read_to_string(file)?;
    let settings: PolicySettings = read(toml::Deserializer::parse(&text)?)?;
    LIVE.store(settings.policy());
    Ok(())
}

/// What an operator does with an editor: writes the new file, and puts it in the place of the old one.
fn edit(file: &Path, what: &str, text: &str) -> io::Result<()> {
    println!("the file says: {what}");
    let new = file.with_extension("new");
    fs::write(
        &new,
        format!("schedule = 'constant'\njitter = 'none'\n{text}\n"),
    )?;
    fs::rename(&new, file)
}
