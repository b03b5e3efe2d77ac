//! The English names of months and days of the week.

/// A day of the week. Sunday is 0.
pub(crate) type Weekday = usize;

/// Sunday first.
pub(crate) const WEEKDAY_NAMES: [&[u8]; 7] = [
    b"Sunday",
    b"Monday",
    b"Tuesday",
    b"Wednesday",
    b"Thursday",
    b"Friday",
    b"Saturday",
];

const MONTH_NAMES: [&[u8]; 12] = [
    b"January",
    b"February",
    b"March",
    b"April",
    b"May",
    b"June",
    b"July",
    b"August",
    b"September",
    b"October",
    b"November",
    b"December",
];

/// Packs three letters into one number, so that one comparison is enough.
const fn packed([first, second, third]: [u8; 3]) -> u32 {
    u32::from_le_bytes([first, second, third, 0])
}

static MONTHS: [u32; 12] = [
    packed(*b"Jan"),
    packed(*b"Feb"),
    packed(*b"Mar"),
    packed(*b"Apr"),
    packed(*b"May"),
    packed(*b"Jun"),
    packed(*b"Jul"),
    packed(*b"Aug"),
    packed(*b"Sep"),
    packed(*b"Oct"),
    packed(*b"Nov"),
    packed(*b"Dec"),
];

/// Sunday first.
static WEEKDAYS: [u32; 7] = [
    packed(*b"Sun"),
    packed(*b"Mon"),
    packed(*b"Tue"),
    packed(*b"Wed"),
    packed(*b"Thu"),
    packed(*b"Fri"),
    packed(*b"Sat"),
];

/// Returns the number of a month by its English abbreviation, case-sensitive like HTTP.
#[inline]
pub(crate) fn month_number(name: [u8; 3]) -> Option<u32> {
    let name = packed(name);
    (1..)
        .zip(&MONTHS)
        .find(|(_, month)| **month == name)
        .map(|(number, _)| number)
}

/// Returns the number of a day of the week by its English abbreviation, case-sensitive like HTTP.
#[inline]
pub(crate) fn weekday_number(name: [u8; 3]) -> Option<Weekday> {
    let name = packed(name);
    WEEKDAYS.iter().position(|weekday| *weekday == name)
}

/// Returns the number of a month by its name or its abbreviation, in any case.
pub(crate) fn month_in_any_case(word: &[u8]) -> Option<u32> {
    let place = place(&MONTH_NAMES, word)?;
    u32::try_from(place + 1).ok()
}

/// Returns the number of a day of the week by its name or its abbreviation, in any case.
pub(crate) fn weekday_in_any_case(word: &[u8]) -> Option<Weekday> {
    place(&WEEKDAY_NAMES, word)
}

/// Returns the place of a name, or of its first three letters.
fn place(names: &[&[u8]], word: &[u8]) -> Option<usize> {
    names.iter().position(|name| {
        let known = match word.len() {
            3 => name.get(..3).unwrap_or_default(),
            _ => name,
        };
        word.eq_ignore_ascii_case(known)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_complete_or_has_three_letters() {
        let months: [(&[u8], Option<u32>); 9] = [
            (b"Jan", Some(1)),
            (b"january", Some(1)),
            (b"SEP", Some(9)),
            (b"September", Some(9)),
            (b"may", Some(5)),
            (b"Januar", None),
            (b"Apri", None),
            (b"Ja", None),
            (b"Xan", None),
        ];
        for (word, expected) in months {
            assert_eq!(month_in_any_case(word), expected, "{}", word.escape_ascii());
        }
        let days: [(&[u8], Option<Weekday>); 6] = [
            (b"sun", Some(0)),
            (b"WEDNESDAY", Some(3)),
            (b"Sat", Some(6)),
            (b"Wednes", None),
            (b"Sunrsday", None),
            (b"", None),
        ];
        for (word, expected) in days {
            assert_eq!(
                weekday_in_any_case(word),
                expected,
                "{}",
                word.escape_ascii()
            );
        }
    }
}
