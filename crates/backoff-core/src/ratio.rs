//! A number of one or more, and its powers, in integer arithmetic.

/// A number `mantissa * 2^(exponent - 63)`, with the mantissa's top bit set.
///
/// One rounding loses at most three quarters of a unit in 2^63, and a product with the nth power about `1.5 n` of that. For
/// the largest `n`, 2^32, that is below one part in 2^30.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Ratio {
    pub(crate) mantissa: u64,
    pub(crate) exponent: u32,
}

impl Ratio {
    const ONE: Self = Self {
        mantissa: 1 << 63,
        exponent: 0,
    };

    /// The largest exponent for which multiplying alone takes fewer instructions than squaring too.
    const FEW: u32 = 7;

    /// Makes `numerator / denominator`, or one if that is less than one or undefined.
    pub(crate) const fn new(numerator: u32, denominator: u32) -> Self {
        if denominator == 0 || numerator <= denominator {
            return Self::ONE;
        }
        let mut exponent = 0;
        let mut divisor = denominator as u64;
        while divisor << 1 <= numerator as u64 {
            divisor <<= 1;
            exponent += 1;
        }
        // Long division in binary: each turn gives one bit of the quotient, and the next bit rounds.
        let mut mantissa = 0;
        let mut rest = numerator as u64;
        let mut bit = 0;
        while bit < 64 {
            mantissa <<= 1;
            if rest >= divisor {
                rest -= divisor;
                mantissa |= 1;
            }
            rest <<= 1;
            bit += 1;
        }
        Self::rounded(mantissa, rest >= divisor, exponent)
    }

    /// Makes an integer that has this many leading zeros and is not zero.
    ///
    /// They are an argument because counting them takes 40 bytes of code on a Cortex-M0, which has no instruction for it.
    #[inline]
    pub(crate) const fn from_integer(integer: u64, zeros: u32) -> Self {
        Self {
            mantissa: integer.wrapping_shl(zeros),
            exponent: 63_u32.wrapping_sub(zeros),
        }
    }

    /// Computes `base * self^exponent`, to the nearest integer, saturating.
    ///
    /// Squares while the exponent is large, and multiplies where it is odd or small. It stops at a square beyond `u64`,
    /// because that or a larger one is a factor of the result.
    pub(crate) const fn scale(self, base: Self, mut exponent: u32) -> u64 {
        let (mut scaled, mut factor) = (base, self);
        while exponent > 0 {
            if exponent % 2 == 1 || exponent <= Self::FEW {
                scaled = scaled.times(factor);
                exponent -= 1;
                continue;
            }
            factor = factor.times(factor);
            exponent /= 2;
            if factor.exponent > 63 {
                return u64::MAX;
            }
        }
        scaled.to_integer()
    }

    /// Returns the nearest integer, saturating.
    #[inline]
    const fn to_integer(self) -> u64 {
        match self.exponent {
            0..63 => {
                let twice = self.mantissa >> (62 - self.exponent);
                (twice >> 1) + (twice & 1)
            }
            63 => self.mantissa,
            64.. => u64::MAX,
        }
    }

    /// Multiplies, and rounds to a mantissa that is at most three quarters of a unit off.
    ///
    /// Exponents are at most 63 and those of 32 factors more, so their sum does not overflow.
    #[inline]
    const fn times(self, other: Self) -> Self {
        let exponent = self.exponent.wrapping_add(other.exponent);
        // Half a unit where the product has 127 bits, and a quarter where it has 128. It is at most 2^128 - 2^65 + 1, so
        // the sum does not overflow.
        let (high, low) = wide_product_plus(self.mantissa, other.mantissa, 1 << 62);
        if high >> 63 == 0 {
            return Self {
                mantissa: (high << 1) | (low >> 63),
                exponent,
            };
        }
        Self {
            mantissa: high,
            exponent: exponent.wrapping_add(1),
        }
    }

    const fn rounded(mantissa: u64, up: bool, exponent: u32) -> Self {
        match mantissa.checked_add(up as u64) {
            Some(mantissa) => Self { mantissa, exponent },
            None => Self {
                mantissa: 1 << 63,
                exponent: exponent + 1,
            },
        }
    }
}

/// Computes the high and the low half of a 128-bit product.
#[inline]
pub(crate) const fn wide_product(a: u64, b: u64) -> (u64, u64) {
    wide_product_plus(a, b, 0)
}

/// Computes the high and the low half of `a * b + c`, which must fit.
#[inline]
const fn wide_product_plus(a: u64, b: u64, c: u64) -> (u64, u64) {
    if cfg!(target_pointer_width = "64") {
        let sum = a as u128 * b as u128 + c as u128;
        ((sum >> 64) as u64, sum as u64)
    } else {
        let (high, low) = product_of_halves(a, b);
        let (low, carry) = low.overflowing_add(c);
        (high + carry as u64, low)
    }
}

/// The product as four products of 32 bits: the compiler's own for `u128` is a function of 1.2 kB on a Cortex-M0.
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
const fn product_of_halves(a: u64, b: u64) -> (u64, u64) {
    let (a_high, a_low) = (a >> 32, a & 0xffff_ffff);
    let (b_high, b_low) = (b >> 32, b & 0xffff_ffff);
    let low = a_low * b_low;
    let middle = a_high * b_low + (low >> 32);
    let cross = a_low * b_high + (middle & 0xffff_ffff);
    let high = a_high * b_high + (middle >> 32) + (cross >> 32);
    (high, (cross << 32) | (low & 0xffff_ffff))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_agrees_with_a_wider_integer() {
        let numbers = [
            0,
            1,
            3,
            0xffff_ffff,
            1 << 32,
            0x1234_5678_9abc_def0,
            1 << 63,
            u64::MAX,
        ];
        for a in numbers {
            for b in numbers {
                for (high, low) in [wide_product(a, b), product_of_halves(a, b)] {
                    let product = u128::from(high) << 64 | u128::from(low);
                    assert_eq!(product, u128::from(a) * u128::from(b), "{a} * {b}");
                }
            }
        }
    }

    fn integer(number: u64) -> Ratio {
        Ratio::from_integer(number, number.leading_zeros())
    }

    #[test]
    fn powers_are_exact_where_the_integers_are() {
        let cases = [
            // (numerator, denominator, base, exponent, expected)
            (3, 2, 1_000, 0, 1_000),
            (3, 2, 1_000, 1, 1_500),
            (3, 2, 1_024, 10, 59_049),
            (3, 2, 1, 1, 2),
            (5, 4, 1, 1, 1),
            (4, 3, 1, 2, 2),
            (11, 10, 1_000_000_000, 1, 1_100_000_000),
            (11, 10, 1_000_000_000, 2, 1_210_000_000),
            (3, 1, 5, 8, 32_805),
            (10, 1, 1, 19, 10_000_000_000_000_000_000),
            (10, 1, 1, 20, u64::MAX),
            (u32::MAX, 1, 1, 2, u64::from(u32::MAX) * u64::from(u32::MAX)),
            (u32::MAX, 1, 1, u32::MAX, u64::MAX),
            (3, 2, u64::MAX, 0, u64::MAX),
            (4, 4, 77, u32::MAX, 77),
            (1, 2, 77, u32::MAX, 77),
            (1, 0, 77, u32::MAX, 77),
            (0, 0, 77, u32::MAX, 77),
        ];
        for (numerator, denominator, base, exponent, expected) in cases {
            let scaled = Ratio::new(numerator, denominator).scale(integer(base), exponent);
            assert_eq!(
                scaled, expected,
                "{base} * ({numerator}/{denominator})^{exponent}"
            );
        }
    }

    #[test]
    fn the_slowest_growth_is_within_one_part_in_2_to_the_30_at_its_last_power() {
        // (1 + 1/n)^n for n = 2^32 - 1 is e * (1 - 1/2n + ..): e * 10^15 to the digits that matter.
        let e = 2_718_281_828_459_045_u64;
        let grown =
            Ratio::new(u32::MAX, u32::MAX - 1).scale(integer(1_000_000_000_000_000), u32::MAX);
        assert!(grown.abs_diff(e) <= e >> 30, "{grown}");
    }

    #[test]
    fn a_product_is_within_three_quarters_of_a_unit() {
        let mantissas = [
            1 << 63,
            (1 << 63) + 1,
            0x9249_2492_4924_9249,
            0xb504_f333_f9de_6484,
            0xc000_0000_0000_0001,
            0xe38e_38e3_8e38_e38f,
            u64::MAX - 1,
        ];
        let ratio = |mantissa| Ratio {
            mantissa,
            exponent: 0,
        };
        for a in mantissas {
            for b in mantissas {
                let Ratio { mantissa, exponent } = ratio(a).times(ratio(b));
                assert!(mantissa >> 63 == 1 && exponent <= 1, "{a} * {b}");
                let unit = 1_u128 << (63 + exponent);
                let off = (u128::from(mantissa) * unit).abs_diff(u128::from(a) * u128::from(b));
                assert!(off <= unit / 4 * 3, "{a} * {b} is off by {off} of {unit}");
            }
        }
    }

    #[test]
    fn rounding_up_may_carry_into_the_exponent() {
        // A product of 2^127 - 2^61, of which 64 bits are all ones and the next one too.
        let (a, b) = (0xe000_0000_0000_0000, 0x9249_2492_4924_9249);
        let ratio = |mantissa, exponent| Ratio { mantissa, exponent };
        assert_eq!(ratio(a, 2).times(ratio(b, 3)), ratio(1 << 63, 6));
        assert_eq!(ratio(b, 63).times(ratio(a, 63)), ratio(1 << 63, 127));
    }
}
