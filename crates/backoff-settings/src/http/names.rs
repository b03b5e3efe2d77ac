//! The names of what HTTP rules are about.

use backoff_core::FailureKind;
use backoff_http::{
    DelayField, EnvoyRetryOn, Fault, GrpcStatus, Method, Methods, ResetMeaning, Sent, Strictness,
};
use serde::{Deserialize, Serialize};

use crate::value::TextValue;

/// Defines an enum of names that serde reads and writes, and the value of each.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident: $rename:literal, $value:ty { $($(#[$attribute:meta])* $variant:ident => $meaning:expr,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
        #[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
        #[serde(rename_all = $rename)]
        pub(super) enum $name {
            $($(#[$attribute])* $variant,)*
        }

        impl $name {
            #[allow(dead_code, reason = "only some enums are listed")]
            pub(super) const ALL: &[Self] = &[$(Self::$variant),*];

            pub(super) const fn value(self) -> $value {
                match self {
                    $(Self::$variant => $meaning,)*
                }
            }
        }
    };
}

names! {
    /// The kind of a failure.
    KindName: "kebab-case", FailureKind {
        Doubtful => FailureKind::Doubtful,
        Permanent => FailureKind::Permanent,
        Throttled => FailureKind::Throttled,
        Transient => FailureKind::Transient,
    }
}

names! {
    /// What went wrong instead of a complete response.
    FaultName: "kebab-case", Fault {
        Certificate => Fault::Certificate,
        Connect => Fault::Connect,
        Dns => Fault::Dns,
        InvalidRequest => Fault::InvalidRequest,
        Other => Fault::Other,
        Overflow => Fault::Overflow,
        Protocol => Fault::Protocol,
        Redirects => Fault::Redirects,
        Refused => Fault::Refused,
        RefusedStream => Fault::RefusedStream,
        Reset => Fault::Reset,
        Timeout => Fault::Timeout,
        TlsAlert => Fault::TlsAlert,
    }
}

names! {
    /// How far a request got.
    SentName: "kebab-case", Sent {
        Maybe => Sent::Maybe,
        Never => Sent::Never,
        ResponseBegun => Sent::ResponseBegun,
    }
}

names! {
    /// A field that asks for a delay.
    DelayFieldName: "kebab-case", DelayField {
        GrpcRetryPushbackMs => DelayField::GrpcRetryPushback,
        Ratelimit => DelayField::RateLimit,
        RatelimitReset => DelayField::RateLimitReset,
        RetryAfter => DelayField::RetryAfter,
        RetryAfterMs => DelayField::RetryAfterMs,
        XAmzRetryAfter => DelayField::XAmzRetryAfter,
        XMsRetryAfterMs => DelayField::XMsRetryAfterMs,
        XRatelimitResetAfter => DelayField::XRateLimitResetAfter,
    }
}

names! {
    /// What the value of a field that names a reset means.
    MeaningName: "kebab-case", ResetMeaning {
        Delta => ResetMeaning::Delta,
        DeltaMillis => ResetMeaning::DeltaMillis,
        Duration => ResetMeaning::Duration,
        Epoch => ResetMeaning::Epoch,
        EpochMillis => ResetMeaning::EpochMillis,
        Moment => ResetMeaning::Moment,
    }
}

names! {
    /// How closely a value must follow its specification.
    StrictnessName: "kebab-case", Strictness {
        Lenient => Strictness::Lenient,
        Strict => Strictness::Strict,
    }
}

names! {
    /// A group of failures that Envoy retries.
    EnvoyName: "kebab-case", EnvoyRetryOn {
        ConnectFailure => EnvoyRetryOn::CONNECT_FAILURE,
        EnvoyRatelimited => EnvoyRetryOn::ENVOY_RATELIMITED,
        #[serde(rename = "5xx")] FiveXx => EnvoyRetryOn::FIVE_XX,
        GatewayError => EnvoyRetryOn::GATEWAY_ERROR,
        RefusedStream => EnvoyRetryOn::REFUSED_STREAM,
        Reset => EnvoyRetryOn::RESET,
        #[serde(rename = "retriable-4xx")] Retriable4xx => EnvoyRetryOn::RETRIABLE_4XX,
    }
}

/// A set of methods.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars-1", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum MethodSet {
    All,
    Idempotent,
    None,
    Safe,
}

impl MethodSet {
    pub(super) const fn value(&self) -> Methods {
        match self {
            Self::All => Methods::ALL,
            Self::Idempotent => Methods::IDEMPOTENT,
            Self::None => Methods::NONE,
            Self::Safe => Methods::SAFE,
        }
    }
}

/// The name of a method.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct MethodName(pub(super) Method);

impl TextValue for MethodName {
    const EXPECTED: &'static str = "a method such as \"POST\", in capitals";

    fn parse(text: &str) -> Result<Self, String> {
        match Method::parse(text) {
            Method::Other => Err(format!("{text:?} is not {}", Self::EXPECTED)),
            method => Ok(Self(method)),
        }
    }

    fn text(&self) -> String {
        self.0.as_str().to_owned()
    }
}

/// The name of a status of gRPC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct GrpcName(pub(super) GrpcStatus);

impl TextValue for GrpcName {
    const EXPECTED: &'static str =
        "the status of a failed gRPC call such as \"UNAVAILABLE\", in capitals";

    fn parse(text: &str) -> Result<Self, String> {
        match GrpcStatus::parse(text) {
            Some(status) if status != GrpcStatus::Ok => Ok(Self(status)),
            _ => Err(format!("{text:?} is not {}", Self::EXPECTED)),
        }
    }

    fn text(&self) -> String {
        self.0.as_str().to_owned()
    }
}
