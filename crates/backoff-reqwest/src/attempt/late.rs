//! The error of an attempt that ran out of time.

use std::time::Duration;

use reqwest::{Client, Method, Request, Response, Url};
use tokio::time;

/// Returns the error that reqwest gives for a request whose time is over, which only reqwest can make: that of a request
/// which has no time at all.
///
/// That request is not sent: its timer is asked first, and has fired by then. And its URL leads nowhere.
pub(crate) async fn late(client: &Client, url: Url) -> Result<Response, reqwest::Error> {
    let nowhere = Url::parse("http://127.0.0.1:0/").unwrap_or_else(|_| url.clone());
    let mut request = Request::new(Method::GET, nowhere);
    *request.timeout_mut() = Some(Duration::ZERO);
    let late = client.execute(request);
    time::sleep(TICK).await;
    late.await.map_err(|error| error.with_url(url))
}

/// The resolution of tokio's timer (`tokio::time::sleep`, "millisecond granularity").
const TICK: Duration = Duration::from_millis(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_a_timeout_of_the_url_and_nothing_else() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().expect("a client");
        let url = Url::parse("https://example.org/slow").expect("a legal URL");
        let error = late(&client, url.clone()).await.expect_err("late");
        assert!(error.is_timeout() && error.is_request() && !error.is_connect());
        assert_eq!(error.url(), Some(&url));
    }
}
