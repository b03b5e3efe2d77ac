//! A method that is retried by an attribute: `&mut self`, a borrowed argument, `?` and all.

#![allow(clippy::print_stdout, reason = "what an example is for")]

use std::error::Error;
use std::fmt;
use std::time::Duration;

use backoff_tokio::Policy;

static POLICY: Policy = Policy::exponential(Duration::from_millis(50), Duration::from_secs(1));

#[derive(Debug)]
enum QueryError {
    Busy,
    NoSuchUser(String),
}

impl QueryError {
    fn is_transient(&self) -> bool {
        matches!(self, Self::Busy)
    }
}

struct Database {
    busy_for: u32,
}

impl Database {
    /// The body is tried again after each transient error.
    #[backoff_tokio::retry(POLICY, when = QueryError::is_transient, on_event = tell)]
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

/// Prints what happens.
fn tell<O>(event: &backoff_tokio::Event<'_, O>) {
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
        }
    }
}

impl Error for QueryError {}
