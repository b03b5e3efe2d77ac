//! Whatever the bytes of a header are, reading them ends, soon and without a panic.

use backoff_http::{
    DateError, DelayRules, GrpcStatus, HttpDate, Method, QuotaPolicy, RequestInfo, ResetMeaning,
    RetryAfter, Rules, ServerDelay, ServiceLimit, Strictness, attempt,
};

const NOW: HttpDate = HttpDate::from_unix(1_767_312_000);

const FIELDS: [&str; 14] = [
    "date",
    "grpc-retry-pushback-ms",
    "grpc-status",
    "ratelimit",
    "ratelimit-policy",
    "ratelimit-reset",
    "retry-after",
    "retry-after-ms",
    "retry-attempt",
    "x-amz-retry-after",
    "x-ms-retry-after-ms",
    "x-ratelimit-reset",
    "x-ratelimit-reset-after",
    "x-should-retry",
];

/// Values to begin with, some right and some not.
const SEEDS: [&str; 16] = [
    "",
    "0",
    "120",
    "2.5",
    "-1",
    "1696004817",
    "99999999999999999999999",
    "inf",
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
    "19941106 08:49:37 +0100",
    "06-Nov-94 8:49 EST",
    r#""burst";r=0;t=30, "daily";r=712"#,
    r#""a\"b";q=100;w=60;pk=:AA==:"#,
    "true",
];

#[test]
fn changed_bytes_do_no_harm() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..250 {
        for seed in SEEDS {
            let mut value = seed.as_bytes().to_vec();
            for _ in 0..=random.below(3) {
                let byte = random.next().to_le_bytes()[0];
                let place = random.below(value.len() + 1);
                match random.below(3) {
                    0 => value.insert(place, byte),
                    1 if place < value.len() => value[place] = byte,
                    _ => value.truncate(place),
                }
            }
            read_everywhere(&value);
        }
    }
}

#[test]
fn long_values_take_no_longer_than_their_length() {
    // What is read in square time takes hours at this length.
    const LENGTH: usize = 1 << 14;
    for pattern in [
        "0",
        "9",
        " ",
        "\t",
        ",",
        ";",
        "\"",
        "\\\"",
        "a",
        "a,",
        "1,",
        "\"a\",",
        "\"a\";r=0;t=1,",
        ";a=1",
        "\"a\";r=0;t=1;t=1",
        "Sun, ",
        "Sun",
        "Nov ",
        "1:",
        "1:1:",
        "+",
        "+1",
        ".",
        "1.",
        "\u{e4}",
        ":",
        "=",
        "-",
        "GMT ",
    ] {
        let value = pattern.repeat(LENGTH / pattern.len());
        read_everywhere(value.as_bytes());
        read_everywhere(format!("\"a\"{value}").as_bytes());
    }
}

#[test]
fn many_lines_take_no_longer_than_their_number() {
    let lines: Vec<_> = (0..1 << 16)
        .map(|_| ("ratelimit", r#""a";r=0;t=1"#))
        .collect();
    let server_delay = ServerDelay::read(lines.as_slice(), DelayRules::DEFAULT, NOW);
    assert_eq!(server_delay.delay().map(|delay| delay.as_secs()), Some(1));
}

#[test]
fn a_long_list_takes_no_longer_than_its_length() {
    let list = "1,".repeat(1 << 19) + "2";
    let headers = [("retry-after", list)];
    let server_delay = ServerDelay::read(&headers, DelayRules::DEFAULT, NOW);
    assert_eq!(server_delay.delay().map(|delay| delay.as_secs()), Some(2));
}

#[test]
fn a_hostile_body_takes_no_longer_than_its_length() {
    let parts = [
        "{\"error\":",
        "[",
        "{\"error\":[",
        "\"",
        "\\\"",
        "\"\\u",
        "{\"error\":1,",
        "]",
        "1 ",
        "<Code>",
        "<Code",
        "<!--",
        "<![CDATA[",
        "<a b='",
    ];
    for rules in [
        Rules::AWS_STANDARD,
        Rules::GITHUB,
        Rules::GOOGLE,
        Rules::OPENAI,
    ] {
        for (opening, part) in parts
            .map(|part| [("", part), ("{\"message\":\"", part)])
            .concat()
        {
            let body = [opening, &part.repeat((1 << 17) / part.len())].concat();
            let post = RequestInfo::new(Method::Post);
            let found = rules.classify_with_body(post, 400, &(), body.as_bytes(), NOW);
            assert_eq!(found.to_string(), "permanent: status 400", "{part}");
        }
    }
}

#[test]
fn what_is_not_ascii_is_no_date() {
    for byte in 0x80..=u8::MAX {
        let mut text = *b"Sun, 06 Nov 1994 08:49:37 GMT";
        text[6] = byte;
        assert_eq!(HttpDate::parse(&text, NOW), Err(DateError::Form), "{byte}");
    }
}

/// Gives the value to every reader.
fn read_everywhere(value: &[u8]) {
    let _ = HttpDate::parse(value, NOW);
    let _ = HttpDate::parse_lenient(value, NOW);
    let _ = RetryAfter::parse(value, NOW);
    let _ = RetryAfter::parse_lenient(value, NOW);
    let strict = DelayRules::DEFAULT
        .with_strictness(Strictness::Strict)
        .with_x_rate_limit_reset(ResetMeaning::Epoch);
    let server = strict.with_server_clock();
    let lenient = DelayRules::DEFAULT.with_x_rate_limit_reset(ResetMeaning::EpochMillis);
    for name in FIELDS {
        let headers = [(name, value)];
        for rules in [strict, server, lenient] {
            let _ = ServerDelay::read(&headers, rules, NOW);
            let _ = ServerDelay::read(&headers, rules, None);
        }
        let classification =
            Rules::DEFAULT.classify_response(RequestInfo::new(Method::Get), 503, &headers, NOW);
        let _ = classification.to_string();
        let _ = ServiceLimit::read(&headers).map(Iterator::count);
        let _ = QuotaPolicy::read(&headers).map(Iterator::count);
        let _ = GrpcStatus::read(&headers);
        let _ = attempt(&headers);
    }
}

/// The generator xorshift64*, as random as this needs.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or(0) % end
    }
}
