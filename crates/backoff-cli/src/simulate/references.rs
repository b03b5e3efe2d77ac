//! The tables that results are compared with.

use std::path::{Path, PathBuf};

use backoff_sim::{Reference, ResultTable, ResultTableError, Scenario};

use super::spreadsheet;
use crate::file;

/// Returns the name of the file with the expected numbers of a scenario.
pub(super) fn expected_file(scenario: &Path) -> PathBuf {
    scenario.with_extension("csv")
}

/// Reads the expected numbers beside a scenario, if there are any, with the name of their file.
pub(super) fn expected(scenario: &Path) -> Result<Option<(String, ResultTable)>, String> {
    let file = expected_file(scenario);
    if !file.exists() {
        return Ok(None);
    }
    let table = read(&file, |text| {
        ResultTable::parse(&spreadsheet::unguard(text))
    })?;
    Ok(Some((file.display().to_string(), table)))
}

/// Reads the numbers of a reference from a file, or from where the scenario says. Returns `None` if they are not found.
pub(super) fn published(
    scenario: &Scenario,
    scenario_file: &Path,
    reference: &Reference,
    file: Option<&PathBuf>,
) -> Result<Option<ResultTable>, String> {
    let parse = |text: &str| ResultTable::parse_reference(text, reference, scenario);
    let file = file
        .cloned()
        .or_else(|| find(scenario_file, &reference.file));
    file.map(|file| read(&file, parse)).transpose()
}

/// Searches for a file in the folder of a scenario and in those above it.
fn find(scenario: &Path, file: &str) -> Option<PathBuf> {
    let start = scenario.canonicalize().ok()?;
    let mut candidates = start.ancestors().skip(1).map(|folder| folder.join(file));
    candidates.find(|path| path.exists())
}

fn read(
    file: &Path,
    parse: impl FnOnce(&str) -> Result<ResultTable, ResultTableError>,
) -> Result<ResultTable, String> {
    parse(&file::read(file)?).map_err(|error| format!("{}: {error}", file.display()))
}
