//! The results of a study as a table.

use std::fmt::Write as _;

use backoff_sim::{Metric, Scenario, Study, Summary};

use crate::text;

/// Writes the results as a table with a line for each policy at each point. Metrics that do not fit beside each other in
/// this many columns follow in further tables.
pub(crate) fn results(scenario: &Scenario, study: &Study, columns: usize) -> String {
    let metrics = metrics(scenario, study);
    let labels = labels(scenario);
    let label_width: usize = labels.iter().map(Column::width).sum();
    let values = metrics
        .iter()
        .map(|metric| Column::of(*metric, scenario, study));
    let mut tables: Vec<(usize, Vec<Column>)> = Vec::new();
    for column in values {
        let width = column.width();
        match tables
            .last_mut()
            .filter(|(used, _)| used + width <= columns)
        {
            Some((used, table)) => {
                *used += width;
                table.push(column);
            }
            None => tables.push((label_width + width, vec![column])),
        }
    }
    let mut text = text::one_line(scenario.title());
    text.push('\n');
    for (_, table) in tables {
        text.push('\n');
        let rows = scenario.points().len() * scenario.policies().len();
        for row in 0..=rows {
            let cells = labels.iter().chain(&table).map(|column| column.cell(row));
            text.push_str(cells.collect::<String>().trim_end());
            text.push('\n');
        }
    }
    text.push_str("\nMeans and standard errors:\n");
    for metric in metrics {
        let _ = writeln!(text, "  {:<13}  {}", metric.name(), metric.about());
    }
    text
}

/// A column: its head, and a cell for each policy at each point.
struct Column {
    cells: Vec<String>,
    is_text: bool,
}

/// Returns the columns that name the lines.
fn labels(scenario: &Scenario) -> Vec<Column> {
    let (points, policies) = (scenario.points(), scenario.policies());
    let names = points
        .iter()
        .flat_map(|_| policies.iter().map(|it| text::one_line(&it.name)));
    let policy = Column {
        cells: ["policy".to_owned()].into_iter().chain(names).collect(),
        is_text: true,
    };
    let Some(swept) = scenario.swept() else {
        return vec![policy];
    };
    let points = points
        .iter()
        .flat_map(|point| policies.iter().map(|_| text::number(*point)));
    let point = Column {
        cells: [text::one_line(swept)].into_iter().chain(points).collect(),
        is_text: false,
    };
    vec![point, policy]
}

impl Column {
    /// Returns the column of a metric.
    fn of(metric: Metric, scenario: &Scenario, study: &Study) -> Self {
        let policies = scenario.policies().len();
        let rows = 0..scenario.points().len() * policies;
        let cells = rows.map(|row| {
            let cell = study.cell(row / policies, row % policies);
            value(cell.summary(metric))
        });
        Self {
            cells: [metric.name().to_owned()]
                .into_iter()
                .chain(cells)
                .collect(),
            is_text: false,
        }
    }

    /// Returns the width with the gap to the next column.
    fn width(&self) -> usize {
        let widths = self.cells.iter().map(|cell| cell.chars().count());
        widths.max().unwrap_or(0) + 2
    }

    fn cell(&self, row: usize) -> String {
        let cell = self.cells.get(row).map_or("", String::as_str);
        let width = self.width() - 2;
        if self.is_text {
            format!("{cell:<width$}  ")
        } else {
            format!("{cell:>width$}  ")
        }
    }
}

/// Returns the metrics that have a value somewhere in the study.
pub(super) fn metrics(scenario: &Scenario, study: &Study) -> Vec<Metric> {
    let cells = || {
        (0..scenario.points().len()).flat_map(move |point| {
            (0..scenario.policies().len()).map(move |policy| study.cell(point, policy))
        })
    };
    let has_value = |metric: &Metric| cells().any(|cell| cell.summary(*metric).count > 0);
    Metric::ALL.into_iter().filter(has_value).collect()
}

/// Writes a mean with its standard error, unless that rounds to 0.
pub(super) fn value(summary: Summary) -> String {
    let mean = text::number(summary.mean);
    let error = text::number(summary.standard_error());
    match (summary.count, error.as_str()) {
        (0, _) => "-".to_owned(),
        (_, "0") => mean,
        _ => format!("{mean} ± {error}"),
    }
}
