//! The examples of the README and of the handbook, compiled as printed.
//!
//! The pages about other crates are compiled beside those crates, by `crates/backoff-bench`.

macro_rules! documents {
    ($($name:ident: $path:literal,)*) => {
        $(
            #[doc = include_str!($path)]
            struct $name;
        )*
    };
}

documents! {
    Readme: "../README.md",
    Connections: "../docs/handbook/connections.md",
    Configuration: "../docs/handbook/configuration.md",
    Firmware: "../docs/handbook/firmware.md",
    Fuzzing: "../docs/handbook/fuzzing.md",
    Http: "../docs/handbook/http.md",
    Introduction: "../docs/handbook/introduction.md",
    Libraries: "../docs/handbook/libraries.md",
    Observability: "../docs/handbook/observability.md",
    Python: "../docs/handbook/python.md",
    Recipes: "../docs/handbook/recipes.md",
    Testing: "../docs/handbook/testing.md",
    FromCenkalti: "../docs/handbook/coming-from/cenkalti.md",
    FromHttpx: "../docs/handbook/coming-from/httpx.md",
    FromPolly: "../docs/handbook/coming-from/polly.md",
    FromResilience4j: "../docs/handbook/coming-from/resilience4j.md",
    FromTenacity: "../docs/handbook/coming-from/tenacity.md",
    FromUrllib3: "../docs/handbook/coming-from/urllib3.md",
}
