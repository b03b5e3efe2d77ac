//! Fetches a URL that fails in many ways, and prints what happens:
//!
//! ```text
//! cargo run --example fetch
//! FETCH_RETRY_MAX_ATTEMPTS=4 cargo run --example fetch -- https://example.org/
//! ```
//!
//! It retries as `fetch.toml` says, and variables like that one override the file.

mod arguments;
mod client;
mod server;
mod settings;
mod timeline;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use backoff_settings::AnySchedule;
use backoff_tokio::{Completion, Policy, Report, outcomes};
use clap::Parser;

use crate::arguments::Arguments;
use crate::client::{Client, Outcome};
use crate::settings::Settings;
use crate::timeline::Timeline;

/// Fetches attempt by attempt: this loop is all that a call needs to survive failures.
async fn fetch(
    client: &Client,
    policy: &Policy<AnySchedule>,
    timeline: &Timeline<'_>,
) -> (Outcome, Report) {
    let mut attempts = backoff_tokio::attempts(policy)
        .when(outcomes(|outcome: &Outcome| client.classify(outcome)))
        .on_event(|event| timeline.event(event));
    let outcome = loop {
        timeline.attempt(attempts.attempt());
        let outcome = attempts.limit(client.send()).await;
        let Some(pause) = attempts.pause_after(&outcome) else {
            break outcome;
        };
        drop(outcome); // a failed response must not hold its memory while we wait
        pause.await;
    };
    (outcome, attempts.report())
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = run(Arguments::parse()).await;
    done.map_or_else(|error| fail(&*error), |()| ExitCode::SUCCESS)
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let settings = Settings::load(&arguments.settings)?;
    let (http, url) = match arguments.url {
        Some(url) => (reqwest::Client::builder(), url),
        None => (client::on_this_machine(), server::start().await?),
    };
    let client = Client::new(http, arguments.method, url, settings.http.rules())?;
    let policy = settings.retry.policy();
    let timeline = Timeline::new(&client, &policy);
    timeline.line(format_args!("{client}\n{policy}\n"));

    let (outcome, report) = fetch(&client, &policy, &timeline).await;

    timeline.end();
    let answer = outcome.map_err(|error| format!("{client}: {error}\n{report}"))?;
    if report.completion() != Some(Completion::Accepted) {
        timeline.line("");
        print(&answer.body)?;
        return Err(format!("{client}: {}\n{report}", answer.status).into());
    }
    timeline.line(format_args!("\n{report}\n"));
    print(&answer.body)?;
    Ok(())
}

/// Prints to standard output, and ends the line.
fn print(text: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text)?;
    if !text.is_empty() && !text.ends_with(b"\n") {
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// Says what went wrong, on standard error.
fn fail(error: &dyn Error) -> ExitCode {
    // Where standard error is closed, the status has to do.
    let _ = writeln!(io::stderr(), "fetch: {error}");
    ExitCode::FAILURE
}
