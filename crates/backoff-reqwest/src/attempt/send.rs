//! Sends one attempt.

use backoff_http::{Classification, ClientRules, RequestInfo};
use reqwest::{Request, Response};

use super::hook::{BoxError, Hook};
use super::hops::{Hops, watch};
use super::redirect;
use crate::body::{self, BodyTooLong, Head, Prefixed, Rest};
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

/// What an attempt came back with.
pub(crate) struct Sent<E> {
    pub(crate) result: Result<Response, E>,
    pub(crate) hops: Hops,
    /// What the response means, if its body was read.
    pub(crate) found: Option<Classification>,
}

/// A failure whose body is being read, and what it means without its body.
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
) -> Sent<T::Error> {
    let mut hops = Hops::new(plan.guards);
    if !plan.hooks.is_empty() {
        match Box::pin(Hook::run(plan.hooks, request, plan.attempt)).await {
            Ok(hooked) => request = hooked,
            Err(error) => {
                let result = Box::pin(T::fail(error.into())).await;
                return Sent::new(result, Hops::sent_nothing());
            }
        }
    }
    let head = match spare {
        None if plan.guards => Some(Box::new(redirect::without_body(&request))),
        _ => None,
    };
    let result = watch(&mut hops, transport.send(request)).await;
    let result = match (result, spare.or(head.as_deref())) {
        (Ok(response), Some(original)) if hops.take_stopped() => {
            Box::pin(redirect::follow(transport, response, original, &mut hops)).await
        }
        (result, _) => result,
    };
    let response = match result {
        Ok(response) => response,
        Err(error) => return Sent::new(Err(error), hops),
    };
    let info = if hops.may_be_many(true) {
        plan.info.as_redirected()
    } else {
        plan.info
    };
    let (status, headers) = (response.status(), response.headers());
    let rules = plan.rules;
    let judged = rules.wanted_body(info, status, headers, response.extensions());
    match plan.whole.or(judged) {
        Some(limit) => {
            let reading = Reading {
                rules,
                info,
                whole: plan.whole.is_some(),
                judged,
                limit,
            };
            let (result, found) = Box::pin(reading.read::<T>(response, failed)).await;
            Sent {
                result,
                hops,
                found,
            }
        }
        None => Sent::new(Ok(response), hops),
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
            *failed = Some((Head::of(&response), found));
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
