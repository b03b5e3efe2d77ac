//! The results of a study as a table, to keep and to compare.

mod comparison;
mod error;
mod number;

use csv::{ReaderBuilder, StringRecord, Trim, Writer};

pub use comparison::Comparison;
pub use error::ResultTableError;

use crate::scenario::{Reference, Scenario};
use crate::study::{Metric, Study};
use number::{Number, digits};

/// Holds the results of a study: a row for each policy at each point.
///
/// # Examples
///
/// ```
/// use backoff_sim::ResultTable;
///
/// let table = ResultTable::parse("policy,point,runs,attempts,attempts_sd\nfull jitter,10,100,39.3,2.1\n")?;
/// assert!(table.to_csv().contains("full jitter,10,100,"));
/// assert!(table.compare(&table).iter().all(|comparison| comparison.agrees()));
/// # Ok::<(), backoff_sim::ResultTableError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct ResultTable {
    rows: Vec<ResultRow>,
}

#[derive(Clone, Debug)]
struct ResultRow {
    policy: String,
    point: f64,
    runs: u64,
    /// By the number of the metric's variant; `None` if the table has no such column or no number in it.
    numbers: [Option<Number>; Metric::ALL.len()],
}

/// The columns of a CSV file.
struct Columns {
    policy: usize,
    point: usize,
    runs: usize,
    /// Mean and standard deviation, by the number of the metric's variant.
    numbers: [Option<(usize, usize)>; Metric::ALL.len()],
}

impl ResultTable {
    /// Creates the table of a study.
    #[must_use]
    pub fn of(scenario: &Scenario, study: &Study) -> Self {
        let mut rows = Vec::new();
        for (index, point) in scenario.points().iter().enumerate() {
            for (policy, entry) in scenario.policies().iter().enumerate() {
                let cell = study.cell(index, policy);
                rows.push(ResultRow {
                    policy: entry.name.clone(),
                    point: *point,
                    runs: scenario.runs(),
                    numbers: by_metric(|metric| Number::of(cell.summary(metric))),
                });
            }
        }
        Self { rows }
    }

    /// Reads a table that [`to_csv`](Self::to_csv) wrote.
    ///
    /// # Errors
    ///
    /// Fails if a column is missing or a point or a number of runs is not a number. The error names it.
    pub fn parse(text: &str) -> Result<Self, ResultTableError> {
        Self::read(text, ["policy", "point", "runs"], |metric| {
            let name = metric.name();
            Some([name.to_owned(), format!("{name}_sd")])
        })
    }

    /// Reads the table of a reference, and gives its policies their names in the scenario.
    ///
    /// # Errors
    ///
    /// Fails like [`parse`](Self::parse), and if the reference names an unknown metric.
    pub fn parse_reference(
        text: &str,
        reference: &Reference,
        scenario: &Scenario,
    ) -> Result<Self, ResultTableError> {
        let Reference {
            policy,
            point,
            runs,
            columns,
            ..
        } = reference;
        if let Some(name) = columns.keys().find(|name| Metric::named(name).is_none()) {
            return Err(ResultTableError::new(format!(
                "there is no metric {name:?}"
            )));
        }
        let mut table = Self::read(text, [policy, point, runs], |metric| {
            columns.get(metric.name()).cloned()
        })?;
        for row in &mut table.rows {
            let published = Some(row.policy.as_str());
            let mut policies = scenario.policies().iter();
            if let Some(entry) = policies.find(|entry| entry.published.as_deref() == published) {
                row.policy.clone_from(&entry.name);
            }
        }
        Ok(table)
    }

    /// Writes the table as comma-separated values: means and, in columns that end in `_sd`, standard deviations.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = Writer::from_writer(Vec::new());
        let names =
            Metric::ALL.map(|metric| [metric.name().to_owned(), format!("{}_sd", metric.name())]);
        let head = ["policy", "point", "runs"].map(str::to_owned);
        // Writing to memory cannot fail.
        let _ = csv.write_record(head.into_iter().chain(names.into_iter().flatten()));
        for row in &self.rows {
            let cells = [
                row.policy.clone(),
                row.point.to_string(),
                row.runs.to_string(),
            ];
            let numbers = Metric::ALL.map(|metric| match &row.numbers[metric as usize] {
                None => [String::new(), String::new()],
                Some(number) => [digits(number.mean), digits(number.deviation)],
            });
            let _ = csv.write_record(cells.into_iter().chain(numbers.into_iter().flatten()));
        }
        let bytes = csv.into_inner().unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Compares every number that both tables have.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Vec<Comparison> {
        let mut comparisons = Vec::new();
        for row in &self.rows {
            let same = |other: &&ResultRow| other.policy == row.policy && other.point == row.point;
            let Some(theirs) = other.rows.iter().find(same) else {
                continue;
            };
            for metric in Metric::ALL {
                let index = metric as usize;
                if let (Some(a), Some(b)) = (row.numbers[index], theirs.numbers[index]) {
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
        keys: [&str; 3],
        names: impl Fn(Metric) -> Option<[String; 2]>,
    ) -> Result<Self, ResultTableError> {
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            .trim(Trim::Headers)
            .from_reader(text.as_bytes());
        let columns = Columns::find(reader.headers()?, keys, names)?;
        let mut rows = Vec::new();
        for record in reader.records() {
            rows.push(columns.row(&record?)?);
        }
        Ok(Self { rows })
    }
}

impl Columns {
    fn find(
        head: &StringRecord,
        keys: [&str; 3],
        names: impl Fn(Metric) -> Option<[String; 2]>,
    ) -> Result<Self, ResultTableError> {
        let find = |name: &str| head.iter().position(|column| column == name);
        let [policy, point, runs] = keys.map(|name| {
            find(name).ok_or_else(|| ResultTableError::new(format!("there is no column {name:?}")))
        });
        Ok(Self {
            policy: policy?,
            point: point?,
            runs: runs?,
            numbers: by_metric(|metric| {
                let [mean, deviation] = names(metric)?;
                Some((find(&mean)?, find(&deviation)?))
            }),
        })
    }

    fn row(&self, record: &StringRecord) -> Result<ResultRow, ResultTableError> {
        let cell = |column: usize| record.get(column).unwrap_or_default();
        let number = |column| {
            let number = number::parse(cell(column));
            number.ok_or_else(|| {
                let line = record.position().map_or(0, csv::Position::line);
                ResultTableError::new(format!("line {line}: {:?} is not a number", cell(column)))
            })
        };
        Ok(ResultRow {
            policy: cell(self.policy).to_owned(),
            point: number(self.point)?,
            runs: number(self.runs)? as u64,
            numbers: self.numbers.map(|columns| {
                let (mean, deviation) = columns?;
                Number::parse(cell(mean), cell(deviation))
            }),
        })
    }
}

/// Makes a value for each metric, indexed by the number of its variant.
fn by_metric<T>(value: impl Fn(Metric) -> Option<T>) -> [Option<T>; Metric::ALL.len()] {
    let mut values = [const { None }; Metric::ALL.len()];
    for metric in Metric::ALL {
        values[metric as usize] = value(metric);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let csv = "policy,point,runs,attempts,attempts_sd\n\"a, \"\"b\"\"\n\u{1b}\",0.5,10,12345.67,0\nc,1,10,,\n";
        let table = ResultTable::parse(csv).expect("a table");
        let again = ResultTable::parse(&table.to_csv()).expect("a table");
        assert_eq!(again.rows[0].policy, "a, \"b\"\n\u{1b}");
        let compared = table.compare(&again);
        assert_eq!(compared.len(), 1, "the second line has no number");
        assert!((compared[0].ours, compared[0].theirs) == (12_345.67, 12_345.67));
    }

    #[test]
    fn a_distance_is_in_standard_errors_of_the_difference() {
        let table = |mean: &str, deviation: &str| {
            let csv =
                format!("policy,point,runs,attempts,attempts_sd\na,1,100,{mean},{deviation}\n");
            ResultTable::parse(&csv).expect("a table")
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
