//! Days and seconds of the proleptic Gregorian calendar, for the years 0 to 9999.

use super::names::Weekday;

/// A date and a time of day in UTC, as written: the calendar may not have them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Civil {
    pub(crate) year: u32,
    /// January is 1.
    pub(crate) month: u32,
    pub(crate) day: u32,
    pub(crate) hour: u32,
    pub(crate) minute: u32,
    pub(crate) second: u32,
}

impl Civil {
    /// Returns whether the calendar has this day, and the day this time.
    ///
    /// A leap second has the number 60. It ends a minute of UTC that only the body which announces it knows, and local
    /// times have it in any minute. So the grammar decides, which allows it in each (RFC 9110, section 5.6.7).
    #[inline]
    pub(crate) const fn exists(&self) -> bool {
        1 <= self.month
            && self.month <= 12
            && 1 <= self.day
            && (self.day <= 28 || self.day <= days_in(self.year, self.month))
            && self.hour < 24
            && self.minute < 60
            && self.second <= 60
    }

    /// Returns the days since 1 March of the year -400, which is before every date.
    ///
    /// Counting from March puts the leap day at the end of a year, so month `m` begins `(153 m + 2) / 5` days into
    /// the year. 29 February of a common year counts as 1 March.
    #[inline]
    pub(crate) const fn days(&self) -> u32 {
        self.days_in(self.year)
    }

    /// Returns what [`days`](Self::days) does, for the same day of another year.
    const fn days_in(&self, year: u32) -> u32 {
        let (year, month) = if self.month > 2 {
            (year + 400, self.month - 3)
        } else {
            (year + 399, self.month + 9)
        };
        let century = quotient::<100>(year);
        year * 365 + year / 4 - century + century / 4 + quotient::<5>(153 * month + 2) + self.day
            - 1
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z. A leap second counts as the first second of the next minute.
    #[inline]
    pub(crate) const fn seconds(&self) -> i64 {
        self.seconds_in(self.year)
    }

    /// Returns what [`seconds`](Self::seconds) does, for the same day and time of another year.
    const fn seconds_in(&self, year: u32) -> i64 {
        // 675 * 2^7 = 86,400. A multiplication of 64 bits would be a function of 74 bytes on a Cortex-M0.
        let days = ((self.days_in(year) * 675) as i64) << 7;
        let seconds = self.hour * 3600 + self.minute * 60 + self.second;
        days + seconds as i64 - SECONDS_TO_1970
    }

    /// Returns the day of the week.
    #[inline]
    pub(crate) const fn weekday(&self) -> Weekday {
        // 1 March of the year -400 was a Wednesday, as in every 400th year. 4,096 days are whole weeks and a day.
        let days = self.days() + 3;
        let days = (days >> 12) + (days & 0xfff);
        (days - 7 * quotient::<7>(days)) as usize
    }

    /// Completes a year of two digits, given the present in seconds since 1970.
    ///
    /// RFC 9110, section 5.6.7: a recipient "MUST interpret a timestamp that appears to be more than 50 years in the
    /// future as representing the most recent year in the past that had the same last two digits".
    pub(crate) fn full_year(&self, now: i64) -> u32 {
        let mut year = self.year + 1900;
        while year < 9900 {
            // A date is at most 50 years ahead if 50 years earlier it is not ahead.
            year += 50;
            if self.seconds_in(year) > now {
                return year - 50;
            }
            year += 50;
        }
        year
    }
}

/// From 1 March of the year -400 to 1 January 1970. 400 years have 146,097 days.
const SECONDS_TO_1970: i64 = (719_468 + 146_097) * 86_400;

/// Divides by a multiplication, because a Cortex-M0 has no divider: the code of a division takes 408 bytes.
///
/// The quotient is exact up to 40,000 for the divisors 5, 7 and 100: the reciprocal is too large by at most 12 parts
/// in `2^19 * DIVISOR`, which adds less than `1 / DIVISOR`.
#[inline]
const fn quotient<const DIVISOR: u32>(number: u32) -> u32 {
    let reciprocal = (1 << 19) / DIVISOR + 1;
    (number * reciprocal) >> 19
}

/// Returns the number of days of a month from 1 to 12.
#[inline]
const fn days_in(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

#[inline]
const fn is_leap(year: u32) -> bool {
    let century = quotient::<100>(year);
    year.is_multiple_of(4) && (year != 100 * century || century.is_multiple_of(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn midnight(year: u32, month: u32, day: u32) -> Civil {
        Civil {
            year,
            month,
            day,
            hour: 0,
            minute: 0,
            second: 0,
        }
    }

    #[test]
    fn a_quotient_is_exact_as_far_as_it_says() {
        let step = if cfg!(miri) { 499 } else { 1 };
        for number in (0..=40_000).step_by(step) {
            let quotients = [
                quotient::<5>(number),
                quotient::<7>(number),
                quotient::<100>(number),
            ];
            assert_eq!(
                quotients,
                [number / 5, number / 7, number / 100],
                "{number}"
            );
        }
    }

    #[test]
    fn known_days_have_known_numbers() {
        let cases = [
            ((1970, 1, 1), 0, 4),
            ((1994, 11, 6), 784_080_000, 0),
            ((2000, 2, 29), 951_782_400, 2),
            ((1969, 12, 31), -86_400, 3),
            ((9999, 12, 31), 253_402_214_400, 5),
            ((0, 1, 1), -62_167_219_200, 6),
        ];
        for ((year, month, day), seconds, weekday) in cases {
            let date = midnight(year, month, day);
            assert_eq!(
                (date.seconds(), date.weekday()),
                (seconds, weekday),
                "{date:?}"
            );
        }
    }

    #[test]
    fn the_days_of_ten_thousand_years_follow_each_other() {
        // Miri takes minutes for a century; two years of it have both lengths.
        let years = if cfg!(miri) { 1999..=2000 } else { 0..=9999 };
        let mut expected = midnight(*years.start(), 1, 1).days();
        for year in years {
            for month in 1..=12 {
                for day in 1..=days_in(year, month) {
                    let date = midnight(year, month, day);
                    assert!(date.exists() && date.days() == expected, "{date:?}");
                    assert_eq!(date.weekday(), (expected as usize + 3) % 7, "{date:?}");
                    expected += 1;
                }
            }
        }
    }

    #[test]
    fn what_the_calendar_lacks_does_not_exist() {
        let dates = [
            (2025, 2, 29),
            (1900, 2, 29),
            (2024, 2, 30),
            (2024, 4, 31),
            (2024, 0, 1),
            (2024, 13, 1),
            (2024, 1, 0),
        ];
        for (year, month, day) in dates {
            assert!(!midnight(year, month, day).exists(), "{year}-{month}-{day}");
        }
        let times = [
            ((23, 59, 60), true),
            ((22, 59, 60), true),
            ((0, 0, 60), true),
            ((24, 0, 0), false),
            ((0, 60, 0), false),
            ((23, 59, 61), false),
            ((0, 60, 60), false),
        ];
        for ((hour, minute, second), exists) in times {
            let time = Civil {
                hour,
                minute,
                second,
                ..midnight(2016, 12, 31)
            };
            assert_eq!(time.exists(), exists, "{time:?}");
        }
    }

    #[test]
    fn a_year_of_two_digits_is_the_latest_that_is_at_most_50_years_ahead() {
        let cases = [
            // (year, now, whole year)
            (0, 0, 2000),
            (19, 0, 2019),
            (20, 1, 2020),
            (21, 0, 1921),
            (94, 1_767_312_000, 1994),
            (75, 1_767_312_000, 2075),
            (77, 1_767_312_000, 1977),
            (0, 253_402_300_799, 9900),
            (99, 253_402_300_799, 9999),
        ];
        for (year, now, expected) in cases {
            let whole = midnight(year, 1, 1).full_year(now);
            assert_eq!(whole, expected, "{year} at {now}");
        }
    }
}
