//! The English names of months and days of the week.

/// A day of the week. Sunday is 0.
pub(crate) type Weekday = usize;

/// The names of the days behind their first three letters, Sunday first.
pub(crate) const WEEKDAY_ENDINGS: [&[u8]; 7] = [
    b"day", b"day", b"sday", b"nesday", b"rsday", b"day", b"urday",
];

/// The names of the months behind their first three letters.
const MONTH_ENDINGS: [&[u8]; 12] = [
    b"uary", b"ruary", b"ch", b"il", b"", b"e", b"y", b"ust", b"tember", b"ober", b"ember",
    b"ember",
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
    let (name, rest) = word.split_first_chunk()?;
    let month = month_number(capitalised(*name))?;
    let ending = MONTH_ENDINGS.get((month - 1) as usize)?;
    (rest.is_empty() || rest.eq_ignore_ascii_case(ending)).then_some(month)
}

/// Returns the number of a day of the week by its name or its abbreviation, in any case.
pub(crate) fn weekday_in_any_case(word: &[u8]) -> Option<Weekday> {
    let (name, rest) = word.split_first_chunk()?;
    let weekday = weekday_number(capitalised(*name))?;
    let ending = WEEKDAY_ENDINGS.get(weekday)?;
    (rest.is_empty() || rest.eq_ignore_ascii_case(ending)).then_some(weekday)
}

const fn capitalised([first, second, third]: [u8; 3]) -> [u8; 3] {
    [
        first.to_ascii_uppercase(),
        second.to_ascii_lowercase(),
        third.to_ascii_lowercase(),
    ]
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
