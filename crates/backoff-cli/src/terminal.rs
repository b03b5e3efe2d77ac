//! Standard output and standard error.

use std::env;
use std::io::{self, ErrorKind, Write};

use terminal_size::{Width, terminal_size_of};

use crate::text::printable;

/// Prints text to standard output, without control characters. A reader that has gone is no error.
///
/// # Errors
///
/// Fails if it cannot be written, for example to a full disk.
pub(crate) fn print(text: &str) -> Result<(), String> {
    print_as_is(printable(text).as_bytes())
}

/// Like [`print()`], with all characters.
pub(crate) fn print_as_is(bytes: &[u8]) -> Result<(), String> {
    let mut output = io::stdout().lock();
    match output.write_all(bytes).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("standard output: {error}"))
        }
        _ => Ok(()),
    }
}

/// Prints a line to standard error, without control characters.
pub(crate) fn print_error(line: &str) {
    let _ = writeln!(io::stderr(), "{}", printable(line));
}

/// Returns the width of the terminal, or that in `COLUMNS`. A file has no limit.
pub(crate) fn columns() -> usize {
    let set = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let terminal = || terminal_size_of(io::stdout()).map(|(Width(width), _)| usize::from(width));
    let columns = set.or_else(terminal);
    columns.filter(|columns| *columns > 0).unwrap_or(usize::MAX)
}
