//! Tables that a spreadsheet opens safely.

use csv::{ReaderBuilder, StringRecord, WriterBuilder};

/// What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection), and the mark itself.
const FORMULAS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\''];

/// Makes the rest of a cell a text.
const MARK: &str = "'";

/// Marks names in the first column that a spreadsheet would take for formulas.
pub(super) fn guard(csv: &str) -> String {
    with_names(csv, |name| {
        let mark = if name.starts_with(FORMULAS) { MARK } else { "" };
        format!("{mark}{name}")
    })
}

/// Removes the marks that [`guard`] has made.
pub(super) fn unguard(csv: &str) -> String {
    with_names(csv, |name| {
        name.strip_prefix(MARK).unwrap_or(name).to_owned()
    })
}

/// Changes the first column of a table. What is no table stays as it is, and is told elsewhere.
fn with_names(csv: &str, change: impl Fn(&str) -> String) -> String {
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .from_reader(csv.as_bytes());
    let mut writer = WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let mut changed = || {
        writer.write_record(reader.headers()?)?;
        for record in reader.records() {
            let record = record?;
            let name = record.get(0).map(&change);
            let cells = name.iter().map(String::as_str).chain(record.iter().skip(1));
            writer.write_record(&cells.collect::<StringRecord>())?;
        }
        Ok::<_, csv::Error>(())
    };
    match (changed(), writer.into_inner()) {
        (Ok(()), Ok(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
        _ => csv.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_like_formulas_are_marked_and_come_back() {
        let cases = [
            ("full jitter", "full jitter"),
            ("=1+1", "'=1+1"),
            ("@sum", "'@sum"),
            ("-1", "'-1"),
            ("'quoted", "''quoted"),
            ("\"a\n=b\"", "\"a\n=b\""),
        ];
        for (name, expected) in cases {
            let table = |name: &str| format!("policy,point\n{name},-5\n");
            assert_eq!(guard(&table(name)), table(expected), "{name:?}");
            assert_eq!(unguard(&guard(&table(name))), table(name), "{name:?}");
        }
    }
}
