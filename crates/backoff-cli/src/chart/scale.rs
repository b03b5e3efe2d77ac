//! Values as pixels, and round ticks.

use super::axis::Axis;

/// Maps values to pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    log: bool,
    whole: bool,
    low: f64,
    high: f64,
    pixels: (f64, f64),
}

impl Scale {
    pub(super) fn new(
        axis: &Axis,
        from_zero: bool,
        (low, high): (f64, f64),
        pixels: (f64, f64),
    ) -> Self {
        let (low, high) = match (low.is_finite(), axis.log) {
            (false, _) => (0.0, 1.0),
            _ if axis.whole => (low, high.max(low + 1.0)),
            (true, true) => (low, high.max(low * 1.1)),
            (true, false) if from_zero => {
                (low.min(0.0), if high > 0.0 { high * 1.04 } else { 1.0 })
            }
            (true, false) => (low.min(0.0), high.max(low + 1e-9)),
        };
        Self {
            log: axis.log && low > 0.0,
            whole: axis.whole,
            low,
            high,
            pixels,
        }
    }

    pub(super) fn at(&self, value: f64) -> f64 {
        let map = |value: f64| if self.log { value.ln() } else { value };
        let share = (map(value) - map(self.low)) / (map(self.high) - map(self.low));
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }

    /// Round values, about five of them.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let within = |tick: &f64| (self.low..=self.high * 1.000_001).contains(tick);
        if !self.log {
            let least = if self.whole { 1.0 } else { 0.0 };
            let step = round_up((self.high - self.low) / 5.0).max(least);
            let first = (self.low / step).ceil() as i64;
            let all = (first..first + 12).map(|number| number as f64 * step);
            let least = (self.whole && self.low % step != 0.0).then_some(self.low);
            return least.into_iter().chain(all.filter(within)).collect();
        }
        let (first, last) = (
            self.low.log10().floor() as i32,
            self.high.log10().ceil() as i32,
        );
        let decades = self.high.log10() - self.low.log10();
        let steps: &[f64] = match decades {
            ..1.7 => &[1.0, 2.0, 5.0],
            _ => &[1.0],
        };
        let every = (decades / 7.0).ceil().max(1.0) as usize;
        let decades = (first..=last).step_by(every);
        let all = decades.flat_map(|exponent| steps.iter().map(move |s| s * 10_f64.powi(exponent)));
        all.filter(within).collect()
    }
}

/// The next number that is 1, 2 or 5 times a power of ten.
pub(super) fn round_up(number: f64) -> f64 {
    let power = 10_f64.powf(number.max(1e-12).log10().floor());
    let digit = [1.0, 2.0, 5.0, 10.0];
    let next = digit
        .into_iter()
        .find(|digit| digit * power >= number * 0.999_999);
    next.unwrap_or(10.0) * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_within() {
        let axis = |log, whole| Axis {
            log,
            whole,
            ..Axis::default()
        };
        let scale =
            |log, low, high| Scale::new(&axis(log, false), false, (low, high), (0.0, 100.0));
        let whole = |high| Scale::new(&axis(false, true), false, (1.0, high), (0.0, 100.0));
        let cases = [
            (
                scale(false, 0.0, 100.0),
                vec![0.0, 20.0, 40.0, 60.0, 80.0, 100.0],
            ),
            (scale(false, 0.0, 0.7), vec![0.0, 0.2, 0.4, 0.6]),
            (scale(true, 1.0, 20.0), vec![1.0, 2.0, 5.0, 10.0, 20.0]),
            (scale(true, 3.0, 5_000.0), vec![10.0, 100.0, 1_000.0]),
            (whole(3.0), vec![1.0, 2.0, 3.0]),
            (whole(1.0), vec![1.0, 2.0]),
            (whole(21.0), vec![1.0, 5.0, 10.0, 15.0, 20.0]),
        ];
        for (scale, expected) in cases {
            let ticks = scale.ticks();
            assert_eq!(ticks.len(), expected.len(), "{ticks:?}");
            let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9 * b.max(1.0);
            assert!(ticks.iter().zip(&expected).all(near), "{ticks:?}");
        }
    }
}
