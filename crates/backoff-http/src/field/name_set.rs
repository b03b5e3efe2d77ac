//! Which names of headers may occur.

/// A set of names: what a response has, or what a reader looks for.
///
/// It is one word, so it only says what does not occur. Looking that up saves most searches in a header map, because
/// most responses have none of the fields that ask for a delay.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NameSet(u64);

impl NameSet {
    /// For headers whose names are not known.
    pub const ALL: Self = Self(u64::MAX);

    pub const NONE: Self = Self(0);

    /// Returns the set that has this name only, in any case.
    ///
    /// The factors were chosen by trying all: the fields that ask for a delay have each a bit of their own, which 3 of
    /// 62 other fields share that responses often have.
    #[inline]
    #[must_use]
    pub const fn of(name: &str) -> Self {
        let (first, last) = match name.as_bytes() {
            [first, .., last] => (*first | 0x20, *last | 0x20),
            _ => (0, 0),
        };
        let mark = 2 * name.len() + 5 * first as usize + 37 * last as usize;
        Self(1 << (mark & 63))
    }

    #[inline]
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Returns whether a name of the other set may occur.
    #[inline]
    #[must_use]
    pub const fn may_have(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_any_case_and_most_others_are_not() {
        let names = [
            "Date",
            "content-type",
            "content-length",
            "server",
            "connection",
        ];
        let set = names
            .map(NameSet::of)
            .into_iter()
            .fold(NameSet::NONE, NameSet::with);
        for name in names {
            assert!(
                set.may_have(NameSet::of(&name.to_ascii_uppercase())),
                "{name}"
            );
        }
        for name in [
            "retry-after",
            "retry-after-ms",
            "x-should-retry",
            "ratelimit",
            "",
        ] {
            assert!(!set.may_have(NameSet::of(name)), "{name}");
            assert!(NameSet::ALL.may_have(NameSet::of(name)), "{name}");
        }
    }
}
