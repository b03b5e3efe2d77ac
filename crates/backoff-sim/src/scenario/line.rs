//! The line of a key in the text of a scenario.

use toml::de::{DeTable, DeValue};

/// Returns the line of the key at a path such as `policy[0].base`, or else that of the last table on the way to it.
pub(super) fn line_of(text: &str, path: &str) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let mut table = Some(document.get_ref());
    let mut found = None;
    for part in path.split('.') {
        let (name, index) = part
            .strip_suffix(']')
            .and_then(|part| part.split_once('['))
            .map_or((part, None), |(name, index)| {
                (name, index.parse::<usize>().ok())
            });
        let entry = table.and_then(|table| table.iter().find(|(key, _)| key.get_ref() == name));
        let Some((key, value)) = entry else { break };
        found = Some(key.span().start);
        let mut value = value;
        if let Some(element) = index.and_then(|index| value.get_ref().as_array()?.get(index)) {
            found = Some(element.span().start);
            value = element;
        }
        table = DeValue::as_table(value.get_ref());
    }
    let before = text.get(..found?)?;
    Some(before.bytes().filter(|byte| *byte == b'\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_every_form_of_a_table() {
        let text = "title = 't'\nfleet.clients = 5\n\n[server]\nmodel = 'm'\nstall = { from = '1s' }\n\
                    [[policy]]\nname = 'a'\n[[policy]]\nname = 'b'\nbase = 7\n";
        let cases = [
            ("title", Some(1)),
            ("fleet.clients", Some(2)),
            ("fleet.rate", Some(2)),
            ("server.model", Some(5)),
            ("server.stall.from", Some(6)),
            ("server.workers", Some(4)),
            ("policy[0].name", Some(8)),
            ("policy[1].base", Some(11)),
            ("policy[1].jitter", Some(9)),
            ("until", None),
            ("", None),
        ];
        for (path, line) in cases {
            assert_eq!(line_of(text, path), line, "{path}");
        }
        assert_eq!(line_of("not TOML", "a"), None);
    }
}
