//! Whole numbers within a range.

use super::text::TextValue;

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Range<const MIN: u32, const MAX: u32>(pub(crate) u32);

impl<const MIN: u32, const MAX: u32> TextValue for Range<MIN, MAX> {
    const EXPECTED: &'static str = "a whole number";

    fn parse(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(number) if (MIN..=MAX).contains(&number) => Ok(Self(number)),
            _ => Err(format!(
                "{text:?} is not a whole number from {MIN} to {MAX}"
            )),
        }
    }

    fn text(&self) -> String {
        self.0.to_string()
    }

    fn number(&self) -> Option<u64> {
        Some(self.0.into())
    }
}
