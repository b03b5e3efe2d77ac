//! The README shows what its examples print.

use backoff_core::Policy;
use backoff_settings::{PolicySettings, RetrySettings, read};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Config {
    #[allow(dead_code, reason = "it is never read")]
    retry: PolicySettings,
}

#[test]
fn the_readme_shows_what_its_examples_print() {
    let readme = include_str!("../README.md");
    let retry = "base = '200ms'\nmax_delay = '30s'\nmax_attempts = ";
    let file: PolicySettings = toml::from_str(&format!("{retry}4")).expect("settings");
    let hosts: RetrySettings = toml::from_str(
        "policy = { base = '200ms', max_attempts = 4, deadline = '1m 30s' }\n[hosts.'api.example.org'.policy]\nmax_attempts = 2",
    )
    .expect("settings");
    let wrong = format!("[retry]\n{retry}0");
    let wrong = toml::Deserializer::parse(&wrong).expect("TOML");
    let written = PolicySettings::from(Policy::DEFAULT.with_max_attempts(7).with_ratio(3, 2));
    let shown = [
        format!("`{}`", file.policy()),
        format!("`{}`", hosts.of_host("api.example.org").policy.policy()),
        format!(
            "```text\n{}\n```",
            read::<Config, _>(wrong).expect_err("no attempt")
        ),
        format!("```text\n{}```", written.to_rust()),
    ];
    for text in shown {
        assert!(readme.contains(&text), "{text}");
    }
}
