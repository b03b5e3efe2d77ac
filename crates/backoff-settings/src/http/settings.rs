//! HTTP rules as data.

use backoff_http::Rules;
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};

use super::http_keys::{HttpKeys, Tables};
use crate::interned::Interned;

/// HTTP rules as data: the rules of a well-known system, and what differs from them.
///
/// | key | in the Rust API | value |
/// |---|---|---|
/// | `preset` | a constant of [`Rules`] | `"default"`, `"aip-194"`, `"anthropic"`, `"aws-standard"`, `"envoy"`, `"github"`, `"openai"`, `"rfc-9110"`, `"stainless"`, `"stripe"`, `"urllib3"` |
/// | `envoy_retry_on` | [`Rules::envoy`] | a list of Envoy's names, such as `["5xx", "retriable-4xx"]` |
/// | `statuses` | [`Rules::with_statuses`] | by class, a list of `409`, `"520-527"`, `"5xx"`: `accepted`, `doubtful`, `doubtful_if_keyed`, `permanent`, `throttled`, `throttled_if_hinted`, `throttled_only_if_hinted`, `transient` |
/// | `refusals` | [`StatusRule::as_refusal`](backoff_http::StatusRule::as_refusal) | a list of statuses that are in `statuses` |
/// | `repeat_refused` | [`Rules::without_refusals`] | `true`, `false` |
/// | `faults` | [`Rules::with_faults`] | a list of `{ fault, kind, sent }` |
/// | `headers` | [`Rules::with_headers`] | a list of `{ name, kind }`, with one of `is`, `names`, `starts_with` |
/// | `methods` | [`Rules::with_methods`] | `"all"`, `"idempotent"`, `"none"`, `"safe"`, or a list |
/// | `grpc` | [`Rules::with_grpc`] | a list of statuses, such as `["UNAVAILABLE"]` |
/// | `every_response` | [`Rules::reading_every_response`] | `true`, `false` |
/// | `delays` | [`Rules::with_delays`] | a table of `only`, `also`, `ignore` (lists of fields), `x_ratelimit_reset`, `limits`, `strictness`, `whole_numbers`, `server_clock` |
///
/// A range of statuses that is shorter comes first: `permanent = [501]` is an exception to `transient = ["5xx"]`.
/// An entry of `delays.limits` is a [`LimitField`](backoff_http::LimitField): `name`, `meaning`, and in `remaining` the
/// field that says whether the limit is used up. Names are in kebab case.
///
/// # Examples
///
/// ```
/// use backoff_http::{HttpDate, Method, RequestInfo};
/// use backoff_settings::HttpSettings;
///
/// let settings: HttpSettings = toml::from_str(r#"
///     statuses = { transient = [409], permanent = ["520-527"] }
///     delays.limits = [{ name = "x-rate-limit-reset", meaning = "epoch", remaining = "x-rate-limit-remaining" }]
/// "#)?;
/// let rules = settings.rules();
/// let headers = [("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "1767312030")];
/// let classify = |status| {
///     let get = RequestInfo::new(Method::Get);
///     rules.classify_response(get, status, &headers, HttpDate::from_unix(1_767_312_000)).to_string()
/// };
/// assert_eq!(classify(520), "permanent: status 520, x-rate-limit-reset 30s");
/// assert_eq!(classify(409), "transient: status 409, x-rate-limit-reset 30s");
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(docsrs, doc(cfg(feature = "http")))]
pub struct HttpSettings(HttpKeys);

impl HttpSettings {
    /// Returns the rules, which live as long as the program. Equal settings give the same rules.
    #[must_use]
    pub fn rules(&self) -> &'static Rules<'static> {
        static RULES: Interned<HttpKeys, Rules<'static>> = Interned::new();
        RULES.get(self.0.clone(), |keys| {
            let none = |_| Tables {
                statuses: Vec::new(),
                faults: Vec::new(),
                headers: Vec::new(),
            };
            let tables = Box::leak(Box::new(keys.tables().unwrap_or_else(none)));
            Box::new(keys.rules(tables))
        })
    }
}

impl Serialize for HttpSettings {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(to)
    }
}

impl<'de> Deserialize<'de> for HttpSettings {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let keys = HttpKeys::deserialize(from)?;
        keys.tables().map_err(Error::custom)?;
        Ok(Self(keys))
    }
}

#[cfg(feature = "schemars-1")]
#[cfg_attr(docsrs, doc(cfg(feature = "schemars-1")))]
impl schemars::JsonSchema for HttpSettings {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "HttpSettings".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        HttpKeys::json_schema(generator)
    }
}
