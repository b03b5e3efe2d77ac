//! What errors of real clients, given by servers on loopback, prove about the request.

use backoff_http::{Evidence, Fault, Method, RequestInfo, Rules, Sent};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

const POST: RequestInfo = RequestInfo::new(Method::Post);

#[tokio::test]
async fn a_refused_connection_was_never_used() {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let evidence = post(free.expect("a free port")).await;
    assert_eq!(evidence, Evidence::of(Fault::Refused));
    assert!(Rules::DEFAULT.classify_error(POST, evidence).is_retryable());
}

#[tokio::test]
async fn a_connection_that_closes_without_an_answer_may_have_brought_the_request() {
    let evidence = post(server(b"")).await;
    assert_eq!(evidence, Evidence::of(Fault::Reset));
    assert!(!Rules::DEFAULT.classify_error(POST, evidence).is_retryable());
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_an_answer() {
    let evidence = post(server(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")).await;
    assert_eq!(evidence, Evidence::of(Fault::Protocol));
}

#[tokio::test]
async fn a_body_that_breaks_off_was_a_response() {
    let address = server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
    let response = client()
        .post(format!("http://{address}/"))
        .send()
        .await
        .expect("a response");
    let evidence = Evidence::from(&response.bytes().await.expect_err("half a body"));
    assert_eq!(evidence.fault(), Fault::Reset);
    assert_ne!(evidence.sent(), Sent::Never);
}

#[tokio::test]
async fn a_server_that_stalls_ends_in_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let evidence = post(listener.local_addr().expect("an address")).await;
    assert_eq!(evidence, Evidence::of(Fault::Timeout));
}

#[tokio::test]
async fn what_is_no_address_is_never_sent() {
    let error = client()
        .post("http://[")
        .send()
        .await
        .expect_err("no address");
    assert_eq!(Evidence::from(&error), Evidence::of(Fault::InvalidRequest));
}

#[tokio::test]
async fn too_many_redirects_end_at_a_response() {
    let address =
        server(b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(post(address).await, Evidence::of(Fault::Redirects));
}

#[tokio::test]
async fn a_reset_stream_ends_by_what_its_code_means() {
    let cases = [
        (h2::Reason::NO_ERROR, Evidence::of(Fault::Reset)),
        (
            h2::Reason::PROTOCOL_ERROR,
            Evidence::of(Fault::Protocol).with_sent(Sent::Maybe),
        ),
        (h2::Reason::INTERNAL_ERROR, Evidence::of(Fault::Reset)),
        (
            h2::Reason::REFUSED_STREAM,
            Evidence::of(Fault::RefusedStream),
        ),
        (h2::Reason::CANCEL, Evidence::of(Fault::Reset)),
        (
            h2::Reason::ENHANCE_YOUR_CALM,
            Evidence::of(Fault::EnhanceYourCalm),
        ),
        (
            h2::Reason::INADEQUATE_SECURITY,
            Evidence::of(Fault::Certificate),
        ),
        (
            h2::Reason::HTTP_1_1_REQUIRED,
            Evidence::of(Fault::InvalidRequest),
        ),
    ];
    for (reason, evidence) in cases {
        assert_eq!(
            Evidence::from(&h2_reset(reason).await),
            evidence,
            "{reason}"
        );
    }
}

#[tokio::test]
async fn a_stream_behind_a_goaway_was_not_processed() {
    let cases = [
        (0, Evidence::of(Fault::RefusedStream)),
        (
            11,
            Evidence::of(Fault::EnhanceYourCalm).with_sent(Sent::Never),
        ),
    ];
    for (code, expected) in cases {
        assert_eq!(h2_goaway(code).await, expected, "{code}");
    }
}

/// Sends a request by HTTP/2 to a server that answers with a `GOAWAY` of this code.
async fn h2_goaway(code: u8) -> Evidence {
    // Settings, an acknowledgement of the client's, and a GOAWAY with the last stream 0 (RFC 9113, section 6.8).
    let goaway = [&b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0"[..], &[code]].concat();
    let frames: &[&[u8]] = &[b"\0\0\0\x04\0\0\0\0\0", b"\0\0\0\x04\x01\0\0\0\0", &goaway];
    let (client, mut server) = tokio::io::duplex(4096);
    let (sender, connection) = h2::client::handshake(client).await.expect("a connection");
    let request = http::Request::post("http://localhost/")
        .body(())
        .expect("a request");
    let mut sender = sender.ready().await.expect("a stream");
    let (response, _) = sender.send_request(request, true).expect("a stream");
    let serve = async {
        for frame in frames {
            tokio::io::AsyncWriteExt::write_all(&mut server, frame)
                .await
                .expect("a client that reads");
        }
    };
    let (response, ..) = tokio::join!(response, connection, serve);
    Evidence::from(&response.expect_err("no response"))
}

#[tokio::test]
async fn a_proxy_that_needs_other_credentials_refuses_for_good() {
    use hyper_util::client::legacy::connect::HttpConnector;
    use hyper_util::client::legacy::{Client, connect::proxy::Tunnel};
    use hyper_util::rt::TokioExecutor;

    let refused = Evidence::of(Fault::ProxyRefused);
    let cases: [(&[u8], Evidence, bool); 3] = [
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
            refused,
            false,
        ),
        (
            b"HTTP/1.1 502 Bad Gateway\r\n\r\n",
            Evidence::of(Fault::Connect),
            true,
        ),
        (
            b"HTTP/1.1 503 Service Unavailable\r\n\r\n",
            Evidence::of(Fault::Connect),
            true,
        ),
    ];
    for (response, expected, is_retried) in cases {
        let proxy = format!("http://{}", server(response));
        let proxy = proxy.parse().expect("an address");
        let tunnel = Tunnel::new(proxy, HttpConnector::new());
        let client: Client<_, String> = Client::builder(TokioExecutor::new()).build(tunnel);
        let uri = "http://example.invalid/".parse().expect("an address");
        let error = client.get(uri).await.expect_err("no tunnel");
        let evidence = Evidence::from(&error);
        assert_eq!(evidence, expected, "{}", response.escape_ascii());
        let found = Rules::DEFAULT.classify_error(POST, evidence);
        assert_eq!(found.is_retryable(), is_retried, "{found}");
    }
}

/// Sends a `POST` and gives what the error proves.
async fn post(address: SocketAddr) -> Evidence {
    let error = client()
        .post(format!("http://{address}/"))
        .send()
        .await
        .expect_err("no response");
    Evidence::from(&error)
}

fn client() -> reqwest::Client {
    // The examples build reqwest with TLS and without a provider of it, which counts for all of the workspace.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_millis(300))
        .build()
        .expect("a client")
}

/// A server that reads a request, answers with these bytes and closes, again and again.
fn server(answer: &'static [u8]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(answer);
        }
    });
    address
}

/// The error of a stream that a server resets for this reason.
async fn h2_reset(reason: h2::Reason) -> h2::Error {
    let (client, server) = tokio::io::duplex(4096);
    let serve = async move {
        let mut connection = h2::server::handshake(server).await.expect("a connection");
        while let Some(Ok((_, mut respond))) = connection.accept().await {
            respond.send_reset(reason);
        }
    };
    let ask = async {
        let (sender, connection) = h2::client::handshake(client).await.expect("a connection");
        let request = http::Request::post("http://localhost/")
            .body(())
            .expect("a request");
        let exchange = async move {
            let mut sender = sender.ready().await.expect("a stream");
            let (response, _) = sender.send_request(request, true).expect("a stream");
            response.await.expect_err("no response")
        };
        tokio::select! {
            error = exchange => error,
            ended = connection => panic!("the connection ended first: {ended:?}"),
        }
    };
    tokio::select! {
        error = ask => error,
        () = serve => panic!("the server ended first"),
    }
}
