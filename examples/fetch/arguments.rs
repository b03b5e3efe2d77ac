//! The command line.

use std::path::PathBuf;

use clap::Parser;
use reqwest::{Method, Url};

/// Fetches a URL, and tries again for as long as that makes sense.
///
/// Without a URL it fetches from a server of its own, which misbehaves by script.
#[derive(Debug, Parser)]
#[command(name = "fetch")]
pub(crate) struct Arguments {
    /// What to fetch, by http or https
    #[arg(value_parser = url)]
    pub(crate) url: Option<Url>,
    /// The method of the request; a POST is repeated only if it was never sent
    #[arg(long, value_name = "M", default_value = "GET", value_parser = method)]
    pub(crate) method: Method,
    /// The file that says how to retry
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/fetch/fetch.toml"))]
    pub(crate) settings: PathBuf,
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
