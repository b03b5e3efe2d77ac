//! Numbers in a few characters.

use super::trim::trim;

/// Writes a number in a few characters: `0.25`, `1.5k`, `2M`.
pub(crate) fn number(number: f64) -> String {
    let (scaled, unit) = match number.abs() {
        1e9.. => (number / 1e9, "G"),
        1e6.. => (number / 1e6, "M"),
        1e4.. => (number / 1e3, "k"),
        _ => (number, ""),
    };
    let decimals = match scaled.abs() {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 4,
    };
    format!("{}{unit}", trim(&format!("{scaled:.decimals$}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let cases = [
            (0.0, "0"),
            (0.25, "0.25"),
            (1_234.0, "1234"),
            (12_345.0, "12.3k"),
            (2e6, "2M"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
    }
}
