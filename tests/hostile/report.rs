//! What was done, and what was wrong.

/// A table of what was done, and what was wrong.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

/// A line of the table.
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) calls: usize,
    /// Requests that reached the server.
    pub(crate) requests: usize,
    pub(crate) succeeded: usize,
    /// The growth of resident memory in KiB.
    pub(crate) memory_kib: usize,
    pub(crate) violations: Vec<String>,
}

impl Report {
    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.rows.iter().all(|row| row.violations.is_empty())
    }

    #[allow(clippy::print_stdout)] // it is what this program is for
    pub(crate) fn print(&self) {
        println!("| server | calls | requests | succeeded | memory | violations |");
        println!("|---|--:|--:|--:|--:|--:|");
        for row in &self.rows {
            println!(
                "| {} | {} | {} | {} | {} KiB | {} |",
                row.name,
                row.calls,
                row.requests,
                row.succeeded,
                row.memory_kib,
                row.violations.len()
            );
        }
        for row in &self.rows {
            for violation in row.violations.iter().take(10) {
                println!("violation: {}: {violation}", row.name);
            }
        }
    }
}
