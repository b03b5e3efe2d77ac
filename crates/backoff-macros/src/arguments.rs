//! The arguments of the attribute: a policy, then options by name.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Ident, Result, Token};

/// `POLICY, budget = .., observer = .., on_event = .., on_timeout = .., random = .., uninterrupted, when = ..`
pub(crate) struct Arguments {
    pub(crate) policy: Expr,
    pub(crate) options: Vec<Choice>,
}

/// An option, where it stands, and its value. `uninterrupted` has none.
pub(crate) struct Choice {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
    pub(crate) value: Option<Expr>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Budget,
    Observer,
    OnEvent,
    OnTimeout,
    Random,
    Uninterrupted,
    When,
}

/// Every option by its name.
const KINDS: [(&str, Kind); 7] = [
    ("budget", Kind::Budget),
    ("observer", Kind::Observer),
    ("on_event", Kind::OnEvent),
    ("on_timeout", Kind::OnTimeout),
    ("random", Kind::Random),
    ("uninterrupted", Kind::Uninterrupted),
    ("when", Kind::When),
];

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.is_empty()
            || input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==])
        {
            return Err(Error::new(
                input.span(),
                "a policy comes first, as in `#[retry(POLICY)]`",
            ));
        }
        let (policy, mut options) = (input.parse()?, Vec::new());
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            options.push(choice(input, &options)?);
        }
        Ok(Self { policy, options })
    }
}

impl Arguments {
    /// The option of a kind, if it is given.
    pub(crate) fn option(&self, kind: Kind) -> Option<&Choice> {
        self.options.iter().find(|option| option.kind == kind)
    }
}

/// An option that is compatible with those before it.
fn choice(input: ParseStream<'_>, before: &[Choice]) -> Result<Choice> {
    let name: Ident = input.parse()?;
    let (span, text) = (name.span(), name.to_string());
    let Some((_, kind)) = KINDS.into_iter().find(|(known, _)| *known == text) else {
        let known = "there are `budget`, `observer`, `on_event`, `on_timeout`, `random`, `uninterrupted` and `when`";
        return Err(Error::new(span, format!("no option `{text}`: {known}")));
    };
    if before.iter().any(|option| option.kind == kind) {
        return Err(Error::new(span, format!("`{text}` is given twice")));
    }
    let limits = |kind| matches!(kind, Kind::OnTimeout | Kind::Uninterrupted);
    if limits(kind) && before.iter().any(|option| limits(option.kind)) {
        let message = "an attempt that is `uninterrupted` never times out: leave `on_timeout` out";
        return Err(Error::new(span, message));
    }
    let value = if kind == Kind::Uninterrupted {
        None
    } else {
        input.parse::<Token![=]>()?;
        Some(input.parse()?)
    };
    Ok(Choice { kind, span, value })
}
