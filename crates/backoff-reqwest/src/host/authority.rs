//! The name of a host with its port.

use reqwest::Url;

/// The host of a URL and its port, by which hosts are told apart: `example.org:443`.
pub(crate) fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or("");
    match url.port_or_known_default() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_named_with_its_port_and_without_credentials() {
        let cases = [
            ("https://key@Example.org/users?token=7", "example.org:443"),
            ("http://example.org:8080/", "example.org:8080"),
            ("http://[::1]/", "[::1]:80"),
            ("data:text/plain,x", ""),
        ];
        for (url, expected) in cases {
            let parsed = Url::parse(url).expect("a legal URL");
            assert_eq!(authority(&parsed), expected, "{url}");
        }
    }
}
