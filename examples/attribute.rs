//! A method that an attribute retries: it takes `&mut self` and a borrowed argument, and its body uses `?`.

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::error::Error;
use std::fmt;
use std::time::Duration;

use backoff_tokio::{Event, Policy, TimedOut};

static POLICY: Policy = Policy::exponential(Duration::from_millis(50), Duration::from_secs(1));

#[derive(Debug)]
enum QueryError {
    Busy,
    NoSuchUser(String),
    TimedOut(TimedOut),
}

/// The error of an attempt that the policy's limits interrupt.
impl From<TimedOut> for QueryError {
    fn from(cut: TimedOut) -> Self {
        Self::TimedOut(cut)
    }
}

impl QueryError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Busy | Self::TimedOut(_))
    }
}

struct Database {
    busy_for: u32,
}

impl Database {
    /// The body is tried again after each transient error.
    #[backoff_tokio::retry(POLICY, when = QueryError::is_transient, on_event = print)]
    async fn greeting(&mut self, user: &str) -> Result<String, QueryError> {
        let name = self.query(user).await?;
        Ok(format!("hello, {name}"))
    }

    async fn query(&mut self, user: &str) -> Result<String, QueryError> {
        tokio::task::yield_now().await;
        if let Some(left) = self.busy_for.checked_sub(1) {
            self.busy_for = left;
            return Err(QueryError::Busy);
        }
        match user {
            "ada" => Ok("Ada Lovelace".to_owned()),
            _ => Err(QueryError::NoSuchUser(user.to_owned())),
        }
    }
}

fn print<O>(event: &Event<'_, O>) {
    println!("  {event}");
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut database = Database { busy_for: 2 };
    println!("{}", database.greeting("ada").await?);
    match database.greeting("bob").await {
        Ok(greeting) => println!("{greeting}"),
        Err(error) => println!("{error}"),
    }
    Ok(())
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("the database is busy"),
            Self::NoSuchUser(user) => write!(f, "there is no user {user}"),
            Self::TimedOut(cut) => cut.fmt(f),
        }
    }
}

impl Error for QueryError {}
