//! The command line.

use std::ffi::OsStr;
use std::str::FromStr;
use std::time::Duration;

use lexopt::Arg::{Long, Short, Value};
use lexopt::Parser;
use reqwest::{Method, Url};

use crate::Limits;

/// What to do.
#[derive(Debug)]
pub(crate) enum Command {
    Fetch(Arguments),
    Help,
}

/// What to fetch, and how hard to try.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// None: the server that misbehaves by script.
    pub(crate) url: Option<Url>,
    pub(crate) method: Method,
    pub(crate) limits: Limits,
}

pub(crate) const USAGE: &str = "usage: fetch [URL] [--attempts N] [--deadline SECS] [--base MS] \
    [--max MS] [--timeout MS] [--method M]";

pub(crate) const HELP: &str = "\
Fetches a URL, and tries again for as long as that makes sense.
Without a URL it fetches from a server of its own, which misbehaves by script.

  --attempts N     make at most N attempts, the first included (8)
  --deadline SECS  end after SECS seconds, attempts and waits together (30)
  --base MS        draw the first wait from 0 to MS milliseconds, and double that each time (200)
  --max MS         but never draw from more than MS milliseconds (1000)
  --timeout MS     allow each attempt MS milliseconds (2000)
  --method M       send a request by this method (GET); a POST is repeated only if it was never sent
  --help           print this";

impl Command {
    /// Reads the arguments that follow the name of the program.
    pub(crate) fn parse(mut parser: Parser) -> Result<Self, lexopt::Error> {
        let mut arguments = Arguments {
            url: None,
            method: Method::GET,
            limits: Limits::DEFAULT,
        };
        let limits = &mut arguments.limits;
        while let Some(argument) = parser.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(Self::Help),
                Long("attempts") => limits.attempts = number("--attempts", &parser.value()?)?,
                Long("base") => limits.base = millis("--base", &parser.value()?)?,
                Long("deadline") => {
                    let seconds = number("--deadline", &parser.value()?)?;
                    limits.deadline = Duration::from_secs(seconds);
                }
                Long("max") => limits.max = millis("--max", &parser.value()?)?,
                Long("method") => arguments.method = method(&parser.value()?)?,
                Long("timeout") => limits.timeout = millis("--timeout", &parser.value()?)?,
                Value(text) if arguments.url.is_none() => arguments.url = Some(url(&text)?),
                other => return Err(other.unexpected()),
            }
        }
        let Limits { base, max, .. } = limits;
        if base > max {
            return Err(format!("--base, {base:?}, has to be at most --max, {max:?}").into());
        }
        Ok(Self::Fetch(arguments))
    }
}

fn millis(flag: &str, value: &OsStr) -> Result<Duration, lexopt::Error> {
    number(flag, value).map(Duration::from_millis)
}

/// A whole number, at least 1.
fn number<N: FromStr + From<u8> + PartialOrd>(
    flag: &str,
    value: &OsStr,
) -> Result<N, lexopt::Error> {
    value
        .to_str()
        .and_then(|text| text.parse().ok())
        .filter(|number| *number >= N::from(1))
        .ok_or_else(|| wrong(flag, "a whole number from 1 on", value))
}

/// Methods are case-sensitive, and all that there are have upper-case names.
fn method(value: &OsStr) -> Result<Method, lexopt::Error> {
    value
        .to_str()
        .and_then(|text| text.to_ascii_uppercase().parse().ok())
        .ok_or_else(|| wrong("--method", "the name of a method, such as HEAD", value))
}

fn url(value: &OsStr) -> Result<Url, lexopt::Error> {
    let wanted = "a whole one of http or https, such as https://example.org/";
    value
        .to_str()
        .and_then(|text| Url::parse(text).ok())
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| wrong("the URL", wanted, value))
}

fn wrong(what: &str, wanted: &str, value: &OsStr) -> lexopt::Error {
    format!("{what} has to be {wanted}; not '{}'", value.display()).into()
}
