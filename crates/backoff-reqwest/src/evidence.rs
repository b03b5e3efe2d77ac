//! What errors of reqwest prove that `backoff-http` does not know of.

use std::error::Error;

use backoff_http::{ErrorChain, Evidence, Fault, Sent};

use crate::attempt::HookError;

/// What an error proves.
///
/// | error | evidence |
/// |---|---|
/// | a hook before the attempt failed | that of its own error, never sent |
/// | the URL is `https`, and reqwest is built without TLS | invalid request, never sent |
/// | any other | [`Evidence::of_error`] |
pub(crate) fn of_error(error: &(dyn Error + 'static)) -> Evidence {
    let hook = ErrorChain::of(error).find_map(|error| error.downcast_ref::<HookError>());
    if let Some(hook) = hook {
        return Evidence::of_error(hook.get_ref()).with_sent(Sent::Never);
    }
    let evidence = Evidence::of_error(error);
    if evidence.fault() == Fault::Connect && is_without_tls(error) {
        return Fault::InvalidRequest.into();
    }
    evidence
}

/// hyper-util says it by a text only (hyper-util 0.1, `INVALID_NOT_HTTP`).
fn is_without_tls(error: &(dyn Error + 'static)) -> bool {
    const NOT_HTTP: &str = "invalid URL, scheme is not http";
    ErrorChain::of(error).any(|error| error.to_string() == NOT_HTTP)
}
