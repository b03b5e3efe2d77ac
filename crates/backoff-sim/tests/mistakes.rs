//! What is said of a scenario that cannot be run.

use backoff_sim::{Scenario, Study};

const GOOD: &str = r#"
title = "Five clients and a row"
fleet.clients = 5
server.model = "optimistic-row"
policy = [{ name = "default" }]
"#;

/// Changes to a good scenario, and what is said about them.
const MISTAKES: &[(&[&str], &str)] = &[
    // (changes, message)
    (&["runs=0"], "runs is 0, and must be from 1 to 4294967295"),
    (
        &["fleet.clientz=3"],
        "unknown field `clientz`, expected one of `clients`, `within`, `rate`, `lasting`, `spike`, `even`, `hosts`, in `fleet`",
    ),
    (
        &["fleet.clients=-3"],
        "invalid value: integer `-3`, expected u64, in `fleet.clients`",
    ),
    (
        &["fleet.clients=5000000000"],
        "fleet.clients is 5000000000, and must be from 0 to 100000000",
    ),
    (
        &["fleet.clients=4294967295"],
        "fleet.clients is 4294967295, and must be from 0 to 100000000",
    ),
    (
        &["fleet.hosts=4294967295"],
        "fleet.hosts is 4294967295, and must be from 0 to 1000000",
    ),
    (
        &["server={ model = 'worker-pool', workers = 9223372036854775807, service = '1ms' }"],
        "server.workers is 9223372036854775807, and must be from 1 to 1000000",
    ),
    (
        &["fleet.clients=0"],
        "fleet needs one of the two: clients, or a rate of calls per second",
    ),
    (
        &["fleet.rate=100"],
        "fleet needs one of the two: clients, or a rate of calls per second",
    ),
    (
        &["fleet.rate=-1"],
        "fleet.rate is -1, and must be from 0 to 1000000000",
    ),
    (
        &["fleet.rate=inf"],
        "fleet.rate is inf, and must be from 0 to 1000000000",
    ),
    (
        &["fleet.rate=nan"],
        "fleet.rate is NaN, and must be from 0 to 1000000000",
    ),
    (
        &["fleet.clients=0", "fleet.rate=1", "fleet.within=1s"],
        "fleet.within is for clients, and a stream has a rate",
    ),
    (
        &["fleet.spike={ from = '1s', lasting = '1s', rate = 9 }"],
        "fleet.spike is for a stream: set fleet.rate",
    ),
    (
        &["server.model=cloud"],
        "unknown variant `cloud`, expected one of `fixed-latency`, `load-dependent`, `optimistic-row`, `slotted-channel`, `worker-pool`, in `server.model`",
    ),
    (
        &["server={ model = 'worker-pool', workers = 0, service = '1ms' }"],
        "server.workers is 0, and must be from 1 to 1000000",
    ),
    (
        &["server={ model = 'worker-pool' }"],
        "missing field `workers`, in `server`",
    ),
    (
        &["faults.probability=3"],
        "faults.probability is 3, and must be from 0 to 1",
    ),
    (
        &["network.mean=10"],
        "\"10\" is not a duration: time unit needed, for example 10sec or 10ms, in `network.mean`",
    ),
    (
        &["sweep={ key = 'fleet.clients', values = [] }"],
        "sweep.values is empty",
    ),
    (
        &["sweep={ key = 'fleet.clients', values = [3, -1] }"],
        "invalid value: integer `-1`, expected u64, in `fleet.clients`",
    ),
    (&["policy=[]"], "a scenario needs [[policy]]"),
    (&["policy=[{}]"], "policy 1: missing field `name`"),
    (
        &["policy=[{ name = 'a' }, { name = 'a' }]"],
        "two policies have the name \"a\"",
    ),
    (
        &["policy=[{ name = 'a', base = '1 fortnight' }]"],
        "policy 1: \"a\": base: \"1 fortnight\" is not a duration: unknown time unit \"fortnight\", supported units: \
         ns, us/µs, ms, sec, min, hours, days, weeks, months, years (and few variations)",
    ),
    (
        &["policy=[{ name = 'a', schedule = 'steps' }]"],
        "policy 1: \"a\": schedule: steps needs a table of windows",
    ),
    (&["title"], "\"title\" is not KEY=VALUE"),
    (&["title.x=1"], "title has no keys"),
];

#[test]
fn a_mistake_is_told_by_its_key() {
    assert!(Scenario::parse(GOOD, &[]).is_ok());
    for (changes, message) in MISTAKES {
        let error = Scenario::parse(GOOD, changes).expect_err(message);
        assert_eq!(error.to_string(), *message, "{changes:?}");
    }
}

#[test]
fn a_mistake_in_the_file_is_told_with_its_line() {
    let cases = [
        // (a line of the good scenario, what it is replaced by, message)
        (
            "fleet.clients = 5",
            "fleet.clients = 4294967295",
            "line 3: fleet.clients is 4294967295, and must be from 0 to 100000000",
        ),
        (
            "fleet.clients = 5",
            "fleet.clientz = 5",
            "line 3: unknown field `clientz`, expected one of `clients`",
        ),
        (
            "{ name = \"default\" }",
            "{ name = \"default\", max_attempts = 0 }",
            "line 5: policy 1: \"default\": max_attempts: \"0\" is not a number of attempts from 1",
        ),
        (
            "{ name = \"default\" }",
            "{ name = \"default\", budget = { kind = \"token\" } }",
            "line 5: policy 1: capacity: missing",
        ),
        (
            "server.model = \"optimistic-row\"",
            "server = { model = 'worker-pool', workers = 9223372036854775807, service = '1ms' }",
            "line 4: server.workers is 9223372036854775807, and must be from 1 to 1000000",
        ),
    ];
    for (line, wrong, message) in cases {
        let text = GOOD.replace(line, wrong);
        let error = Scenario::parse(&text, &[]).expect_err(wrong).to_string();
        assert!(error.starts_with(message), "{wrong}: {error}");
    }
}

#[test]
fn a_path_without_end_is_refused() {
    let change = format!("fleet{}=1", ".x".repeat(100_000));
    let sweep = format!(
        "sweep={{ key = 'fleet{}', values = [1] }}",
        ".x".repeat(100_000)
    );
    for change in [change, sweep] {
        let error = Scenario::parse(GOOD, &[&change]).expect_err("a long path");
        let expected = "a path of 100001 keys is too long: 8 is the maximum";
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_study_whose_time_stands_still_names_the_policy() {
    let changes = [
        "until=10s",
        "faults.outage={ from = '1s', lasting = '1s' }",
        "sweep={ key = 'fleet.clients', values = [1, 100] }",
        "policy=[{ name = 'patient' }, { name = 'hasty', schedule = 'constant', base = '0s', jitter = 'none', max_attempts = 'forever', deadline = 'none' }]",
    ];
    let outage = "faults.outage={ from = '0s', lasting = '1s' }";
    let now = Scenario::parse(GOOD, &[&changes[..], &[outage]].concat()).expect("a scenario");
    let error = Study::run(&now, 2, |_| {}).expect_err("time stands still");
    assert!(
        error
            .to_string()
            .starts_with("policy \"hasty\" at clients = 1: time stands still"),
        "{error}"
    );
    // No client calls during this outage.
    let later = Scenario::parse(GOOD, &changes).expect("a scenario");
    assert!(Study::run(&later, 2, |_| {}).is_ok());
}

#[test]
fn a_text_that_is_not_toml_is_told_by_line_and_column() {
    let error = Scenario::parse("title = \"t\"\nx = [", &[]).expect_err("no TOML");
    assert!(error.to_string().contains("line 2, column 6"), "{error}");
}
