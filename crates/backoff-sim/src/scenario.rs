//! A question to the simulator, as a file.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use toml::{Table, Value};

use crate::budget::BudgetText;
use crate::limits::range;
use crate::random::Random;
use crate::record::Record;
use crate::settings::Settings;
use crate::setup::Setup;
use crate::text;

/// A question to the simulator: who calls what under which policies.
///
/// Read from TOML; the README describes every key.
///
/// # Examples
///
/// ```
/// use backoff_sim::Scenario;
///
/// let scenario = Scenario::parse(r#"
///     title = "How bad is no backoff?"
///     sweep = { key = "fleet.clients", values = [10, 100] }
///     server.model = "row"
///     policy = [
///         { name = "none", schedule = "constant", base = "0s", max_attempts = "forever" },
///         { name = "full jitter", max_attempts = "forever" },
///     ]
/// "#, &["runs=20"])?;
/// assert_eq!((scenario.points(), scenario.policies().len(), scenario.runs()), ([10.0, 100.0].as_slice(), 2, 20));
/// # Ok::<(), backoff_sim::ScenarioError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scenario {
    head: Head,
    points: Vec<f64>,
    setups: Vec<Setup>,
    policies: Vec<Entry>,
}

/// The keys that are the same at every point.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    title: String,
    #[serde(default)]
    about: String,
    #[serde(default = "one")]
    runs: u64,
    #[serde(default = "one")]
    seed: u64,
    sweep: Option<Sweep>,
    reference: Option<Reference>,
}

/// A setting that takes one value after the other.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sweep {
    key: String,
    values: Vec<f64>,
}

/// A table of numbers that others measured, to compare with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// A CSV file, looked for in the scenario's folder and in those above it.
    pub file: String,
    /// Its column that names the policy.
    pub policy: String,
    /// Its column that holds the swept value.
    pub point: String,
    /// Its column that holds the number of runs.
    pub runs: String,
    /// Its columns of mean and standard deviation, by the metric's name here.
    pub columns: std::collections::BTreeMap<String, [String; 2]>,
}

/// A policy of a scenario.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    /// What it is called in tables and charts.
    pub name: String,
    /// What it is called in the reference.
    pub published: Option<String>,
    #[serde(default, deserialize_with = "text::duration")]
    pub(crate) cut: Option<Duration>,
    #[serde(default)]
    pub(crate) budget: BudgetText,
    #[serde(skip)]
    pub(crate) settings: Settings,
}

/// The keys of a policy that are not settings of the core.
const OWN_KEYS: [&str; 4] = ["budget", "cut", "name", "published"];

/// The keys of a scenario that every point reads anew.
const SETUP_KEYS: [&str; 6] = ["faults", "fleet", "network", "server", "throttle", "until"];

impl Scenario {
    /// Reads a scenario, with changes such as `fleet.clients=1000` made to it first.
    ///
    /// # Errors
    ///
    /// Fails where the text is not TOML or not a scenario, and says where.
    pub fn parse(text: &str, changes: &[&str]) -> Result<Self, ScenarioError> {
        let mut table: Table = text.parse().map_err(ScenarioError::from)?;
        for change in changes {
            let Some((key, value)) = change.split_once('=') else {
                return Err(ScenarioError(format!("{change:?} is not KEY=VALUE")));
            };
            set(&mut table, key, value_of(value))?;
        }
        let policies = entries(table.remove("policy"))?;
        let (setup, head) = table
            .into_iter()
            .partition::<Table, _>(|(key, _)| SETUP_KEYS.contains(&key.as_str()));
        let head: Head = head.try_into()?;
        range("runs", head.runs, 1, u64::from(u32::MAX)).map_err(ScenarioError)?;
        let points = head.sweep.as_ref().map(|sweep| sweep.values.clone());
        let setups = match &head.sweep {
            None => vec![setup_of(setup)?],
            Some(sweep) => sweep.setups(&setup)?,
        };
        Ok(Self {
            points: points.unwrap_or_else(|| vec![0.0]),
            head,
            setups,
            policies,
        })
    }

    /// What the scenario is called.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.head.title
    }

    /// What it is about, in a few sentences.
    #[must_use]
    pub fn about(&self) -> &str {
        self.head.about.trim()
    }

    /// The name of the setting that is swept, without its path.
    #[must_use]
    pub fn swept(&self) -> Option<&str> {
        let sweep = self.head.sweep.as_ref()?;
        sweep.key.rsplit('.').next()
    }

    /// The values of the swept setting; a single zero where none is.
    #[must_use]
    pub fn points(&self) -> &[f64] {
        &self.points
    }

    /// The policies, in the order of the file.
    #[must_use]
    pub fn policies(&self) -> &[Entry] {
        &self.policies
    }

    /// How many runs each policy makes at each point.
    #[must_use]
    pub const fn runs(&self) -> u64 {
        self.head.runs
    }

    /// The seed of all runs.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.head.seed
    }

    /// The numbers to compare with, where there are any.
    #[must_use]
    pub const fn reference(&self) -> Option<&Reference> {
        self.head.reference.as_ref()
    }

    /// Runs one policy at one point, both counted from zero.
    ///
    /// # Panics
    ///
    /// Panics where there is no such policy or point.
    #[must_use]
    pub fn simulate(&self, point: usize, policy: usize, random: Random) -> Record {
        self.setups[point].simulate(&self.policies[policy], random)
    }
}

impl Sweep {
    fn setups(&self, setup: &Table) -> Result<Vec<Setup>, ScenarioError> {
        if self.values.is_empty() {
            return Err(ScenarioError("sweep.values is empty".to_owned()));
        }
        let mut setups = Vec::new();
        for value in &self.values {
            let mut setup = setup.clone();
            set(&mut setup, &self.key, value_of(&value.to_string()))?;
            setups.push(setup_of(setup)?);
        }
        Ok(setups)
    }
}

fn setup_of(table: Table) -> Result<Setup, ScenarioError> {
    let setup: Setup = table.try_into()?;
    setup.check().map_err(ScenarioError)?;
    Ok(setup)
}

/// The policies, at least one, each with a name of its own.
fn entries(policies: Option<Value>) -> Result<Vec<Entry>, ScenarioError> {
    let policies = match policies {
        Some(Value::Array(policies)) if !policies.is_empty() => policies,
        _ => return Err(ScenarioError("a scenario needs [[policy]]".to_owned())),
    };
    let mut entries: Vec<Entry> = Vec::new();
    for (number, policy) in policies.into_iter().enumerate() {
        let entry = entry(policy)
            .map_err(|error| ScenarioError(format!("policy {}: {error}", number + 1)))?;
        if entries.iter().any(|other| other.name == entry.name) {
            let message = format!("two policies have the name {:?}", entry.name);
            return Err(ScenarioError(message));
        }
        entries.push(entry);
    }
    Ok(entries)
}

fn entry(value: Value) -> Result<Entry, ScenarioError> {
    let table: Table = value.try_into()?;
    let (own, settings) = table
        .into_iter()
        .partition::<Table, _>(|(key, _)| OWN_KEYS.contains(&key.as_str()));
    let mut entry: Entry = own.try_into()?;
    entry.settings = settings.try_into().map_err(|error| {
        ScenarioError(format!("{:?}: {}", entry.name, ScenarioError::from(error)))
    })?;
    Ok(entry)
}

/// A value as TOML writes it, or else a plain text.
fn value_of(text: &str) -> Value {
    let parsed = format!("value = {text}").parse::<Table>();
    let value = parsed.ok().and_then(|mut table| table.remove("value"));
    value.unwrap_or_else(|| Value::String(text.to_owned()))
}

/// Sets the value at a path such as `fleet.clients`.
fn set(table: &mut Table, path: &str, value: Value) -> Result<(), ScenarioError> {
    let Some((head, rest)) = path.split_once('.') else {
        table.insert(path.to_owned(), value);
        return Ok(());
    };
    let inner = table
        .entry(head)
        .or_insert_with(|| Value::Table(Table::new()));
    match inner {
        Value::Table(inner) => set(inner, rest, value),
        _ => Err(ScenarioError(format!("{head} has no keys"))),
    }
}

fn one() -> u64 {
    1
}

/// A text that is no scenario.
#[derive(Debug)]
pub struct ScenarioError(String);

impl From<toml::de::Error> for ScenarioError {
    fn from(error: toml::de::Error) -> Self {
        // In one line, without the empty one at the end.
        Self(error.to_string().trim_end().replace("\nin `", ", in `"))
    }
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ScenarioError {}
