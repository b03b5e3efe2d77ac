//! Text without control characters.

/// Replaces control characters, except for the end of a line, by their escapes, such as `\u{1b}`.
///
/// A terminal would act on them, and XML does not allow them.
pub(crate) fn printable(text: &str) -> String {
    escape(text, |character| character != '\n')
}

/// Like [`printable`], and also replaces the ends of lines.
pub(crate) fn one_line(text: &str) -> String {
    escape(text, |_| true)
}

fn escape(text: &str, is_escaped: impl Fn(char) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() && is_escaped(character) {
            escaped.extend(character.escape_default());
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_control_characters_are_escaped() {
        let cases = [
            // (text, printable, in one line)
            (
                "full jitter, 5 µs",
                "full jitter, 5 µs",
                "full jitter, 5 µs",
            ),
            ("a\nb\r\tc", "a\nb\\r\\tc", "a\\nb\\r\\tc"),
            ("\u{1b}[31m", "\\u{1b}[31m", "\\u{1b}[31m"),
            ("\u{9b}\u{7f}", "\\u{9b}\\u{7f}", "\\u{9b}\\u{7f}"),
        ];
        for (text, lines, line) in cases {
            assert_eq!(printable(text), lines, "{text:?}");
            assert_eq!(one_line(text), line, "{text:?}");
        }
    }
}
