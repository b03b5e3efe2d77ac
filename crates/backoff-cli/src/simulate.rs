//! `backoff simulate`: a scenario, run.

mod interrupt;
mod references;
mod spreadsheet;

use std::fmt::Display;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

use backoff_sim::{Comparison, ResultTable, Scenario, Study, StudyError};
use indicatif::{ProgressBar, ProgressStyle};

use crate::file;
use crate::report::{self, StudyCharts};
use crate::terminal::{columns, print, print_error};
use interrupt::{INTERRUPTED, Interrupt};

/// Simulates the fleet of a scenario under each of its policies
#[derive(Debug, clap::Args)]
#[command(next_line_help = false, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The scenario, a TOML file
    scenario: PathBuf,
    /// Write a report with charts, one file for any browser
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write each chart as an SVG file into this folder
    #[arg(long, value_name = "FOLDER")]
    svg: Option<PathBuf>,
    /// Write the results as comma-separated values
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Compare with this file instead of the scenario's
    #[arg(long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Change a setting; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// The swept value for charts over time [default: last]
    #[arg(long, value_name = "VALUE")]
    at: Option<f64>,
    /// The number of threads [default: that of the cores]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

const AFTER_HELP: &str = "\
The results are compared with the expected numbers beside the scenario (the same
name, ending in .csv) and with the reference that it names, if they are there.
The exit status is 1 if a number is more than four standard errors off.

Example:
  backoff simulate outage.toml --set fleet.clients=1000 --html report.html";

pub(crate) fn simulate(arguments: &Arguments) -> Result<ExitCode, String> {
    let changes: Vec<_> = arguments.set.iter().map(String::as_str).collect();
    let named = |error: &dyn Display| format!("{}: {error}", arguments.scenario.display());
    let text = file::read(&arguments.scenario)?;
    let scenario = Scenario::parse(&text, &changes).map_err(|error| named(&error))?;
    let point = arguments.point(&scenario)?;
    let interrupt = Interrupt::listen();
    let study = run(&scenario, arguments.threads, &interrupt).map_err(|error| named(&error))?;
    print(&report::results(&scenario, &study, columns()))?;
    if interrupt.has_come() {
        print_error(
            "backoff: interrupted: the table is of the runs up to now, and no file is written",
        );
        return Ok(ExitCode::from(INTERRUPTED));
    }
    let table = ResultTable::of(&scenario, &study);
    let agree = arguments.compare(&scenario, &table)?;
    arguments.write(&scenario, &study, point, &table)?;
    Ok(ExitCode::from(u8::from(!agree)))
}

fn run(
    scenario: &Scenario,
    threads: Option<usize>,
    interrupt: &Interrupt,
) -> Result<Study, StudyError> {
    let cells = scenario.points().len() * scenario.policies().len();
    let bar = ProgressBar::new(cells as u64 * scenario.runs());
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} runs, {eta} to go") {
        bar.set_style(style);
    }
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let study = Study::run_while(scenario, threads.unwrap_or(cores), |_| {
        bar.inc(1);
        !interrupt.has_come()
    });
    bar.finish_and_clear();
    study
}

impl Arguments {
    /// Returns the index of the point that the charts over time show.
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

    /// Compares a table with others, and returns whether all numbers agree.
    fn compare(&self, scenario: &Scenario, table: &ResultTable) -> Result<bool, String> {
        let mut agree = true;
        let mut compare = |name: &str, other: &ResultTable| {
            let comparisons = table.compare(other);
            agree &= comparisons.iter().all(Comparison::agrees);
            print(&report::comparison(scenario, name, &comparisons))
        };
        let is_overwritten = self.csv == Some(references::expected_file(&self.scenario));
        if self.set.is_empty() && !is_overwritten {
            if let Some((name, expected)) = references::expected(&self.scenario)? {
                compare(&name, &expected)?;
            }
        }
        if let Some(reference) = scenario.reference() {
            match references::published(
                scenario,
                &self.scenario,
                reference,
                self.reference.as_ref(),
            )? {
                None => print(&format!(
                    "\n{} was not found: nothing to compare with.\n",
                    reference.file
                ))?,
                Some(published) => compare(&reference.file, &published)?,
            }
        }
        Ok(agree)
    }

    fn write(
        &self,
        scenario: &Scenario,
        study: &Study,
        point: usize,
        table: &ResultTable,
    ) -> Result<(), String> {
        let charts = StudyCharts {
            scenario,
            study,
            point,
        };
        if let Some(file) = &self.html {
            file::write(file, &report::page(&charts))?;
        }
        if let Some(file) = &self.csv {
            file::write(file, &spreadsheet::guard(&table.to_csv()))?;
        }
        if let Some(folder) = &self.svg {
            for named in charts.all() {
                let file = folder.join(format!("{}.svg", named.name));
                file::write(&file, &named.chart.document())?;
            }
        }
        Ok(())
    }
}
