//! Any policy can be written as data and as Rust source, and both decide as the policy does.

mod decisions;
mod random_policy;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use backoff_core::{Policy, Steps};
use backoff_settings::{AnySchedule, PolicySettings};
use rand_core::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

use decisions::decisions;
use random_policy::{random_policy, random_single_kind};

const WORDS: [u32; 4] = [0, 1 << 31, 0x9e37_79b9, u32::MAX];

#[test]
fn ten_thousand_policies_survive_data_and_decide_alike() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(16);
    for number in 0..10_000 {
        let policy = random_policy(&mut random);
        let settings = PolicySettings::from(policy);
        let expected = decisions(&policy, WORDS);

        let toml = toml::to_string(&settings).expect("TOML");
        let from_toml: PolicySettings = toml::from_str(&toml).expect(&toml);
        assert_eq!(from_toml, settings, "{number}: {policy:?}\n{toml}");
        assert_eq!(
            decisions(&from_toml.policy(), WORDS),
            expected,
            "{number}: {policy:?}\n{toml}"
        );
        assert_eq!(
            PolicySettings::from(from_toml.policy()),
            settings,
            "{number}: {toml}"
        );

        let json = serde_json::to_string(&settings).expect("JSON");
        let from_json: PolicySettings = serde_json::from_str(&json).expect(&json);
        assert_eq!(from_json, settings, "{number}: {json}");
    }
}

#[test]
fn yaml_holds_any_policy_too() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(17);
    for number in 0..500 {
        let settings = PolicySettings::from(random_policy(&mut random));
        let yaml = serde_norway::to_string(&settings).expect("YAML");
        let from_yaml: PolicySettings = serde_norway::from_str(&yaml).expect(&yaml);
        assert_eq!(from_yaml, settings, "{number}: {yaml}");
    }
}

/// The number of policies that are compiled: a build of a few seconds.
const COMPILED: usize = 200;

#[test]
fn a_sample_compiles_as_rust_and_decides_alike() {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(18);
    let policies: Vec<_> = (0..COMPILED)
        .map(|_| random_single_kind(&mut random))
        .collect();
    let mut source = include_str!("decisions/mod.rs").to_owned();
    let mut calls = String::new();
    for (number, policy) in policies.iter().enumerate() {
        let rust = PolicySettings::from(*policy).to_rust();
        let rust = rust.replace("static POLICY", "pub static POLICY");
        let _ = writeln!(source, "mod p{number} {{\n{rust}}}");
        let _ = writeln!(
            calls,
            "    println!(\"{{}}\", decisions(&p{number}::POLICY, {WORDS:?}));"
        );
    }
    let printed = run(&format!("{source}\nfn main() {{\n{calls}}}\n"));
    let expected: Vec<_> = policies
        .iter()
        .map(|policy| decisions(policy, WORDS))
        .collect();
    let expected = expected.join("\n") + "\n";
    for (line, (printed, expected)) in printed.lines().zip(expected.lines()).enumerate() {
        assert_eq!(printed, expected, "line {line}");
    }
    assert_eq!(printed.lines().count(), expected.lines().count());
}

/// Compiles a program against `backoff-core`, runs it, and returns what it prints.
fn run(source: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("printed-policies");
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../backoff-core");
    fs::create_dir_all(folder.join("src")).expect("a folder");
    let manifest = format!(
        "[package]\nname = \"printed-policies\"\nedition = \"2024\"\n\n[dependencies]\nbackoff-core = {{ path = '{}' }}\n\n[workspace]\n",
        core.display()
    );
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    fs::write(folder.join("src/main.rs"), source).expect("a source");
    // The other packages of the workspace are named by the core's optional dependencies.
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).expect("a lock file");
    let output = Command::new(env::var_os("CARGO").expect("cargo runs this test"))
        .args(["run", "--quiet", "--offline", "--target-dir", "target"])
        .current_dir(&folder)
        .output()
        .expect("cargo");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_throttled_schedule_of_another_kind_is_rust_by_this_crate() {
    mod printed {
        use backoff_core::{Exponential, Linear, Policy};
        use backoff_settings::AnySchedule;
        use std::time::Duration;

        pub(crate) static POLICY: Policy<AnySchedule> = Policy::new(AnySchedule::Exponential(
            Exponential::new(Duration::from_millis(100)),
        ))
        .with_max_delay(Duration::from_secs(20))
        .with_throttled_schedule(AnySchedule::Linear(Linear::new(
            Duration::from_secs(1),
            Duration::from_secs(2),
        )));
    }
    let settings: PolicySettings =
        toml::from_str("throttled = { schedule = 'linear', base = '1s', step = '2s' }")
            .expect("settings");
    assert_eq!(settings.policy(), printed::POLICY);
    assert_eq!(
        settings.to_rust(),
        "use backoff_core::{Exponential, Linear, Policy};
use backoff_settings::AnySchedule;
use std::time::Duration;

static POLICY: Policy<AnySchedule> = Policy::new(AnySchedule::Exponential(Exponential::new(Duration::from_millis(100))))
    .with_max_delay(Duration::from_secs(20))
    .with_throttled_schedule(AnySchedule::Linear(Linear::new(Duration::from_secs(1), Duration::from_secs(2))));
"
    );
}

#[test]
fn what_makes_no_difference_is_not_kept() {
    let empty = PolicySettings::from(Policy::steps(&[]));
    let cases = [(
        decisions(&Policy::steps(&[]), WORDS),
        decisions(&empty.policy(), WORDS),
    )];
    for (expected, found) in cases {
        assert_eq!(expected, found);
    }
    let steps = |policy: Policy<AnySchedule>| match policy.schedule() {
        AnySchedule::Steps(steps) => steps.table().len(),
        other => panic!("{other}"),
    };
    assert_eq!(steps(empty.policy()), 1);
    let long = vec![std::time::Duration::from_secs(1); 5_000];
    let long = PolicySettings::from(Policy::new(AnySchedule::from(Steps::new(&long))));
    assert_eq!(steps(long.policy()), 1_000);
}
