//! The name of a host, or of all hosts of a domain.

use crate::error::SettingsError;

/// The name of a host, or of all hosts of a domain, in lower case.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct HostName(String);

impl HostName {
    /// Reads a name such as `api.example.org`, `api.example.org:8443`, `[::1]` or `*.example.org`.
    pub(super) fn parse(text: &str) -> Result<Self, SettingsError> {
        let domain = text.strip_prefix("*.").unwrap_or(text);
        let is_part = |byte: u8| {
            byte.is_ascii_alphanumeric() || !byte.is_ascii() || b"-._:[]".contains(&byte)
        };
        if domain.is_empty() || !domain.bytes().all(is_part) {
            let message = "not a host: expected a name such as api.example.org, or *.example.org, without a scheme or a path";
            return Err(SettingsError::new(format!("hosts.{text:?}"), message));
        }
        Ok(Self(text.to_lowercase()))
    }

    /// Returns how well the name fits a host in lower case: the longer, the better. `None` if it is about other hosts.
    pub(super) fn fit(&self, host: &str) -> Option<usize> {
        let name = self.0.as_str();
        match name.strip_prefix('*') {
            None => (name == host).then_some(usize::MAX),
            Some(domain) => host.ends_with(domain).then_some(domain.len()),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_name_fits_best() {
        let cases = [
            // (name, host, fit)
            ("api.example.org", "api.example.org", Some(usize::MAX)),
            ("API.example.org", "api.example.org", Some(usize::MAX)),
            ("api.example.org", "example.org", None),
            ("*.example.org", "api.example.org", Some(12)),
            ("*.example.org", "a.b.example.org", Some(12)),
            ("*.b.example.org", "a.b.example.org", Some(14)),
            ("*.example.org", "example.org", None),
            ("*.example.org", "notexample.org", None),
            ("api.example.org:8443", "api.example.org", None),
            ("[::1]:80", "[::1]:80", Some(usize::MAX)),
        ];
        for (name, host, fit) in cases {
            let name = HostName::parse(name).expect(name);
            assert_eq!(name.fit(host), fit, "{name:?} for {host}");
        }
    }

    #[test]
    fn a_url_and_a_pattern_of_another_kind_are_no_names() {
        for text in [
            "",
            "*.",
            "*",
            "http://a",
            "a/b",
            "a*.example.org",
            "a b",
            "*.*.org",
            "a\n",
        ] {
            assert!(HostName::parse(text).is_err(), "{text:?}");
        }
    }
}
