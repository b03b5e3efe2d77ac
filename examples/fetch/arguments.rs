//! The command line.

use std::str::FromStr;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use reqwest::{Method, Url};

use crate::Limits;

/// Fetches a URL, and tries again for as long as that makes sense.
///
/// Without a URL it fetches from a server of its own, which misbehaves by script.
#[derive(Debug, Parser)]
#[command(name = "fetch", allow_negative_numbers = true)]
pub(crate) struct Arguments {
    /// What to fetch, by http or https
    #[arg(value_parser = url)]
    pub(crate) url: Option<Url>,
    /// The method of the request; a POST is repeated only if it was never sent
    #[arg(long, value_name = "M", default_value = "GET", value_parser = method)]
    pub(crate) method: Method,
    /// The maximum number of attempts, including the first
    #[arg(long, value_name = "N", default_value = "8", value_parser = number::<u32>)]
    attempts: u32,
    /// The time for all attempts and delays together, in seconds
    #[arg(long, value_name = "SECS", default_value = "30", value_parser = seconds)]
    deadline: Duration,
    /// The first delay is random from 0 to this many milliseconds, and each further range is twice as long
    #[arg(long, value_name = "MS", default_value = "200", value_parser = millis)]
    base: Duration,
    /// The longest range of a delay, in milliseconds
    #[arg(long, value_name = "MS", default_value = "1000", value_parser = millis)]
    max: Duration,
    /// The time for one attempt, in milliseconds
    #[arg(long, value_name = "MS", default_value = "2000", value_parser = millis)]
    timeout: Duration,
}

impl Arguments {
    /// Reads the arguments of the program. Ends it with status 2 if they are wrong, and with 0 after printing help.
    pub(crate) fn read() -> Self {
        let arguments = Self::parse();
        let Self { base, max, .. } = &arguments;
        if base > max {
            let message = format!("--base, {base:?}, has to be at most --max, {max:?}");
            Self::command()
                .error(ErrorKind::ValueValidation, message)
                .exit();
        }
        arguments
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            attempts: self.attempts,
            base: self.base,
            deadline: self.deadline,
            max: self.max,
            timeout: self.timeout,
        }
    }
}

fn millis(text: &str) -> Result<Duration, String> {
    number(text).map(Duration::from_millis)
}

fn seconds(text: &str) -> Result<Duration, String> {
    number(text).map(Duration::from_secs)
}

/// Parses a whole number, at least 1.
fn number<N: FromStr + From<u8> + PartialOrd>(text: &str) -> Result<N, String> {
    let number = text.parse().ok();
    number
        .filter(|number| *number >= N::from(1))
        .ok_or_else(|| "expected a whole number from 1 on".to_owned())
}

/// Parses a method. Methods are case-sensitive, and the names of all standard ones are in upper case.
fn method(text: &str) -> Result<Method, String> {
    let method = text.to_ascii_uppercase().parse();
    method.map_err(|_| "expected the name of a method, such as HEAD".to_owned())
}

fn url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok();
    url.filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| {
            "expected a whole URL of http or https, such as https://example.org/".to_owned()
        })
}
