//! One row of the table: what a client asks, what a server does, and what follows.

use std::time::Duration;

use http::Method;
use tower_backoff::Rules;

use super::client::{self, Kind};
use super::server::{Server, Step};

/// What a client asks.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) key: bool,
    pub(crate) body: &'static str,
    pub(crate) rules: &'static Rules<'static>,
    pub(crate) reading: Reading,
    pub(crate) to: To,
}

/// Whether the body of the response is a part of the attempt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reading {
    Plain,
    /// Not a part of the attempt, which ureq must be told.
    Streamed,
    Whole,
}

/// Over what the server is reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum To {
    /// HTTP/1.1.
    Http,
    /// HTTP/2, known beforehand.
    Http2,
    /// A port where no server listens.
    Nobody,
    /// `https` through a tunnel of the proxy that the script is.
    Proxy,
    /// `https`, where the server speaks whatever its script says.
    Tls,
}

/// One row of the table.
pub(crate) struct Scenario {
    name: &'static str,
    ask: Ask,
    steps: Vec<Step>,
    expected: &'static str,
    except: Vec<(Kind, &'static str)>,
}

pub(crate) fn get(name: &'static str) -> Scenario {
    Scenario {
        name,
        ask: Ask {
            method: Method::GET,
            key: false,
            body: "",
            rules: &Rules::DEFAULT,
            reading: Reading::Plain,
            to: To::Http,
        },
        steps: Vec::new(),
        expected: "",
        except: Vec::new(),
    }
}

pub(crate) fn post(name: &'static str) -> Scenario {
    get(name).by(Method::POST)
}

impl Scenario {
    pub(crate) fn by(mut self, method: Method) -> Self {
        self.ask.body = "order";
        self.ask.method = method;
        self
    }

    pub(crate) fn keyed(mut self) -> Self {
        self.ask.key = true;
        self
    }

    pub(crate) fn rules(mut self, rules: &'static Rules<'static>) -> Self {
        self.ask.rules = rules;
        self
    }

    pub(crate) fn reading(mut self, reading: Reading) -> Self {
        self.ask.reading = reading;
        self
    }

    pub(crate) fn to(mut self, to: To) -> Self {
        self.ask.to = to;
        self
    }

    /// What the server does with one request after the other; the last line repeats.
    pub(crate) fn meets(mut self, steps: impl IntoIterator<Item = Step>) -> Self {
        self.steps = steps.into_iter().collect();
        self
    }

    /// What follows: `s` for a wait by the schedule, `h` for one that a server asked for, `>` for a redirect that was
    /// followed; then the status with the body, or the fault.
    pub(crate) fn gives(mut self, expected: &'static str) -> Self {
        self.expected = expected;
        self
    }

    /// What follows with one client, if that cannot do the same.
    pub(crate) fn but(mut self, kind: Kind, expected: &'static str) -> Self {
        self.except.push((kind, expected));
        self
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) fn expected(&self, kind: Kind) -> &'static str {
        let mut exceptions = self.except.iter();
        let own = exceptions.find(|(client, _)| *client == kind);
        own.map_or(self.expected, |(_, expected)| expected)
    }

    /// Runs one client, and returns what followed.
    pub(crate) fn run(&self, kind: Kind) -> String {
        if self.expected(kind) == SKIPPED {
            return SKIPPED.to_owned();
        }
        let server = Server::start(self.ask.to, self.steps.clone());
        let end = client::run(kind, &self.ask, &server.url);
        let waits = server.waits(LONG);
        format!("{waits}{end}")
    }
}

/// What follows with a client that does not speak the protocol.
pub(crate) const SKIPPED: &str = "does not speak it";

/// What is longer was asked for by a server: the schedule waits for 20 ms, and servers ask for 1 s.
const LONG: Duration = Duration::from_millis(900);
