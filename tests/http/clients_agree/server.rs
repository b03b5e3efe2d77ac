//! Servers that do what a script says, byte by byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;

use super::client::ATTEMPT;
use super::frames;
use super::scenario::To;

/// What a server does with a request. It gets a connection of its own, unless HTTP/2 keeps the one before.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Reads the request, writes these bytes, and closes the connection in order.
    Answer(String),
    /// Reads the request, and closes the connection in order.
    Close,
    /// Reads the request, and resets the connection.
    Reset,
    /// Resets the connection before it reads the request.
    ResetFirst,
    /// Writes these bytes when the client has begun, and closes the connection in order.
    Say(Vec<u8>),
    /// Reads the request, writes the first part, and then one byte of the second at a time.
    Slow(String, &'static str),
    /// Reads the request, and is silent.
    Stall,
    /// Of HTTP/2: writes these frames for the stream.
    Stream(fn(stream: u32) -> Vec<u8>),
}

/// How long a server is silent: longer than an attempt may take.
const SILENCE: Duration = Duration::from_secs(6);

/// Between two bytes of a slow body.
const SLOW: Duration = Duration::from_millis(100);

/// A request as the server saw it: when, and whether it was redirected.
struct Seen {
    at: Instant,
    redirects: bool,
    /// How long the client waited for an answer in vain.
    silence: Duration,
}

/// A server that does with its `n`th request what the `n`th line of its script says. The last line repeats.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) url: String,
    steps: Arc<Vec<Step>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub(crate) fn start(to: To, steps: Vec<Step>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let scheme = if to == To::Tls { "https" } else { "http" };
        let server = Self {
            url: match to {
                To::Nobody => "http://127.0.0.1:1/".to_owned(),
                _ => format!("{scheme}://{address}/"),
            },
            steps: Arc::new(steps),
            seen: Arc::default(),
        };
        let accepting = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (server, stream) = (accepting.clone(), stream.expect("a connection"));
                thread::spawn(move || match to {
                    To::Http2 => frames::serve(&stream, || server.next()),
                    _ => server.serve(stream),
                });
            }
        });
        server
    }

    /// The step of a request that has begun.
    fn next(&self) -> Step {
        let mut seen = self.seen.lock().expect("no panic");
        let step = self.steps.get(seen.len()).or(self.steps.last());
        let step = step.expect("a script").clone();
        let redirects = matches!(&step, Step::Answer(text) if text.starts_with("HTTP/1.1 3"));
        let silence = match step {
            Step::Stall => ATTEMPT,
            _ => Duration::ZERO,
        };
        seen.push(Seen {
            at: Instant::now(),
            redirects,
            silence,
        });
        step
    }

    /// The waits between requests, each with a space behind it.
    pub(crate) fn waits(&self, long: Duration) -> String {
        let seen = self.seen.lock().expect("no panic");
        let waits = seen.windows(2).map(|pair| match pair {
            [before, _] if before.redirects => "> ",
            [before, after] if after.at - before.at >= before.silence + long => "h ",
            _ => "s ",
        });
        waits.collect()
    }

    fn serve(&self, mut stream: TcpStream) {
        let step = self.next();
        if matches!(step, Step::ResetFirst) {
            return reset(&stream);
        }
        if let Step::Say(bytes) = step {
            let _ = stream.read(&mut [0; 4096]);
            return say(&mut stream, &bytes);
        }
        if read_request(&mut stream).is_none() {
            return;
        }
        match step {
            Step::Answer(text) => say(&mut stream, text.as_bytes()),
            Step::Reset => reset(&stream),
            Step::Slow(head, body) => {
                let _ = stream.write_all(head.as_bytes());
                for byte in body.bytes() {
                    thread::sleep(SLOW);
                    let _ = stream.write_all(&[byte]);
                }
            }
            Step::Stall => thread::sleep(SILENCE),
            Step::Close | Step::ResetFirst | Step::Say(_) | Step::Stream(_) => {}
        }
    }
}

/// Writes, and closes in order: what the client still sends is read, because unread bytes would make a reset of the close.
fn say(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
    while matches!(stream.read(&mut [0; 4096]), Ok(read) if read > 0) {}
}

fn reset(stream: &TcpStream) {
    let socket = socket2::SockRef::from(stream);
    socket.set_linger(Some(Duration::ZERO)).expect("a socket");
}

/// Reads a request of HTTP/1.1, with a body of a known length.
fn read_request(stream: &mut TcpStream) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        head.extend(byte);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head.split("content-length: ").nth(1);
    let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()
}

/// No certificate is trusted, and none is needed.
pub(crate) fn no_certificates() -> rustls::RootCertStore {
    let mut store = rustls::RootCertStore::empty();
    store.add_parsable_certificates(std::iter::empty::<CertificateDer<'_>>());
    store
}
