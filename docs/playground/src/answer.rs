//! Requests and their answers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::plan;
use crate::simulation::{self, World};

/// The settings of a policy: keys of `PolicySettings`, and texts.
pub(crate) type Keys = BTreeMap<String, String>;

/// What the page asks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
enum Request {
    /// The schedule of a policy, and the policy in other notations.
    Plan(Keys),
    /// A fleet under a policy.
    Simulate { policy: Keys, world: World },
}

/// Why a request has no other answer.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The key of the policy that is wrong, if it is one.
    pub(crate) key: Option<String>,
    pub(crate) message: String,
}

/// Returns the answer to a request, or an object with the key `error`.
pub(crate) fn answer(request: &str) -> Value {
    let answer = match serde_json::from_str(request) {
        Ok(Request::Plan(keys)) => plan::plan(&keys),
        Ok(Request::Simulate { policy, world }) => simulation::simulate(&policy, world),
        Err(error) => Err(Refusal {
            key: None,
            message: error.to_string(),
        }),
    };
    answer.unwrap_or_else(
        |refusal| json!({ "error": { "key": refusal.key, "message": refusal.message } }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_setting_is_named() {
        for (request, key, message) in [
            (r#"{"plan": {"base": "soon"}}"#, "base", "soon"),
            (r#"{"plan": {"max_attempts": "0"}}"#, "max_attempts", "1"),
            (
                r#"{"simulate": {"policy": {"jitter": "some"}, "world": {}}}"#,
                "jitter",
                "some",
            ),
        ] {
            let error = &answer(request)["error"];
            assert_eq!(error["key"], key, "{request}: {error}");
            assert!(
                error["message"].as_str().unwrap_or("").contains(message),
                "{request}: {error}"
            );
        }
        for request in ["", "{}", r#"{"plan": 3}"#, r#"{"draw": {}}"#] {
            assert!(answer(request)["error"]["message"].is_string(), "{request}");
        }
    }
}
