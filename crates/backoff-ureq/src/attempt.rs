//! One attempt: a request, and those that follow its redirects.

use std::time::{Duration, Instant};

use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, Request, Response};
use ureq::config::RedirectAuthHeaders;
use ureq::{Agent, Body, Error, Timeout};

use crate::payload::Payload;
use crate::redirect::Head;
use crate::response::{self, Until};
use crate::scope::{Reading, Scope};

/// What came of one attempt.
pub(crate) struct Attempt {
    pub(crate) result: Result<Response<Body>, Error>,
    /// Whether it is about a request that followed a redirect.
    pub(crate) is_redirected: bool,
    /// Whether the request has a body that was certainly not sent.
    pub(crate) is_unsent: bool,
    /// Until when the body of a failed response may be read.
    pub(crate) until: Until,
}

/// The longest time of an attempt. ureq adds it to the time of the system, which overflows at far more than that.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Sends a request once, and follows its redirects as far as the agent allows.
///
/// ureq follows redirects too, and does not say whether an error is about the first request. A `POST` that was processed and
/// led to a dead server would look like one that was never sent.
pub(crate) fn send(
    agent: &Agent,
    request: &Head,
    payload: &mut Payload,
    limit: Duration,
    scope: Scope,
) -> Attempt {
    let (began, limit) = (Instant::now(), limit.min(LONGEST));
    let until = began.checked_add(limit);
    let config = agent.config();
    let keeps_authorization = matches!(
        config.redirect_auth_headers(),
        RedirectAuthHeaders::SameHost
    );
    let mut head = request.clone();
    let mut hops = 0;
    loop {
        let left = limit.saturating_sub(began.elapsed());
        let (result, is_unsent) = run(agent, &head, payload, left, scope);
        let is_redirected = hops > 0;
        let end = |result| Attempt {
            result,
            is_redirected,
            is_unsent,
            until,
        };
        let Ok(answer) = result else {
            return end(result);
        };
        let next = head.redirected(&answer, keeps_authorization);
        match next.filter(|next| !next.has_body || payload.can_repeat()) {
            Some(next) if hops < config.max_redirects() => {
                response::keep(answer, until);
                head = next;
                hops += 1;
            }
            Some(_) if config.max_redirects() > 0 && config.max_redirects_will_error() => {
                return end(Err(Error::TooManyRedirects));
            }
            _ => return end(Ok(answer)),
        }
    }
}

/// Sends one request, and returns whether nothing of its body was sent.
fn run(
    agent: &Agent,
    head: &Head,
    payload: &mut Payload,
    left: Duration,
    scope: Scope,
) -> (Result<Response<Body>, Error>, bool) {
    if left.is_zero() {
        return (Err(Error::Timeout(Timeout::Global)), true);
    }
    let mut request = Request::new(());
    request.method_mut().clone_from(&head.method);
    request.uri_mut().clone_from(&head.uri);
    request.headers_mut().clone_from(&head.headers);
    let request = configured(agent, request, left, scope);
    if !head.has_body {
        return (agent.run(request), false);
    }
    let length = payload.length();
    let mut watched = payload.start();
    let mut request = request.map(|()| watched.as_body());
    if let Some(length) = length {
        let length = HeaderValue::from(length);
        request.headers_mut().insert(CONTENT_LENGTH, length);
    }
    let result = agent.run(request);
    let is_unsent = length != Some(0) && !watched.is_read();
    (result, is_unsent)
}

/// Limits a request to the time that is left of its attempt.
fn configured(agent: &Agent, request: Request<()>, left: Duration, scope: Scope) -> Request<()> {
    let timeouts = agent.config().timeouts();
    let within = |timeout: Option<Duration>| Some(timeout.unwrap_or(left).min(left));
    let config = agent
        .configure_request(request)
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .max_redirects(0);
    let config = match scope.reading {
        Reading::Limited | Reading::Whole(_) => config.timeout_global(Some(left)),
        Reading::Streamed => config
            .timeout_global(None)
            .timeout_per_call(None)
            .timeout_resolve(within(timeouts.resolve))
            .timeout_connect(within(timeouts.connect))
            .timeout_send_request(within(timeouts.send_request))
            .timeout_send_body(within(timeouts.send_body))
            .timeout_recv_response(within(timeouts.recv_response)),
    };
    config.build()
}

/// Whether requests with this method are sent with a body, even if it is empty (RFC 9110, section 8.6).
pub(crate) fn expects_body(method: &Method) -> bool {
    matches!(*method, Method::PATCH | Method::POST | Method::PUT)
}
