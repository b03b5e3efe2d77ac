//! A request over a network card to a server that misbehaves: HTTP outcomes are classified, waits decided, without an
//! allocator. Then a connection that stays up.

#![no_std]
#![no_main]

mod link;
mod nic;

use core::fmt::Write;
use core::time::Duration;

use backoff_embassy::{Policy, Rng, SeedableRng, Xoshiro128PlusPlus};
use backoff_http::{Classification, Fault, Method, RequestInfo, Rules, lookup};
use cortex_m_rt::entry;
use embassy_futures::select::select3;
use embassy_net::dns::DnsSocket;
use embassy_net::tcp::client::{TcpClient, TcpClientState};
use embassy_net::{Config, Ipv4Address, Ipv4Cidr, Stack, StackResources, StaticConfigV4};
use embassy_net_driver_channel::State;
use embassy_net_driver_channel::driver::HardwareAddress;
use firmware::{clock, executor};
use heapless::String;
use reqwless::client::HttpClient;
use reqwless::request::RequestBuilder;
use semihosting::experimental::env;
use semihosting::{println, process};
use static_cell::ConstStaticCell;

use crate::nic::{MTU, Nic};

static POLICY: Policy = Policy::exponential(Duration::from_millis(100), Duration::from_secs(2))
    .with_max_attempts(6)
    .with_attempt_timeout(Duration::from_secs(10))
    .with_deadline(Duration::from_secs(60));

static RULES: Rules<'static> = Rules::RFC_9110;

const GET: RequestInfo = RequestInfo::new(Method::Get);

/// What the emulator gives to its guest, and the host's loopback as the guest sees it.
const GUEST: Ipv4Cidr = Ipv4Cidr::new(Ipv4Address::new(10, 0, 2, 15), 24);
const HOST: Ipv4Address = Ipv4Address::new(10, 0, 2, 2);

/// Connections, each with buffers of so many bytes.
type Connections = TcpClientState<1, 512, 1024>;

#[entry]
fn main() -> ! {
    clock::start();
    executor::run(|spawner| spawner.spawn(show().expect("the first task")))
}

#[embassy_executor::task]
async fn show() {
    static CHANNEL: ConstStaticCell<State<MTU, 2, 2>> = ConstStaticCell::new(State::new());
    static RESOURCES: ConstStaticCell<StackResources<3>> =
        ConstStaticCell::new(StackResources::new());

    // SAFETY: the first task runs once.
    let nic = unsafe { Nic::take() };
    nic.start();
    let address = nic.address();
    println!("cloud: card {address:02x?}");
    // Unlike every other card's. A board that can store a boot counter adds it, as the image `bare` does.
    let [a, b, c, d, e, f] = address;
    let mut random =
        Xoshiro128PlusPlus::seed_from_u64(u64::from_le_bytes([a, b, c, d, e, f, 0, 0]));

    let (channel, device) =
        embassy_net_driver_channel::new(CHANNEL.take(), HardwareAddress::Ethernet(address));
    let config = Config::ipv4_static(StaticConfigV4 {
        address: GUEST,
        gateway: Some(HOST),
        dns_servers: Default::default(),
    });
    let (stack, mut network) =
        embassy_net::new(device, config, RESOURCES.take(), random.next_u64());
    let work = async {
        request(stack, &mut random).await;
        println!("  a connection that stays up");
        link::keep(stack, (HOST, port(2)).into(), &mut random).await;
    };
    select3(nic.run(channel), network.run(), work).await;
    process::exit(0);
}

/// Requests until there is an answer or the policy gives up.
async fn request(stack: Stack<'_>, random: &mut Xoshiro128PlusPlus) {
    static CONNECTIONS: ConstStaticCell<Connections> = ConstStaticCell::new(Connections::new());
    let connections = TcpClient::new(stack, CONNECTIONS.take());
    let names = DnsSocket::new(stack);
    let mut client = HttpClient::new(&connections, &names);
    let url = url();

    let mut attempts = backoff_embassy::attempts(&POLICY, random)
        .when(|classification: &Classification| *classification)
        .on_timeout(|_| Err(RULES.classify_error(GET, Fault::Timeout)));
    let outcome = loop {
        let attempt = attempts.attempt();
        let outcome = attempts.limit(get(&mut client, &url, attempt)).await;
        match &outcome {
            Ok(status) => println!("  attempt {attempt}: accepted: status {status}"),
            Err(classification) => println!("  attempt {attempt}: {classification}"),
        }
        let Some(pause) = attempts.pause_after(&outcome) else {
            break outcome;
        };
        pause.await;
    };
    let report = attempts.report();
    println!("  {report}");
    assert_eq!(outcome.ok(), Some(200));
    assert_eq!(report.attempts(), 4);
    // A second after the refusal, a second and two seconds as the server asked.
    assert!(
        report.slept() >= Duration::from_secs(4),
        "a hint was not obeyed"
    );
}

/// One attempt, whose number the server is told.
async fn get(
    client: &mut HttpClient<'_, TcpClient<'_, 1, 512, 1024>, DnsSocket<'_>>,
    url: &str,
    attempt: u32,
) -> Result<u16, Classification> {
    let mut number = String::<10>::new();
    let _ = write!(number, "{attempt}"); // ten digits hold every number
    let headers = [("Connection", "close"), ("X-Attempt", number.as_str())];
    let mut buffer = [0; 512];

    let request = client.request(reqwless::request::Method::GET, url).await;
    let mut request = request
        .map_err(|error| match error {
            reqwless::Error::Dns => RULES.classify_error(GET, Fault::Dns),
            // A reset that answers the opening of a connection: so TCP refuses (RFC 9293, section 3.5.2).
            _ => RULES.classify_error(GET, Fault::Refused),
        })?
        .headers(&headers);
    let response = request.send(&mut buffer).await;
    let response = response.map_err(|_| RULES.classify_error(GET, Fault::Reset))?;

    let find = |name: &str| {
        let mut headers = response.headers();
        headers.find_map(|(key, value)| key.eq_ignore_ascii_case(name).then_some(value))
    };
    // No clock: a date counts from the response's own.
    let classification = RULES.classify_response(GET, response.status.0, &lookup(find), None);
    match classification.failure() {
        None => Ok(response.status.0),
        Some(_) => Err(classification),
    }
}

/// Where the server is.
fn url() -> String<32> {
    let mut url = String::new();
    write!(url, "http://{HOST}:{}/", port(1)).expect("short enough");
    url
}

/// A port that a server of the host listens at, as the host says by an argument.
fn port(argument: usize) -> u16 {
    let arguments = env::args::<64>().expect("arguments");
    let port = (&arguments).nth(argument).expect("a port").expect("text");
    port.parse().expect("a number")
}
