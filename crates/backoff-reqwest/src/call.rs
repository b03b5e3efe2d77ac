//! The loop around one request.

use std::time::Duration;

use backoff_http::Classified;
use backoff_tokio::{Budget, Schedule};
use reqwest::{Request, Response};

use crate::hops;
use crate::outcome::Outcome;
use crate::report::Report;
use crate::response;
use crate::scope::Scope;
use crate::settings::Settings;
use crate::transport::Transport;

/// Sends a request until an outcome is final.
///
/// The limit of an attempt is the timeout of its request, because it counts for the body of the response too, which is
/// read after the call.
pub(crate) async fn run<T: Transport, S: Schedule, B: Budget>(
    settings: &Settings<S, B>,
    mut transport: T,
    mut request: Request,
    scope: Scope,
) -> (Result<Response, T::Error>, Report) {
    let info = scope.describe(settings.prepare(&mut request));
    let own_timeout = request.timeout().copied().unwrap_or(Duration::MAX);
    let mut attempts = backoff_tokio::attempts(&settings.policy)
        .with_budget(&settings.budget)
        .when(Classified);
    let mut last: Option<Outcome<T>> = None;
    loop {
        let spare = request.try_clone();
        let limit = attempts.attempt_timeout().unwrap_or(Duration::MAX);
        *request.timeout_mut() = Some(limit.min(own_timeout));
        let attempt = attempts.attempt();
        settings.rules.number(request.headers_mut(), attempt);

        let (result, hops) = hops::watch(send(&mut transport, request, scope)).await;
        let outcome = Outcome::<T>::new(&settings.rules, info, result, hops);
        if outcome.timed_out() && attempts.remaining() == Some(Duration::ZERO) {
            let outcome = last.unwrap_or(outcome);
            attempts.interrupt(&outcome.classification);
            return outcome.end(attempts.report());
        }
        let outcome = match &spare {
            Some(_) => outcome,
            None => outcome.with_spent_body(),
        };
        let (Some(pause), Some(next)) = (attempts.pause_after(&outcome.classification), spare)
        else {
            return outcome.end(attempts.report());
        };
        request = next;
        let outcome = outcome.wait(pause).await.or(last.take());
        if !attempts.recheck(&outcome.classification) {
            return outcome.end(attempts.report());
        }
        last = Some(outcome);
    }
}

async fn send<T: Transport>(
    transport: &mut T,
    request: Request,
    scope: Scope,
) -> Result<Response, T::Error> {
    let response = transport.send(request).await?;
    if scope.whole {
        Ok(response::read(response).await?)
    } else {
        Ok(response)
    }
}
