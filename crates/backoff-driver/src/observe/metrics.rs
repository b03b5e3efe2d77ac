//! Hands counts to the recorder of the facade `metrics`.

use ::metrics::{SharedString, counter};
use backoff_core::{DelayOrigin, GiveUp};

use super::Counters;

impl Counters {
    /// Hands the counts to the recorder of the facade `metrics`, each with the label `operation`.
    ///
    /// Call it before each scrape, or every few seconds: it sets the counters of the recorder to these counts, and costs the
    /// calls nothing.
    ///
    /// | counter | further label |
    /// |---|---|
    /// | `backoff_give_ups_total` | `reason`: the words of [`GiveUp`] |
    /// | `backoff_interruptions_total` | |
    /// | `backoff_renewals_total` | |
    /// | `backoff_retries_total` | `origin`: the words of [`DelayOrigin`] |
    /// | `backoff_slept_milliseconds_total` | |
    /// | `backoff_successes_total` | |
    ///
    /// # Examples
    ///
    /// ```
    /// use backoff_driver::Counters;
    ///
    /// static FETCHES: Counters = Counters::new();
    ///
    /// FETCHES.export("fetch user"); // to the recorder that the application installed, if any
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "metrics-0-24")))]
    pub fn export(&self, operation: impl Into<SharedString>) {
        let operation: SharedString = operation.into();
        let plain = [
            ("backoff_interruptions_total", self.interruptions()),
            ("backoff_renewals_total", self.renewals()),
            (
                "backoff_slept_milliseconds_total",
                u64::try_from(self.slept().as_millis()).unwrap_or(u64::MAX),
            ),
            ("backoff_successes_total", self.successes()),
        ];
        for (name, count) in plain {
            counter!(name, "operation" => operation.clone()).absolute(count);
        }
        for reason in GiveUp::ALL.iter().copied() {
            counter!("backoff_give_ups_total", "operation" => operation.clone(), "reason" => reason.as_str())
                .absolute(self.give_ups(reason));
        }
        for origin in DelayOrigin::ALL.iter().copied() {
            counter!("backoff_retries_total", "operation" => operation.clone(), "origin" => origin.as_str())
                .absolute(self.retries_by(origin));
        }
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;
    use std::collections::BTreeMap;
    use std::format;
    use std::string::String;
    use std::sync::{Arc, Mutex};
    use std::vec::Vec;

    use ::metrics::{
        Counter, CounterFn, Gauge, Histogram, Key, KeyName, Label, Metadata, Recorder, Unit,
        with_local_recorder,
    };
    use backoff_core::Failure;

    use super::*;
    use crate::observe::{Event, Observe};

    /// What was recorded, by name and labels.
    #[derive(Clone, Default)]
    struct Recorded(Arc<Mutex<BTreeMap<String, u64>>>);

    struct Count(Recorded, String);

    impl CounterFn for Count {
        fn increment(&self, _: u64) {}

        fn absolute(&self, value: u64) {
            self.0
                .0
                .lock()
                .expect("no panic")
                .insert(self.1.clone(), value);
        }
    }

    impl Recorder for Recorded {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            let labels: Vec<_> = key.labels().map(Label::value).collect();
            let name = format!("{} {}", key.name(), labels.join(" "));
            Counter::from_arc(Arc::new(Count(self.clone(), name)))
        }

        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::noop()
        }

        fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    #[test]
    fn every_count_reaches_the_recorder_under_its_name() {
        let (counters, recorded) = (Counters::new(), Recorded::default());
        (&counters).observe(&Event::Retrying {
            attempt: 1,
            elapsed: Duration::ZERO,
            failure: Failure::throttled(),
            delay: Duration::from_millis(1_500),
            origin: DelayOrigin::Hint,
            outcome: "",
        });
        (&counters).observe(&Event::GaveUp {
            attempt: 2,
            elapsed: Duration::ZERO,
            failure: Failure::transient(),
            reason: GiveUp::Budget,
            outcome: "",
        });
        with_local_recorder(&recorded, || counters.export("fetch"));
        let recorded = recorded.0.lock().expect("no panic");
        let count = |name: &str| recorded.get(name).copied();
        let cases = [
            ("backoff_retries_total fetch hint", Some(1)),
            ("backoff_retries_total fetch schedule", Some(0)),
            ("backoff_slept_milliseconds_total fetch", Some(1_500)),
            ("backoff_successes_total fetch", Some(0)),
            ("backoff_interruptions_total fetch", Some(0)),
            ("backoff_renewals_total fetch", Some(0)),
        ];
        for (name, expected) in cases {
            assert_eq!(count(name), expected, "{name}");
        }
        let refused = format!("backoff_give_ups_total fetch {}", GiveUp::Budget.as_str());
        assert_eq!(count(&refused), Some(1));
        assert_eq!(
            recorded.len(),
            4 + GiveUp::ALL.len() + DelayOrigin::ALL.len()
        );
    }
}
