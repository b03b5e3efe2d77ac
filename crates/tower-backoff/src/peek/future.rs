//! A request whose response is read in part.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use backoff_http::{RequestInfo, Rules};
use bytes::Bytes;
use http::Response;
use http::response::Parts;
use http_body::Body;
use pin_project_lite::pin_project;

use super::beginning::Beginning;
use crate::buffer::{Buffered, Reading};

pin_project! {
    /// A request whose response is read in part. Made by [`Peek`](crate::Peek).
    #[project = PeekProjection]
    pub enum PeekFuture<'r, F, A> {
        #[doc(hidden)]
        Calling { #[pin] future: F, info: RequestInfo, rules: &'r Rules<'r> },
        #[doc(hidden)]
        Reading { reading: Option<Reading<Parts, A>> },
    }
}

impl<'r, F, A> PeekFuture<'r, F, A> {
    pub(super) const fn new(future: F, info: RequestInfo, rules: &'r Rules<'r>) -> Self {
        Self::Calling {
            future,
            info,
            rules,
        }
    }
}

impl<F, A, E> Future for PeekFuture<'_, F, A>
where
    F: Future<Output = Result<Response<A>, E>>,
    A: Body<Data = Bytes> + Unpin,
{
    type Output = Result<Response<Buffered<A>>, E>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            let reading = match self.as_mut().project() {
                PeekProjection::Calling {
                    future,
                    info,
                    rules,
                } => {
                    let response = ready!(future.poll(cx))?;
                    let status = response.status().as_u16();
                    match rules.wanted_body(*info, status, response.headers()) {
                        None => return Poll::Ready(Ok(response.map(Buffered::unread))),
                        Some(limit) => {
                            let (head, body) = response.into_parts();
                            Reading::new(head, body, limit)
                        }
                    }
                }
                PeekProjection::Reading { reading } => {
                    let Some(read) = reading.as_mut() else {
                        return Poll::Pending; // polled after its end
                    };
                    let end = ready!(read.poll(cx));
                    let Some(reading) = reading.take() else {
                        return Poll::Pending;
                    };
                    let (mut head, body) = reading.finish(end);
                    head.extensions.insert(Beginning(body.read()));
                    return Poll::Ready(Ok(Response::from_parts(head, body)));
                }
            };
            let reading = Some(reading);
            self.set(Self::Reading { reading });
        }
    }
}

impl<F, A> fmt::Debug for PeekFuture<'_, F, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeekFuture").finish_non_exhaustive()
    }
}
