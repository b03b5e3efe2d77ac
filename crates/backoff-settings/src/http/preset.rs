//! The rules of well-known systems, by name.

use backoff_http::Rules;
use serde::{Deserialize, Serialize};

/// The rules of a well-known system.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Preset {
    #[serde(rename = "aip-194")]
    Aip194,
    Anthropic,
    AwsStandard,
    #[default]
    Default,
    Envoy,
    Github,
    Openai,
    #[serde(rename = "rfc-9110")]
    Rfc9110,
    Stainless,
    Stripe,
    Urllib3,
}

impl Preset {
    /// Returns the rules, or `None` for Envoy, whose rules are chosen by group.
    pub(super) const fn rules(self) -> Option<Rules<'static>> {
        Some(match self {
            Self::Aip194 => Rules::AIP_194,
            Self::Anthropic => Rules::ANTHROPIC,
            Self::AwsStandard => Rules::AWS_STANDARD,
            Self::Default => Rules::DEFAULT,
            Self::Envoy => return None,
            Self::Github => Rules::GITHUB,
            Self::Openai => Rules::OPENAI,
            Self::Rfc9110 => Rules::RFC_9110,
            Self::Stainless => Rules::STAINLESS,
            Self::Stripe => Rules::STRIPE,
            Self::Urllib3 => Rules::URLLIB3,
        })
    }
}
