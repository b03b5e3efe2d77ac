//! Time zones, as dates name them.

use super::digits::{Read, two};

/// Returns the seconds that a zone is ahead of UTC, by its name.
///
/// The names are those of RFC 5322, section 4.3, and the unambiguous ones of Europe, East Asia and New Zealand. The
/// signs of the military letters are the correct ones, not those that RFC 822 gave by mistake.
pub(crate) fn of_name(word: &[u8]) -> Option<i64> {
    const NAMES: [(&[u8], i64); 25] = [
        (b"GMT", 0),
        (b"UTC", 0),
        (b"UT", 0),
        (b"WET", 0),
        (b"BST", 1),
        (b"CET", 1),
        (b"MET", 1),
        (b"WEST", 1),
        (b"CEST", 2),
        (b"MEST", 2),
        (b"EET", 2),
        (b"EEST", 3),
        (b"JST", 9),
        (b"NZST", 12),
        (b"NZDT", 13),
        (b"ADT", -3),
        (b"AST", -4),
        (b"EDT", -4),
        (b"EST", -5),
        (b"CDT", -5),
        (b"CST", -6),
        (b"MDT", -6),
        (b"MST", -7),
        (b"PDT", -7),
        (b"PST", -8),
    ];
    let hours = match word {
        [letter] => military(letter.to_ascii_uppercase())?,
        _ => {
            NAMES
                .iter()
                .find(|(name, _)| word.eq_ignore_ascii_case(name))?
                .1
        }
    };
    Some(hours * 3600)
}

/// Returns the hours ahead of UTC: A to M without J are east, N to Y are west, Z is UTC.
fn military(letter: u8) -> Option<i64> {
    Some(i64::from(match letter {
        b'A'..=b'I' => letter - b'A' + 1,
        b'K'..=b'M' => letter - b'K' + 10,
        b'N'..=b'Y' => return Some(-i64::from(letter - b'N' + 1)),
        b'Z' => 0,
        _ => return None,
    }))
}

/// Reads the seconds that a zone is ahead of UTC, behind its sign: `0100` or `01:00`, and `01` if hours may be alone.
pub(crate) fn of_offset(sign: u8, text: &[u8], hours_may_be_alone: bool) -> Read<'_, i64> {
    const FARTHEST: u32 = 14 * 3600;
    let (hours, rest) = two(text)?;
    let (minutes, rest) = match two(rest.strip_prefix(b":").unwrap_or(rest)) {
        Some(read) => read,
        None if hours_may_be_alone => (0, rest),
        None => return None,
    };
    let ahead = hours * 3600 + minutes * 60;
    if ahead > FARTHEST || rest.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    match sign {
        b'+' => Some((ahead.into(), rest)),
        b'-' => Some((-i64::from(ahead), rest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_has_its_hours_ahead_of_utc() {
        let zones = [
            (0, "GMT UTC ut WET z"),
            (1, "BST CET MET WEST a"),
            (2, "CEST mest EET B"),
            (3, "EEST C"),
            (4, "D"),
            (5, "E"),
            (6, "F"),
            (7, "G"),
            (8, "H"),
            (9, "JST I"),
            (10, "K"),
            (11, "L"),
            (12, "NZST M"),
            (13, "NZDT"),
            (-1, "N"),
            (-2, "O"),
            (-3, "ADT P"),
            (-4, "AST EDT Q"),
            (-5, "EST CDT R"),
            (-6, "CST MDT S"),
            (-7, "MST PDT T"),
            (-8, "PST U"),
            (-9, "V"),
            (-10, "W"),
            (-11, "X"),
            (-12, "y"),
        ];
        for (hours, names) in zones {
            for name in names.split(' ') {
                assert_eq!(of_name(name.as_bytes()), Some(hours * 3600), "{name}");
            }
        }
        for name in ["J", "IST", "GMTX", ""] {
            assert_eq!(of_name(name.as_bytes()), None, "{name}");
        }
    }

    #[test]
    fn an_offset_is_hours_and_minutes_ahead_or_behind() {
        let cases: [(u8, &[u8], Option<i64>); 14] = [
            (b'+', b"0000", Some(0)),
            (b'+', b"0545", Some(20_700)),
            (b'+', b"05:45", Some(20_700)),
            (b'-', b"0800", Some(-28_800)),
            (b'-', b"08:00", Some(-28_800)),
            (b'-', b"08", Some(-28_800)),
            (b'+', b"1400", Some(50_400)),
            (b'+', b"1401", None),
            (b'+', b"100", None),
            (b'+', b"00100", None),
            (b'+', b"01:000", None),
            (b'+', b"1", None),
            (b'+', b"", None),
            (b' ', b"0100", None),
        ];
        for (sign, text, expected) in cases {
            let ahead = of_offset(sign, text, true).map(|(ahead, _)| ahead);
            assert_eq!(ahead, expected, "{}", text.escape_ascii());
        }
        assert_eq!(of_offset(b'-', b"08", false), None);
        assert_eq!(
            of_offset(b'-', b"08:00 (PST)", false),
            Some((-28_800, &b" (PST)"[..]))
        );
    }
}
