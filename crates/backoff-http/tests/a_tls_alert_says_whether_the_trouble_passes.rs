//! A TLS alert of the server is permanent if it is about a certificate, and transient if its trouble passes.

use backoff_core::{Failure, FailureKind};
use backoff_http::{Evidence, Fault, Method, Rules, Sent};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

#[test]
fn an_alert_in_the_handshake_of_a_real_client_is_read_by_its_number() {
    let cases = [
        (80, Fault::TlsAlert, FailureKind::Transient), // internal_error
        (22, Fault::TlsAlert, FailureKind::Transient), // record_overflow
        (90, Fault::TlsAlert, FailureKind::Transient), // user_canceled
        (40, Fault::Certificate, FailureKind::Permanent), // handshake_failure
        (42, Fault::Certificate, FailureKind::Permanent), // bad_certificate
        (45, Fault::Certificate, FailureKind::Permanent), // certificate_expired
        (48, Fault::Certificate, FailureKind::Permanent), // unknown_ca
        (70, Fault::Certificate, FailureKind::Permanent), // protocol_version
        (112, Fault::Certificate, FailureKind::Permanent), // unrecognized_name
        (116, Fault::Certificate, FailureKind::Permanent), // certificate_required
        (255, Fault::Certificate, FailureKind::Permanent), // not registered
    ];
    for (description, fault, kind) in cases {
        let error = handshake(server(description));
        let evidence = Evidence::from(&error);
        assert_eq!(evidence.fault(), fault, "alert {description}: {error}");
        let failure = Rules::DEFAULT
            .classify_error(Method::Get.into(), evidence)
            .failure();
        assert_eq!(
            failure.map(Failure::kind),
            Some(kind),
            "alert {description}"
        );
    }
}

#[test]
fn an_alert_while_connecting_proves_that_nothing_was_sent() {
    // What a client that reports its connections wraps around the alert.
    let alert = rustls::Error::AlertReceived(rustls::AlertDescription::InternalError);
    let evidence = Evidence::of_error(&io::Error::new(io::ErrorKind::InvalidData, alert));
    assert_eq!(
        (evidence.fault(), evidence.sent()),
        (Fault::TlsAlert, Sent::Maybe)
    );
    let post = |evidence| Rules::DEFAULT.classify_error(Method::Post.into(), evidence);
    assert!(!post(evidence).is_retryable());
    assert!(post(evidence.with_sent(Sent::Never)).is_retryable());
}

#[test]
fn a_certificate_that_the_client_refuses_is_permanent() {
    let error = rustls::Error::InvalidCertificate(rustls::CertificateError::Expired);
    let evidence = Evidence::of_error(&io::Error::new(io::ErrorKind::InvalidData, error));
    assert_eq!(evidence, Evidence::of(Fault::Certificate));
}

/// The error of a handshake with a server.
fn handshake(address: SocketAddr) -> io::Error {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let mut connection = ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut stream = TcpStream::connect(address).expect("a connection");
    connection.complete_io(&mut stream).expect_err("an alert")
}

/// A server that answers a handshake by a fatal alert, in a record of TLS 1.2 (RFC 8446, section 5.1).
fn server(description: u8) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(&[0x15, 3, 3, 0, 2, 2, description]);
        let _ = stream.read(&mut [0; 4096]);
    });
    address
}
