//! What was done, and what was wrong.

use std::mem;

/// A table of what was done, and what was wrong.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

/// A line of the table: a kind of server.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// The ways in which it misbehaves.
    pub(crate) ways: usize,
    pub(crate) calls: usize,
    /// Requests that reached the server.
    pub(crate) requests: usize,
    pub(crate) succeeded: usize,
    /// The growth of resident memory in KiB, at most.
    pub(crate) memory_kib: usize,
    pub(crate) violations: Vec<String>,
}

impl Report {
    /// Adds a line, or adds to the last one if that has the same name.
    pub(crate) fn add(&mut self, mut row: Row) {
        match self.rows.last_mut().filter(|last| last.name == row.name) {
            None => self.rows.push(row),
            Some(last) => {
                last.ways += row.ways;
                last.calls += row.calls;
                last.requests += row.requests;
                last.succeeded += row.succeeded;
                last.memory_kib = last.memory_kib.max(row.memory_kib);
                last.violations.extend(mem::take(&mut row.violations));
            }
        }
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.rows.iter().all(|row| row.violations.is_empty())
    }

    #[allow(clippy::print_stdout)] // it is what this program is for
    pub(crate) fn print(&self) {
        println!("| server | ways | calls | requests | succeeded | memory | violations |");
        println!("|---|--:|--:|--:|--:|--:|--:|");
        for row in &self.rows {
            let Row {
                name,
                ways,
                calls,
                requests,
                succeeded,
                memory_kib,
                violations,
            } = row;
            let (memory, violations) = (memory_kib.div_ceil(1_024), violations.len());
            println!(
                "| {name} | {ways} | {calls} | {requests} | {succeeded} | {memory} MiB | {violations} |"
            );
        }
        for row in &self.rows {
            for violation in &row.violations {
                println!("violation: {}: {violation}", row.name);
            }
        }
    }
}
