//! `backoff simulate`: a scenario, run.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;

use backoff_sim::{Comparison, METRICS, Metric, Scenario, Study, Summary, Table};
use indicatif::{ProgressBar, ProgressStyle};

use crate::chart::short;
use crate::policy::read;
use crate::print;
use crate::report::Report;

/// Simulates the fleet of a scenario under each of its policies.
///
/// Prints a table of the results, and compares them with the numbers that are kept beside the scenario (the same name,
/// ending in .csv) and with the reference that it names, where they are found. Ends with 1 where a number is more than
/// four standard errors off.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Arguments {
    /// The scenario, a TOML file
    scenario: PathBuf,
    /// Write a report with charts: one file, for any browser
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write each chart as an SVG file into this folder
    #[arg(long, value_name = "FOLDER")]
    svg: Option<PathBuf>,
    /// Write the results as comma-separated values
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Compare with this reference instead of the one that the scenario finds
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Change the scenario first, such as fleet.clients=1000 or runs=10; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// The swept value whose course over time the charts show [default: the last]
    #[arg(long, value_name = "VALUE")]
    at: Option<f64>,
    /// How many threads to use [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

pub(crate) fn simulate(arguments: &Arguments) -> Result<ExitCode, String> {
    let changes: Vec<_> = arguments.set.iter().map(String::as_str).collect();
    let scenario = Scenario::parse(&read(&arguments.scenario)?, &changes)
        .map_err(|error| format!("{}: {error}", arguments.scenario.display()))?;
    let point = arguments.point(&scenario)?;
    let study = run(&scenario, arguments.threads);
    let table = Table::of(&scenario, &study);
    print(&results(&scenario, &study));
    let mut agree = true;
    for (name, other) in arguments.others(&scenario)? {
        let comparisons = table.compare(&other);
        agree &= comparisons.iter().all(Comparison::agrees);
        print(&comparison(&scenario, &name, &comparisons));
    }
    let report = Report {
        scenario: &scenario,
        study: &study,
        point,
    };
    if let Some(file) = &arguments.html {
        write(file, &report.to_html())?;
    }
    if let Some(file) = &arguments.csv {
        write(file, &table.to_csv())?;
    }
    if let Some(folder) = &arguments.svg {
        for (name, chart) in report.charts() {
            write(&folder.join(format!("{name}.svg")), &chart.document())?;
        }
    }
    Ok(ExitCode::from(u8::from(!agree)))
}

fn run(scenario: &Scenario, threads: Option<usize>) -> Study {
    let cells = scenario.points().len() * scenario.policies().len();
    let bar = ProgressBar::new(cells as u64 * scenario.runs());
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} runs, {eta} to go") {
        bar.set_style(style);
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let study = Study::run(scenario, threads.unwrap_or(cores), |_| bar.inc(1));
    bar.finish_and_clear();
    study
}

impl Arguments {
    /// The number of the point that is looked at closely.
    fn point(&self, scenario: &Scenario) -> Result<usize, String> {
        let points = scenario.points();
        match self.at {
            None => Ok(points.len() - 1),
            Some(value) => points
                .iter()
                .position(|point| *point == value)
                .ok_or_else(|| format!("{value} is not among {points:?}")),
        }
    }

    /// The tables to compare with, and what to call them.
    fn others(&self, scenario: &Scenario) -> Result<Vec<(String, Table)>, String> {
        let mut others = Vec::new();
        let expected = self.scenario.with_extension("csv");
        let overwritten = self.csv.as_ref() == Some(&expected);
        if self.set.is_empty() && !overwritten && expected.exists() {
            others.push((
                expected.display().to_string(),
                parsed(&expected, Table::parse)?,
            ));
        }
        if let Some(reference) = scenario.reference() {
            let found = self
                .reference
                .clone()
                .or_else(|| find(&self.scenario, &reference.file));
            match found {
                None => print(&format!(
                    "\n{} was not found: nothing to compare with.\n",
                    reference.file
                )),
                Some(file) => {
                    let parse = |text: &str| Table::parse_reference(text, reference, scenario);
                    others.push((reference.file.clone(), parsed(&file, parse)?));
                }
            }
        }
        Ok(others)
    }
}

/// Looks for a file in the folder of a scenario and in those above it.
fn find(scenario: &Path, file: &str) -> Option<PathBuf> {
    let start = scenario.canonicalize().ok()?;
    let mut found = start.ancestors().skip(1).map(|folder| folder.join(file));
    found.find(|path| path.exists())
}

fn parsed(file: &Path, parse: impl FnOnce(&str) -> Result<Table, String>) -> Result<Table, String> {
    parse(&read(file)?).map_err(|error| format!("{}: {error}", file.display()))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
    folder
        .and_then(|()| fs::write(file, text))
        .map_err(|error| format!("{}: {error}", file.display()))
}

/// The table of results: a line for each policy at each point.
fn results(scenario: &Scenario, study: &Study) -> String {
    let columns = columns(scenario, study);
    let swept = scenario.swept().unwrap_or_default();
    let mut text = format!("{}\n\n{swept:>10}  {:<24}", scenario.title(), "policy");
    for metric in &columns {
        let _ = write!(text, "{:>19}", METRICS[*metric].name);
    }
    text.push('\n');
    for (index, point) in scenario.points().iter().enumerate() {
        for (policy, entry) in scenario.policies().iter().enumerate() {
            let point = if swept.is_empty() {
                String::new()
            } else {
                short(*point)
            };
            let _ = write!(text, "{point:>10}  {:<24}", entry.name);
            for metric in &columns {
                let _ = write!(
                    text,
                    "{:>19}",
                    value(study.cell(index, policy).summary(*metric))
                );
            }
            text.push('\n');
        }
    }
    text.push_str("\nMeans and standard errors. ");
    for metric in columns {
        let _ = write!(
            text,
            "{}: {}. ",
            METRICS[metric].name, METRICS[metric].about
        );
    }
    text.push('\n');
    text
}

/// The metrics of which the study says anything.
pub(crate) fn columns(scenario: &Scenario, study: &Study) -> Vec<usize> {
    let cells = |metric| {
        let points = 0..scenario.points().len();
        points.flat_map(move |point| {
            let policies = 0..scenario.policies().len();
            policies.map(move |policy| study.cell(point, policy).summary(metric))
        })
    };
    let says = |metric: &usize| cells(*metric).any(|summary| summary.count > 0);
    (0..METRICS.len()).filter(says).collect()
}

/// A mean with its standard error, where there is one to be seen.
pub(crate) fn value(summary: Summary) -> String {
    let (mean, error) = (short(summary.mean), short(summary.standard_error()));
    match (summary.count, error.as_str()) {
        (0, _) => "-".to_owned(),
        (_, "0") => mean,
        _ => format!("{mean} ± {error}"),
    }
}

/// How far the results are from another table: a square of standard errors for each metric.
fn comparison(scenario: &Scenario, name: &str, comparisons: &[Comparison]) -> String {
    let far = comparisons.iter().filter(|it| !it.agrees()).count();
    let most = comparisons
        .iter()
        .map(|it| it.errors.abs())
        .fold(0.0, f64::max);
    let mut text = format!(
        "\nCompared with {name}: {} numbers, {far} of them more than 4 standard errors off; the farthest is {most:.2} off.\n",
        comparisons.len(),
    );
    if most == 0.0 {
        return text;
    }
    for (metric, Metric { name, .. }) in METRICS.iter().enumerate() {
        let of_metric: Vec<_> = comparisons
            .iter()
            .filter(|it| it.metric == metric)
            .collect();
        if of_metric.is_empty() {
            continue;
        }
        let policies = scenario.policies().iter();
        let policies: Vec<_> = policies
            .filter(|entry| of_metric.iter().any(|it| it.policy == entry.name))
            .collect();
        let swept = scenario.swept().unwrap_or_default();
        let _ = write!(text, "\n{name}, distance in standard errors\n{swept:>10}");
        for entry in &policies {
            let _ = write!(text, "  {:>18}", entry.name);
        }
        text.push('\n');
        for point in scenario.points() {
            let _ = write!(text, "{:>10}", short(*point));
            for entry in &policies {
                let cell = of_metric
                    .iter()
                    .find(|it| it.policy == entry.name && it.point == *point);
                let cell = cell.map_or("-".to_owned(), |it| {
                    format!("{:+.2}{}", it.errors, if it.agrees() { "" } else { " !" })
                });
                let _ = write!(text, "  {cell:>18}");
            }
            text.push('\n');
        }
    }
    text
}
