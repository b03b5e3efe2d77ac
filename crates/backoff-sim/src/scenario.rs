//! A study as data.

mod budget;
mod change;
mod deposit_budget;
mod error;
mod fleet;
mod line;
mod policy;
mod range;
mod reference;
mod server;
mod setup;

use serde::Deserialize;
use toml::Table;

pub use error::ScenarioError;
pub use policy::ScenarioPolicy;
pub use reference::Reference;

use crate::random::Random;
use crate::record::Record;
use setup::Setup;

/// Describes a study: which clients call which server, under which policies.
///
/// It is read from TOML. The README of the crate lists every key.
///
/// # Examples
///
/// ```
/// use backoff_sim::Scenario;
///
/// let scenario = Scenario::parse(r#"
///     title = "How bad is no backoff?"
///     sweep = { key = "fleet.clients", values = [10, 100] }
///     server.model = "optimistic-row"
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
    policies: Vec<ScenarioPolicy>,
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

fn one() -> u64 {
    1
}

/// A setting that takes one value after the other.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sweep {
    key: String,
    values: Vec<f64>,
}

impl Scenario {
    /// Reads a scenario from TOML, after applying changes such as `fleet.clients=1000` to it.
    ///
    /// # Errors
    ///
    /// Fails if the text is not TOML or not a scenario. The error names the key and its line, unless a change set it.
    pub fn parse(text: &str, changes: &[&str]) -> Result<Self, ScenarioError> {
        Self::read(text, changes).map_err(|error| {
            let is_changed = changes
                .iter()
                .any(|change| change::sets(change, error.path()));
            let line = if is_changed {
                None
            } else {
                line::line_of(text, error.path())
            };
            error.with_line(line)
        })
    }

    fn read(text: &str, changes: &[&str]) -> Result<Self, ScenarioError> {
        let mut table: Table = text.parse().map_err(ScenarioError::from)?;
        for change in changes {
            change::apply(&mut table, change)?;
        }
        let policies = policy::read(table.remove("policy"))?;
        let (setup, head) = table
            .into_iter()
            .partition::<Table, _>(|(key, _)| Setup::KEYS.contains(&key.as_str()));
        let head: Head = head.try_into()?;
        range::check("runs", head.runs, 1, u64::from(u32::MAX))?;
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

    /// Returns the title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.head.title
    }

    /// Returns the description, a few sentences.
    #[must_use]
    pub fn about(&self) -> &str {
        self.head.about.trim()
    }

    /// Returns the name of the swept setting, without its path.
    #[must_use]
    pub fn swept(&self) -> Option<&str> {
        let sweep = self.head.sweep.as_ref()?;
        sweep.key.rsplit('.').next()
    }

    /// Returns the values of the swept setting, or a single 0 if there is no sweep.
    #[must_use]
    pub fn points(&self) -> &[f64] {
        &self.points
    }

    /// Returns the policies, in the order of the file.
    #[must_use]
    pub fn policies(&self) -> &[ScenarioPolicy] {
        &self.policies
    }

    /// Returns how many runs each policy makes at each point.
    #[must_use]
    pub const fn runs(&self) -> u64 {
        self.head.runs
    }

    /// Returns the seed of all runs.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.head.seed
    }

    /// Returns the description of the numbers to compare with.
    #[must_use]
    pub const fn reference(&self) -> Option<&Reference> {
        self.head.reference.as_ref()
    }

    /// Runs one policy at one point, both counted from 0.
    ///
    /// # Panics
    ///
    /// Panics if there is no such policy or point.
    #[must_use]
    pub fn simulate(&self, point: usize, policy: usize, random: Random) -> Record {
        self.setups[point].simulate(&self.policies[policy], random)
    }
}

impl Sweep {
    fn setups(&self, setup: &Table) -> Result<Vec<Setup>, ScenarioError> {
        if self.values.is_empty() {
            return Err(ScenarioError::at("sweep.values", "sweep.values is empty"));
        }
        let mut setups = Vec::new();
        for value in &self.values {
            let mut setup = setup.clone();
            change::set(&mut setup, &self.key, change::value_of(&value.to_string()))?;
            let setup = setup_of(setup).map_err(|error| {
                if error.path() == self.key {
                    error.moved_to("sweep.values")
                } else {
                    error
                }
            });
            setups.push(setup?);
        }
        Ok(setups)
    }
}

fn setup_of(table: Table) -> Result<Setup, ScenarioError> {
    let setup: Setup = table.try_into()?;
    setup.check()?;
    Ok(setup)
}
