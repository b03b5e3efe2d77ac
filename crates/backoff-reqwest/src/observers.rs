//! Who is told of the calls of a client.

use std::fmt;
use std::sync::Arc;

use backoff_http::{Exchange, Target};
use backoff_tokio::{Event, Observe};
use reqwest::{Method, Request, Url};

/// The observer of one call, whatever its type is.
type Observer = Box<dyn FnMut(&Event<'_, Exchange<'_>>) + Send>;

/// Who is told of the calls of a client. Every call has observers of its own, which these functions make.
#[derive(Clone, Default)]
pub(crate) struct Observers(Vec<Arc<dyn Fn() -> Observer + Send + Sync>>);

impl Observers {
    pub(crate) fn add<M>(&mut self, make: impl Fn() -> M + Send + Sync + 'static)
    where
        M: for<'e> Observe<Exchange<'e>> + Send + 'static,
    {
        self.0.push(Arc::new(move || {
            let mut observer = make();
            Box::new(move |event: &Event<'_, Exchange<'_>>| observer.observe(event))
        }));
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The observers of a call that begins.
    pub(crate) fn of_call(&self) -> CallObservers {
        CallObservers(self.0.iter().map(|make| make()).collect())
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} observers", self.0.len())
    }
}

/// The observers of one call, each told of every event in the order in which they were added.
pub(crate) struct CallObservers(Vec<Observer>);

impl Observe<Exchange<'_>> for CallObservers {
    fn observe(&mut self, event: &Event<'_, Exchange<'_>>) {
        for observer in &mut self.0 {
            observer(event);
        }
    }
}

/// What observers are told of a request, kept because the request itself is sent away.
pub(crate) struct RequestLine(Option<(Method, Url)>);

impl RequestLine {
    /// Without observers, nothing is kept.
    pub(crate) fn of(request: &Request, is_observed: bool) -> Self {
        let copy = || (request.method().clone(), request.url().clone());
        Self(is_observed.then(copy))
    }

    pub(crate) fn target(&self) -> Target<'_> {
        let Some((method, url)) = &self.0 else {
            return Target::new("", "", "");
        };
        let target = Target::new(method.as_str(), url.host_str().unwrap_or(""), url.path());
        match url.port_or_known_default() {
            Some(port) => target.with_port(port),
            None => target,
        }
    }
}
