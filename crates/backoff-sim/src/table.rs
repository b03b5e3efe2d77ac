//! Numbers to keep, and to compare with.

use std::fmt::Write as _;

use crate::metric::{METRICS, Metric};
use crate::scenario::{Reference, Scenario};
use crate::study::Study;
use crate::summary::Summary;

/// The results of a study as a table: a line for each policy at each point.
///
/// # Examples
///
/// ```
/// use backoff_sim::Table;
///
/// let table = Table::parse("policy,point,runs,attempts,attempts_sd\nfull jitter,10,100,39.3,2.1\n")?;
/// assert!(table.to_csv().contains("full jitter,10,100,"));
/// assert!(table.compare(&table).iter().all(|comparison| comparison.agrees()));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    policy: String,
    point: f64,
    runs: u64,
    /// By metric; `None` where the table has no such column or no number in it.
    numbers: [Option<Number>; METRICS.len()],
}

/// A number of a table.
#[derive(Clone, Copy, Debug)]
struct Number {
    mean: f64,
    deviation: f64,
    /// The unit of the last digit that is written.
    unit: f64,
}

/// One number of two tables.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The policy.
    pub policy: String,
    /// The swept value.
    pub point: f64,
    /// The metric, as counted in [`METRICS`].
    pub metric: usize,
    /// The number of this table.
    pub ours: f64,
    /// The number of the other table.
    pub theirs: f64,
    /// By how many standard errors of their difference this number is the larger one.
    pub errors: f64,
}

impl Comparison {
    /// Whether the numbers lie within four standard errors.
    ///
    /// Of a thousand numbers that agree, one in sixteen tables has a single one that does not by chance.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.errors.abs() <= 4.0
    }
}

impl Table {
    /// Makes a table of a study.
    #[must_use]
    pub fn of(scenario: &Scenario, study: &Study) -> Self {
        let policies = || scenario.policies().iter().enumerate();
        let points = scenario.points().iter().enumerate();
        let rows = points.flat_map(|(index, point)| {
            policies().map(move |(policy, entry)| Row {
                policy: entry.name.clone(),
                point: *point,
                runs: scenario.runs(),
                numbers: std::array::from_fn(|metric| {
                    Number::of(study.cell(index, policy).summary(metric))
                }),
            })
        });
        Self {
            rows: rows.collect(),
        }
    }

    /// Reads a table that [`to_csv`](Self::to_csv) wrote.
    ///
    /// # Errors
    ///
    /// Fails where a column is missing or a number is none, and says which.
    pub fn parse(text: &str) -> Result<Self, String> {
        Self::read(text, ["policy", "point", "runs"], |metric| {
            let name = METRICS[metric].name;
            Some([name.to_owned(), format!("{name}_sd")])
        })
    }

    /// Reads the table of a reference, and calls its policies as the scenario does.
    ///
    /// # Errors
    ///
    /// Fails where a column is missing or a number is none, and says which.
    pub fn parse_reference(
        text: &str,
        reference: &Reference,
        scenario: &Scenario,
    ) -> Result<Self, String> {
        let Reference {
            policy,
            point,
            runs,
            columns,
            ..
        } = reference;
        if let Some(name) = columns.keys().find(|name| Metric::named(name).is_none()) {
            return Err(format!("there is no metric {name:?}"));
        }
        let mut table = Self::read(text, [policy, point, runs], |metric| {
            columns.get(METRICS[metric].name).cloned()
        })?;
        for row in &mut table.rows {
            let published = Some(row.policy.as_str());
            let entry = scenario
                .policies()
                .iter()
                .find(|entry| entry.published.as_deref() == published);
            if let Some(entry) = entry {
                row.policy.clone_from(&entry.name);
            }
        }
        Ok(table)
    }

    /// The table as comma-separated values: means and, in columns that end in `_sd`, standard deviations.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = String::from("policy,point,runs");
        for metric in METRICS {
            let _ = write!(csv, ",{0},{0}_sd", metric.name);
        }
        for row in &self.rows {
            let policy = quoted(&row.policy);
            let _ = write!(csv, "\n{policy},{},{}", row.point, row.runs);
            for number in &row.numbers {
                let _ = match number {
                    None => write!(csv, ",,"),
                    Some(number) => {
                        let (mean, deviation) = (digits(number.mean), digits(number.deviation));
                        write!(csv, ",{mean},{deviation}")
                    }
                };
            }
        }
        csv.push('\n');
        csv
    }

    /// Compares every number that both tables have.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Vec<Comparison> {
        let mut comparisons = Vec::new();
        for row in &self.rows {
            let same = |other: &&Row| other.policy == row.policy && other.point == row.point;
            let Some(theirs) = other.rows.iter().find(same) else {
                continue;
            };
            for metric in 0..METRICS.len() {
                if let (Some(a), Some(b)) = (row.numbers[metric], theirs.numbers[metric]) {
                    comparisons.push(Comparison {
                        policy: row.policy.clone(),
                        point: row.point,
                        metric,
                        ours: a.mean,
                        theirs: b.mean,
                        errors: a.errors(row.runs, b, theirs.runs),
                    });
                }
            }
        }
        comparisons
    }

    fn read(
        text: &str,
        key: [&str; 3],
        columns: impl Fn(usize) -> Option<[String; 2]>,
    ) -> Result<Self, String> {
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let head: Vec<_> = lines.next().unwrap_or_default().split(',').collect();
        let find = |name: &str| head.iter().position(|column| *column == name);
        let [policy, point, runs] =
            key.map(|name| find(name).ok_or_else(|| format!("there is no column {name:?}")));
        let (policy, point, runs) = (policy?, point?, runs?);
        let numbers: [_; METRICS.len()] = std::array::from_fn(|metric| {
            let [mean, deviation] = columns(metric)?;
            Some((find(&mean)?, find(&deviation)?))
        });
        let row = |line: &str| {
            let cells = cells(line);
            let cell = |column: usize| cells.get(column).map_or("", String::as_str);
            let number =
                |column| parse(cell(column)).ok_or_else(|| format!("no number in {line:?}"));
            let pair = |columns: Option<(usize, usize)>| {
                let (mean, deviation) = columns?;
                Number::parse(cell(mean), cell(deviation))
            };
            Ok(Row {
                policy: cell(policy).to_owned(),
                point: number(point)?,
                runs: number(runs)? as u64,
                numbers: numbers.map(pair),
            })
        };
        Ok(Self {
            rows: lines.map(row).collect::<Result<_, String>>()?,
        })
    }
}

impl Number {
    fn of(summary: Summary) -> Option<Self> {
        (summary.count > 0).then_some(Self {
            mean: summary.mean,
            deviation: summary.deviation,
            unit: 0.0,
        })
    }

    fn parse(mean: &str, deviation: &str) -> Option<Self> {
        let decimals = mean
            .split_once('.')
            .map_or(0, |(_, decimals)| decimals.len());
        Some(Self {
            mean: parse(mean)?,
            deviation: parse(deviation)?,
            unit: 10_f64.powf(-(decimals as f64)),
        })
    }

    /// The distance to another number in standard errors, to which rounding to a unit adds a twelfth of its
    /// square.
    fn errors(self, runs: u64, other: Self, other_runs: u64) -> f64 {
        let variance = |number: Self, runs: u64| {
            number.deviation.powi(2) / runs.max(1) as f64 + number.unit.powi(2) / 12.0
        };
        let difference = self.mean - other.mean;
        if difference == 0.0 {
            return 0.0;
        }
        difference / (variance(self, runs) + variance(other, other_runs)).sqrt()
    }
}

/// A name as a cell: one that holds a comma or a quote is put into quotes.
fn quoted(name: &str) -> String {
    if name.contains([',', '"']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}

/// The cells of a line; commas within quotes belong to a cell, and two quotes there are one.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let (mut inside, mut last) = (false, ',');
    for letter in line.chars() {
        match (letter, cells.last_mut()) {
            (',', _) if !inside => cells.push(String::new()),
            ('"', Some(cell)) => {
                if !inside && last == '"' {
                    cell.push('"');
                }
                inside = !inside;
            }
            (letter, Some(cell)) => cell.push(letter),
            (_, None) => {}
        }
        last = letter;
    }
    cells
}

fn parse(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// A number to seven significant digits.
fn digits(number: f64) -> String {
    let whole = number.abs().max(1.0).log10() as usize + 1;
    let text = format!("{number:.*}", 7_usize.saturating_sub(whole));
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let csv = "policy,point,runs,attempts,attempts_sd\n\"a, \"\"b\"\"\",0.5,10,12345.67,0\nc,1,10,,\n";
        let table = Table::parse(csv).expect("a table");
        let again = Table::parse(&table.to_csv()).expect("a table");
        assert_eq!(again.rows[0].policy, "a, \"b\"");
        let compared = table.compare(&again);
        assert_eq!(compared.len(), 1, "the second line has no number");
        assert!((compared[0].ours, compared[0].theirs) == (12_345.67, 12_345.67));
    }

    #[test]
    fn a_distance_is_in_standard_errors_of_the_difference() {
        let table = |mean: &str, deviation: &str| {
            let csv =
                format!("policy,point,runs,attempts,attempts_sd\na,1,100,{mean},{deviation}\n");
            Table::parse(&csv).expect("a table")
        };
        let cases = [
            // (means, deviations, distance): a standard error is a tenth of the deviation
            (("10", "10"), ("0", "0"), 0.0),
            (("103.0", "100.0"), ("6", "8"), 3.0),
            (("100.0", "105.0"), ("6", "8"), -5.0),
            (("1.00", "1.01"), ("0", "0"), -2.449),
        ];
        for (means, deviations, expected) in cases {
            let compared = table(means.0, deviations.0).compare(&table(means.1, deviations.1));
            let errors = compared[0].errors;
            assert!((errors - expected).abs() < 0.01, "{means:?}: {errors}");
            assert_eq!(compared[0].agrees(), expected.abs() <= 4.0, "{means:?}");
        }
    }
}
