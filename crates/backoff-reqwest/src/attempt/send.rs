//! Sends one attempt.

use backoff_http::{Classification, ClientRules, RequestInfo};
use reqwest::{Request, Response};

use super::hook::Hook;
use super::hops::{Hops, watch};
use super::redirect;
use crate::body::{self, Head};
use crate::transport::Transport;

/// What there is to do in an attempt, beside sending a request.
#[derive(Clone, Copy)]
pub(crate) struct Plan<'p> {
    pub(crate) attempt: u32,
    pub(crate) rules: &'p ClientRules<'static>,
    pub(crate) info: RequestInfo,
    pub(crate) hooks: &'p [Hook],
    /// The request has a key or a number, which no other host may see.
    pub(crate) guards: bool,
    /// The longest body in bytes, if it is a part of the attempt.
    pub(crate) whole: Option<usize>,
}

/// A failure whose body is being read.
pub(crate) type Failed = Option<(Head, Classification)>;

/// Sends one attempt. `spare` is the request of the next one. While the body of a failure is read, `failed` has the rest of it,
/// for the case that the attempt is interrupted.
///
/// What is rare is boxed, so that the future of a call stays small.
pub(crate) async fn send<T: Transport>(
    transport: &mut T,
    mut request: Request,
    spare: Option<&Request>,
    plan: Plan<'_>,
    failed: &mut Failed,
) -> (Result<Response, T::Error>, Hops) {
    let mut hops = Hops::new(plan.guards);
    if !plan.hooks.is_empty() {
        match Box::pin(Hook::run(plan.hooks, request, plan.attempt)).await {
            Ok(hooked) => request = hooked,
            Err(error) => {
                let error = Box::pin(T::fail(error.into())).await;
                return (error, Hops::sent_nothing());
            }
        }
    }
    let head = match spare {
        None if plan.guards => Some(Box::new(redirect::without_body(&request))),
        _ => None,
    };
    let mut result = watch(&mut hops, transport.send(request)).await;
    result = match (result, spare.or(head.as_deref())) {
        (Ok(response), Some(original)) if hops.take_stopped() => {
            Box::pin(redirect::follow(transport, response, original, &mut hops)).await
        }
        (result, _) => result,
    };
    result = match (result, plan.whole) {
        (Ok(response), Some(limit)) => Box::pin(read::<T>(response, limit, plan, failed)).await,
        (result, _) => result,
    };
    (result, hops)
}

/// Reads the whole body of a response. A failure is one, whatever becomes of its body.
async fn read<T: Transport>(
    response: Response,
    limit: usize,
    plan: Plan<'_>,
    failed: &mut Failed,
) -> Result<Response, T::Error> {
    let found = plan.rules.classify_response(
        plan.info,
        response.status(),
        response.headers(),
        response.extensions(),
    );
    let is_failure = found.failure().is_some();
    if is_failure {
        *failed = Some((Head::of(&response), found));
    }
    match body::read(response, limit).await {
        body::Read::Whole(response) => Ok(response),
        body::Read::Broken(head, beginning, rest) if is_failure => {
            Ok(head.with(body::Prefixed::broken(beginning, rest)))
        }
        body::Read::Broken(_, _, body::Rest::Error(error)) => Err(error.into()),
        body::Read::Broken(_, _, body::Rest::TooLong(error)) => T::fail(error.into()).await,
    }
}
