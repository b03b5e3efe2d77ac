//! The error of an attempt that ran out of time.

use std::time::Duration;

use reqwest::{Client, Method, Request, Response, Url};
use tokio::time;

/// Returns the error that reqwest gives for a request whose time is over, which only reqwest can make: that of a request
/// which has no time at all.
///
/// That request is not sent: its timer is asked first, and has fired by then. And its URL leads nowhere, by the scheme of the
/// real one, because a client may accept `https` only.
pub(crate) async fn late(client: &Client, url: Url) -> Result<Response, reqwest::Error> {
    let nowhere =
        Url::parse(&format!("{}://127.0.0.1:0/", url.scheme())).unwrap_or_else(|_| url.clone());
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
        for (https_only, url) in [
            (false, "http://example.org/"),
            (true, "https://example.org/"),
        ] {
            let client = Client::builder().no_proxy().https_only(https_only).build();
            let url = Url::parse(url).expect("a legal URL");
            let error = late(&client.expect("a client"), url.clone()).await;
            let error = error.expect_err("late");
            assert!(
                error.is_timeout() && error.is_request() && !error.is_connect(),
                "{url}"
            );
            assert_eq!(error.url(), Some(&url));
        }
    }
}
