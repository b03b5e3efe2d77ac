//! What stands in the attribute: a policy, then options by name.

use proc_macro2::Span;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Ident, Result, Token};

/// `POLICY, budget = .., observer = .., on_event = .., on_timeout = .., random = .., when = ..`
pub(crate) struct Arguments {
    pub(crate) policy: Expr,
    pub(crate) options: Vec<(Name, Expr)>,
}

/// An option, and where it stands.
pub(crate) struct Name {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Budget,
    Observer,
    OnEvent,
    OnTimeout,
    Random,
    When,
}

/// Every option by its name.
const KINDS: [(&str, Kind); 6] = [
    ("budget", Kind::Budget),
    ("observer", Kind::Observer),
    ("on_event", Kind::OnEvent),
    ("on_timeout", Kind::OnTimeout),
    ("random", Kind::Random),
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
            let name = name(input, &options)?;
            input.parse::<Token![=]>()?;
            options.push((name, input.parse()?));
        }
        Ok(Self { policy, options })
    }
}

impl Arguments {
    /// The option of a kind, which is in the list once at most.
    pub(crate) fn option(&self, kind: Kind) -> Option<&Expr> {
        let mut options = self.options.iter();
        let (_, value) = options.find(|(name, _)| name.kind == kind)?;
        Some(value)
    }
}

/// The name of an option that none of those before it has.
fn name(input: ParseStream<'_>, before: &[(Name, Expr)]) -> Result<Name> {
    let name: Ident = input.parse()?;
    let (span, text) = (name.span(), name.to_string());
    let Some((_, kind)) = KINDS.into_iter().find(|(known, _)| *known == text) else {
        let known = "there are `budget`, `observer`, `on_event`, `on_timeout`, `random` and `when`";
        return Err(Error::new(span, format!("no option `{text}`: {known}")));
    };
    if before.iter().any(|(name, _)| name.kind == kind) {
        return Err(Error::new(span, format!("`{text}` is given twice")));
    }
    let hears = |kind| matches!(kind, Kind::Observer | Kind::OnEvent);
    if hears(kind) && before.iter().any(|(name, _)| hears(name.kind)) {
        let message = "a call has one observer: `observer = (first, second)` is a pair of them";
        return Err(Error::new(span, message));
    }
    Ok(Name { kind, span })
}
