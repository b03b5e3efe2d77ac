//! Sends one attempt.

use std::time::Duration;

use backoff_http::{Classification, ClientRules, RequestInfo};
use reqwest::{Request, Response};

use super::hook::{BoxError, Hook};
use super::hops::{Hops, watch};
use super::redirect;
use crate::body::{self, BodyTooLong, Head, Prefixed, Rest};
use crate::transport::Transport;

/// What there is to do in an attempt, beside sending a request.
pub(crate) struct Plan<'p> {
    pub(crate) attempt: u32,
    /// The time until the response, with its body, must be there.
    pub(crate) left: Option<Duration>,
    pub(crate) rules: &'p ClientRules<'static>,
    pub(crate) info: RequestInfo,
    pub(crate) hooks: &'p [Hook],
    /// The request has a key or a number, which no other host may see.
    pub(crate) guards: bool,
    /// The longest body in bytes, if it is a part of the attempt.
    pub(crate) whole: Option<usize>,
}

/// What an attempt came back with.
pub(crate) struct Sent<E> {
    pub(crate) result: Result<Response, E>,
    pub(crate) hops: Hops,
    /// What the response means, if its body was read.
    pub(crate) found: Option<Classification>,
}

/// A failure whose body is being read, and what it means without its body.
pub(crate) type Failed = Option<Box<(Head, Classification)>>;

/// Sends one attempt, and leaves the request of the next one in its place. While the body of a failure is read, `failed` has
/// the rest of it, for the case that the attempt is interrupted.
///
/// What is rare is boxed, so that the future of a call stays small.
pub(crate) async fn send<T: Transport>(
    transport: &mut T,
    next: &mut Request,
    plan: &Plan<'_>,
    failed: &mut Failed,
) -> Sent<T::Error> {
    let mut hops = Hops::new(plan.guards);
    let result = if plan.hooks.is_empty() {
        watch(&mut hops, transport.send(plan.prepare(next))).await
    } else {
        Box::pin(send_hooked(transport, next, plan, &mut hops)).await
    };
    match result {
        Ok(response) if hops.is_stopped() || plan.reads(&response, hops) => {
            Box::pin(receive(transport, response, next, plan, hops, failed)).await
        }
        result => Sent::new(result, hops),
    }
}

impl Plan<'_> {
    /// Takes the request of this attempt, and leaves that of the next one in its place.
    fn prepare(&self, next: &mut Request) -> Request {
        let mut request = body::take(next);
        self.rules.number(request.headers_mut(), self.attempt);
        if let Some(left) = self.left {
            *request.timeout_mut() = Some(left);
        }
        request
    }

    /// Whether the body of a response is read.
    fn reads(&self, response: &Response, hops: Hops) -> bool {
        self.whole.is_some() || self.judged(response, hops).is_some()
    }

    /// How many bytes of the body the rules look at.
    fn judged(&self, response: &Response, hops: Hops) -> Option<usize> {
        let (info, extensions) = (self.info(hops), response.extensions());
        self.rules
            .wanted_body(info, response.status(), response.headers(), extensions)
    }

    /// What is known of the request that a response is for.
    const fn info(&self, hops: Hops) -> RequestInfo {
        if hops.may_be_many(true) {
            self.info.as_redirected()
        } else {
            self.info
        }
    }
}

/// Sends a request after its hooks.
async fn send_hooked<T: Transport>(
    transport: &mut T,
    next: &mut Request,
    plan: &Plan<'_>,
    hops: &mut Hops,
) -> Result<Response, T::Error> {
    match Hook::run(plan.hooks, plan.prepare(next), plan.attempt).await {
        Ok(request) => {
            if RequestInfo::of(request.method(), request.headers()).has_idempotency_key() {
                *hops = Hops::new(true); // also by a hook
            }
            watch(hops, transport.send(request)).await
        }
        Err(error) => {
            *hops = Hops::sent_nothing();
            T::fail(error.into()).await
        }
    }
}

/// Follows a redirect that was left to us, and reads the body of a response where that is to be done.
async fn receive<T: Transport>(
    transport: &mut T,
    mut response: Response,
    next: &Request,
    plan: &Plan<'_>,
    mut hops: Hops,
    failed: &mut Failed,
) -> Sent<T::Error> {
    if hops.take_stopped() {
        match redirect::follow(transport, response, next, plan.left, &mut hops).await {
            Ok(followed) => response = followed,
            Err(error) => return Sent::new(Err(error), hops),
        }
    }
    let judged = plan.judged(&response, hops);
    let Some(limit) = plan.whole.or(judged) else {
        return Sent::new(Ok(response), hops);
    };
    let reading = Reading {
        rules: plan.rules,
        info: plan.info(hops),
        whole: plan.whole.is_some(),
        judged,
        limit,
    };
    let (result, found) = reading.read::<T>(response, failed).await;
    Sent {
        result,
        hops,
        found,
    }
}

impl<E> Sent<E> {
    const fn new(result: Result<Response, E>, hops: Hops) -> Self {
        Self {
            result,
            hops,
            found: None,
        }
    }
}

/// How the body of a response is read: as a part of the attempt, or for rules that ask for it.
struct Reading<'p> {
    rules: &'p ClientRules<'static>,
    info: RequestInfo,
    whole: bool,
    /// How many bytes the rules look at.
    judged: Option<usize>,
    limit: usize,
}

impl Reading<'_> {
    /// Reads a body, and hands it on unharmed. A failure is one, whatever becomes of its body.
    async fn read<T: Transport>(
        self,
        response: Response,
        failed: &mut Failed,
    ) -> (Result<Response, T::Error>, Option<Classification>) {
        let status = response.status();
        let (headers, extensions) = (response.headers(), response.extensions());
        let mut found = self
            .rules
            .classify_response(self.info, status, headers, extensions);
        if found.failure().is_some() {
            *failed = Some(Box::new((Head::of(&response), found)));
        }
        let (head, beginning, rest) = body::read(response, self.limit).await;
        if let Some(judged) = self.judged {
            let seen = beginning.get(..judged).unwrap_or(&beginning);
            let (headers, extensions) = (head.headers(), head.extensions());
            found = self
                .rules
                .classify_with_body(self.info, status, headers, extensions, seen);
        }
        let is_kept = found.failure().is_some() || !self.whole;
        let result = match rest {
            Rest::End => Ok(head.with(beginning)),
            Rest::More(rest) if !self.whole => Ok(head.with(Prefixed::going_on(beginning, rest))),
            Rest::More(_) if is_kept => Ok(head.with(Prefixed::broken(beginning, self.too_long()))),
            Rest::More(_) => T::fail(self.too_long()).await,
            Rest::Error(error) if is_kept => {
                Ok(head.with(Prefixed::broken(beginning, error.into())))
            }
            Rest::Error(error) => Err(error.into()),
        };
        let found = result.is_ok().then_some(found);
        (result, found)
    }

    fn too_long(&self) -> BoxError {
        BodyTooLong::new(self.limit).into()
    }
}
