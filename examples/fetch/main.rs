//! Fetches a URL that fails in many ways, and prints what happens:
//!
//! ```text
//! cargo run --example fetch
//! cargo run --example fetch -- https://example.org/ --attempts 4
//! ```

mod arguments;
mod client;
mod server;
mod timeline;

use std::error::Error;
use std::fmt::{self, Display};
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use backoff_tokio::{Completion, Policy, Report, outcomes};

use crate::arguments::Arguments;
use crate::client::{Client, Outcome};
use crate::timeline::Timeline;

/// The settings of the policy that the command line can change.
#[derive(Clone, Copy, Debug)]
struct Limits {
    attempts: u32,
    base: Duration,
    deadline: Duration,
    max: Duration,
    timeout: Duration,
}

impl Limits {
    /// The one policy of this program.
    const fn policy(&self) -> Policy {
        Policy::exponential(self.base, self.max)
            .with_max_attempts(self.attempts)
            .with_deadline(self.deadline)
            .with_attempt_timeout(self.timeout)
    }
}

/// Fetches attempt by attempt: this loop is all that a call needs to survive failures.
async fn fetch(client: &Client, policy: &Policy, timeline: &Timeline<'_>) -> (Outcome, Report) {
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
    let done = run(Arguments::read()).await;
    done.map_or_else(|error| fail(&*error), |()| ExitCode::SUCCESS)
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let limits = arguments.limits();
    let (http, url) = match arguments.url {
        Some(url) => (reqwest::Client::builder(), url),
        None => (client::on_this_machine(), server::start().await?),
    };
    let client = Client::new(http, arguments.method, url)?;
    let policy = limits.policy();
    let timeline = Timeline::new(&client, &policy);
    timeline.line(format_args!("{client}\n{limits}\n"));

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

impl Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            attempts,
            base,
            deadline,
            max,
            timeout,
        } = self;
        write!(
            f,
            "attempts: at most {attempts} of {timeout:?} each within {deadline:?}; windows: from {base:?}, doubling up to {max:?}"
        )
    }
}
