//! What the committed scenarios show, at a few of their points.

use std::fs;
use std::path::{Path, PathBuf};

use backoff_sim::{Comparison, Metric, ResultTable, Scenario, Study};

/// A scenario of the repository, with changes, and its runs.
struct Case {
    scenario: Scenario,
    study: Study,
}

impl Case {
    fn run(name: &str, changes: &[&str]) -> Self {
        let text = fs::read_to_string(file(name, "toml")).expect(name);
        let scenario = Scenario::parse(&text, changes).expect(name);
        let study = Study::run(&scenario, 2, |_| {}).expect(name);
        Self { scenario, study }
    }

    /// The mean of a metric, of a policy at a point.
    fn mean(&self, policy: &str, point: f64, metric: &str) -> f64 {
        let mut policies = self.scenario.policies().iter();
        let policy = policies
            .position(|entry| entry.name == policy)
            .expect(policy);
        let mut points = self.scenario.points().iter();
        let point = points.position(|it| it.total_cmp(&point).is_eq());
        let metric = Metric::named(metric).expect(metric);
        let cell = self.study.cell(point.expect("a point"), policy);
        cell.summary(metric).mean
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn file(name: &str, extension: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("scenarios")
        .join(name)
        .with_extension(extension)
}

fn agree(comparisons: &[Comparison], what: &str) {
    assert!(!comparisons.is_empty(), "{what}: nothing to compare");
    for comparison in comparisons {
        let metric = comparison.metric.name();
        assert!(comparison.agrees(), "{what}, {metric}: {comparison:?}");
    }
}

#[test]
fn runs_agree_with_the_expected_numbers_that_are_committed() {
    let cases: [(&str, &[&str]); 5] = [
        ("brooker-2015", &["runs=20", "sweep.values=[1, 10, 50]"]),
        ("brooker-2022", &["runs=2", "sweep.values=[0.1, 0.5]"]),
        ("hotos-2021", &["runs=2", "sweep.values=[100]"]),
        ("batch", &["sweep.values=[100, 1000]"]),
        ("rate-limit", &["runs=4"]),
    ];
    for (name, changes) in cases {
        // Other seeds than those of the expected numbers, which are then independent of these.
        let case = Case::run(name, &[changes, &["seed=7"]].concat());
        let expected = fs::read_to_string(file(name, "csv")).expect(name);
        let expected = ResultTable::parse(&expected).expect(name);
        // Of two runs, a standard error says little; the metrics that scatter are compared where there are more.
        let steady = |comparison: &Comparison| {
            case.scenario.runs() > 2 || comparison.metric == Metric::Amplification
        };
        let mut comparisons = ResultTable::of(&case.scenario, &case.study).compare(&expected);
        comparisons.retain(steady);
        if case.scenario.runs() > 2 {
            agree(&comparisons, name);
        } else {
            for it in comparisons {
                assert!((it.ours / it.theirs - 1.0).abs() < 0.05, "{name}: {it:?}");
            }
        }
    }
}

#[test]
fn brooker_2015_agrees_with_the_reference() {
    let case = Case::run("brooker-2015", &[]);
    let reference = case.scenario.reference().expect("a reference");
    let start = root().canonicalize().expect("the repository");
    let mut found = start.ancestors().map(|folder| folder.join(&reference.file));
    let Some(csv) = found.find(|path| path.exists()) else {
        #[allow(clippy::print_stdout)] // what is skipped is said
        {
            println!("skipped: {} is not beside the repository", reference.file);
        }
        return;
    };
    let csv = fs::read_to_string(csv).expect("the reference");
    let published = ResultTable::parse_reference(&csv, reference, &case.scenario).expect("a table");
    let comparisons = ResultTable::of(&case.scenario, &case.study).compare(&published);
    assert_eq!(comparisons.len(), 29 * 5 * 2);
    agree(&comparisons, "the reference");
}

#[test]
fn budgets_cost_what_their_closed_forms_say() {
    let case = Case::run(
        "brooker-2022",
        &[
            "runs=2",
            "sweep.values=[0.02, 0.3, 0.5, 0.8, 1]",
            "fleet.rate=2000",
        ],
    );
    for f in [0.02_f64, 0.3, 0.5, 0.8, 1.0] {
        let (c, r) = (1.0 - f, 0.1_f64);
        let three = 1.0 + f + f * f + f * f * f;
        let expected = [
            ("no retries", 1.0),
            ("three retries", three),
            ("deposit", three.min(1.0 / (1.0 - r * c))),
            ("token", three.min(1.0 + r * c / f)),
            ("ratio", three.min(1.0 + r)),
        ];
        for (policy, attempts) in expected {
            let measured = case.mean(policy, f, "amplification");
            // Buckets begin full: a hundred retries, of 90,000 calls.
            assert!(
                (measured - attempts).abs() < 0.01,
                "{policy} at {f}: {measured}, not {attempts}"
            );
            let success = case.mean(policy, f, "success");
            assert!(
                (success - c * attempts).abs() < 0.01,
                "{policy} at {f}: {success}"
            );
        }
    }
}

#[test]
fn after_a_spike_no_backoff_never_recovers_and_full_jitter_does() {
    let case = Case::run("spike", &["runs=1", "until=60s", "fleet.lasting=60s"]);
    for (policy, recovers) in [
        ("no backoff", false),
        ("full jitter", true),
        ("default", true),
    ] {
        let late = case.mean(policy, 0.0, "late_success");
        assert_eq!(late > 0.99, recovers, "{policy}: {late}");
        assert_eq!(late < 0.01, !recovers, "{policy}: {late}");
    }
}

#[test]
fn hotos_2021_recovers_below_150_per_second_and_sticks_above_unless_a_budget_frees_it() {
    let case = Case::run("hotos-2021", &["runs=2", "sweep.values=[145, 155, 280]"]);
    for rate in [145.0, 155.0, 280.0] {
        for policy in ["one retry", "one retry, full jitter"] {
            let late = case.mean(policy, rate, "late_success");
            let expected = if rate < 150.0 { 1.0 } else { 0.0 };
            assert!((late - expected).abs() < 0.01, "{policy} at {rate}: {late}");
        }
        for policy in [
            "no retry",
            "one retry, token budget",
            "one retry, ratio budget",
        ] {
            let late = case.mean(policy, rate, "late_success");
            assert!(late > 0.99, "{policy} at {rate}: {late}");
        }
    }
}

#[test]
fn the_makespan_of_a_batch_grows_as_n_lg_n() {
    let case = Case::run("batch", &["runs=3", "sweep.values=[100, 1000, 10000]"]);
    for clients in [100.0_f64, 1_000.0, 10_000.0] {
        let slots = case.mean("full jitter", clients, "time_ms");
        let factor = slots / (clients * clients.log2());
        assert!((1.0..3.0).contains(&factor), "{clients}: {factor} n lg n");
    }
}

#[test]
fn a_share_of_the_window_spreads_those_who_are_told_the_same_moment() {
    let case = Case::run("rate-limit", &["runs=3"]);
    let alone = case.mean("hint alone", 0.0, "attempts");
    let spread = case.mean("hint and full jitter", 0.0, "attempts");
    // All 2,000 come in the first second, 1,900 in the second, .. : a thousand for each hundred of the sum.
    assert!((alone - 21_000.0).abs() < 1.0, "{alone}");
    assert!(spread < 0.7 * alone, "{spread}");
}

#[test]
fn a_first_delay_lets_a_fleet_come_back_at_its_first_attempts() {
    let case = Case::run("fleet-return", &["runs=1"]);
    let of = |policy, metric| case.mean(policy, 0.0, metric);
    let spread = "full jitter, first delay of a minute";
    assert!(of(spread, "amplification") < 1.01);
    assert!(of(spread, "time_ms") < 62_000.0);
    assert!(of("full jitter", "amplification") > 5.0);
    assert!(of("full jitter", "time_ms") > 90_000.0);
    assert!(of("no jitter", "success") < 0.6);
}
