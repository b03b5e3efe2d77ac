//! The growth factor of an exponential schedule.

use super::text::{TextValue, unexpected};

/// A growth factor of at least one, as a fraction.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ratio {
    pub(crate) numerator: u32,
    pub(crate) denominator: u32,
}

impl TextValue for Ratio {
    const EXPECTED: &'static str = "a ratio from 1 on, such as \"3/2\" or 1.5";

    const FRACTIONS: bool = true;

    fn parse(text: &str) -> Result<Self, String> {
        let parts = match text.split_once('/') {
            Some((numerator, denominator)) => numerator.parse().ok().zip(denominator.parse().ok()),
            None => decimal(text),
        };
        match parts {
            Some((numerator, denominator)) if numerator >= denominator && denominator > 0 => {
                Ok(Self {
                    numerator,
                    denominator,
                })
            }
            _ => Err(unexpected::<Self>(text)),
        }
    }

    fn text(&self) -> String {
        match self.denominator {
            1 => self.numerator.to_string(),
            denominator => format!("{}/{denominator}", self.numerator),
        }
    }

    fn number(&self) -> Option<u64> {
        (self.denominator == 1).then_some(self.numerator.into())
    }
}

/// Reads a decimal number, such as `1.25`, as the fraction in lowest terms.
fn decimal(text: &str) -> Option<(u32, u32)> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let decimals = decimals.trim_end_matches('0');
    let denominator = 10_u64.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    let digits = format!("{whole}{decimals}");
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let numerator: u64 = digits.parse().ok()?;
    let divisor = greatest_common_divisor(numerator, denominator);
    let reduced = |number: u64| u32::try_from(number.checked_div(divisor)?).ok();
    reduced(numerator).zip(reduced(denominator))
}

fn greatest_common_divisor(mut one: u64, mut other: u64) -> u64 {
    while let Some(rest) = one.checked_rem(other) {
        (one, other) = (other, rest);
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_a_fraction_or_a_decimal_number() {
        let cases = [
            ("3/2", Some((3, 2))),
            ("6/4", Some((6, 4))),
            ("2", Some((2, 1))),
            ("1.5", Some((3, 2))),
            ("1.10", Some((11, 10))),
            ("2.", Some((2, 1))),
            ("1.000000001", Some((1_000_000_001, 1_000_000_000))),
            ("4294967295/4294967294", Some((u32::MAX, u32::MAX - 1))),
            ("1.0000000001", None), // the denominator has more than 32 bits
            ("1/2", None),
            ("0.9", None),
            ("0", None),
            ("1/0", None),
            ("0/0", None),
            ("1/2/3", None),
            ("-2", None),
            ("+2", None),
            (".", None),
            ("", None),
            ("NaN", None),
            ("99999999999999999999", None),
        ];
        for (text, expected) in cases {
            let ratio = Ratio::parse(text).ok();
            let parts = ratio.map(|ratio| (ratio.numerator, ratio.denominator));
            assert_eq!(parts, expected, "{text}");
        }
    }
}
