//! A body whose beginning was read already.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

type BoxError = Box<dyn Error + Send + Sync>;

/// A body whose beginning was read already.
pub(crate) struct Prefixed {
    beginning: Option<Bytes>,
    rest: Remainder,
}

enum Remainder {
    Body(reqwest::Body),
    /// The body ends with an error, once.
    Error(Option<BoxError>),
}

impl Prefixed {
    /// A body that goes on.
    pub(crate) fn going_on(beginning: Bytes, rest: reqwest::Body) -> reqwest::Body {
        Self::with(beginning, Remainder::Body(rest))
    }

    /// A body that breaks off.
    pub(crate) fn broken(beginning: Bytes, error: BoxError) -> reqwest::Body {
        Self::with(beginning, Remainder::Error(Some(error)))
    }

    /// A body whose rest was not read, because another attempt followed.
    pub(super) fn cut(beginning: Bytes) -> reqwest::Body {
        Self::broken(beginning, Cut.into())
    }

    fn with(beginning: Bytes, rest: Remainder) -> reqwest::Body {
        let beginning = Some(beginning).filter(|bytes| !bytes.is_empty());
        reqwest::Body::wrap(Self { beginning, rest })
    }
}

/// A body that ends at once with an error.
pub(crate) fn failing(error: BoxError) -> reqwest::Body {
    Prefixed::broken(Bytes::new(), error)
}

/// A body that can be sent no more.
pub(crate) fn spent() -> reqwest::Body {
    Prefixed::cut(Bytes::new())
}

impl Body for Prefixed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if let Some(beginning) = self.beginning.take() {
            return Poll::Ready(Some(Ok(Frame::data(beginning))));
        }
        match &mut self.rest {
            Remainder::Body(body) => Pin::new(body).poll_frame(cx).map_err(BoxError::from),
            Remainder::Error(error) => Poll::Ready(error.take().map(Err)),
        }
    }

    fn size_hint(&self) -> SizeHint {
        let read = self
            .beginning
            .as_ref()
            .map_or(0, |bytes| bytes.len() as u64);
        let Remainder::Body(rest) = &self.rest else {
            return SizeHint::default();
        };
        let rest = rest.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower().saturating_add(read));
        if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(read)) {
            hint.set_upper(upper);
        }
        hint
    }
}

/// The rest of a body was not read, because another attempt followed.
#[derive(Debug)]
pub(super) struct Cut;

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rest of the body was not read, because another attempt followed")
    }
}

impl Error for Cut {}
