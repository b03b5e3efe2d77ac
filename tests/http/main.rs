//! HTTP clients against servers on loopback that count what they receive.

mod any_request;
mod blocking;
mod buffer;
mod client;
mod clients_agree;
mod grpc;
mod hooks;
mod hosts;
mod judged;
mod layer;
mod limits;
mod middleware;
mod policies;
mod rechecks;
mod redirect;
mod requests;
mod server;
mod spawned;
mod stacked;
mod watching;

use reqwest::ClientBuilder;

/// Settings for a server on this machine.
fn plain(client: ClientBuilder) -> ClientBuilder {
    // The examples build reqwest with TLS and without a provider of it, which counts for all of the workspace.
    let _ = rustls::crypto::ring::default_provider().install_default();
    client.no_proxy()
}
