//! The function, with the loop around its body.

use proc_macro2::TokenStream;
use quote::quote;
use syn::visit::Visit;
use syn::{Error, Ident, ItemFn, Result, ReturnType, Type};

use crate::arguments::{Arguments, Kind};
use crate::rounds::rounds;

/// The crate whose loop is expanded, and what it needs.
pub(crate) struct Adapter {
    pub(crate) path: TokenStream,
    pub(crate) is_async: bool,
    is_seeded: bool,
}

impl Adapter {
    /// Waits in async functions.
    pub(crate) const fn waiting(path: TokenStream) -> Self {
        Self {
            path,
            is_async: true,
            is_seeded: false,
        }
    }

    /// Waits in async functions, with a generator from the caller.
    pub(crate) const fn seeded(path: TokenStream) -> Self {
        Self {
            path,
            is_async: true,
            is_seeded: true,
        }
    }

    /// Waits on threads.
    pub(crate) const fn blocking(path: TokenStream) -> Self {
        Self {
            path,
            is_async: false,
            is_seeded: false,
        }
    }
}

/// The function with the loop around its body; where that cannot be, an error and the function as it was.
pub(crate) fn expand(
    adapter: &Adapter,
    arguments: TokenStream,
    function: &TokenStream,
) -> TokenStream {
    looped(adapter, arguments, function).unwrap_or_else(|error| {
        let error = error.into_compile_error();
        quote!(#error #function)
    })
}

fn looped(
    adapter: &Adapter,
    arguments: TokenStream,
    function: &TokenStream,
) -> Result<TokenStream> {
    let function: ItemFn = syn::parse2(function.clone())
        .map_err(|_| Error::new_spanned(function, "`retry` goes before a function with a body"))?;
    let arguments: Arguments = syn::parse2(arguments)?;
    let outcome = outcome_type(adapter, &function)?;
    let attempts = attempts(adapter, &arguments)?;

    let rounds = rounds(adapter, &arguments, &function.block, outcome)?;
    let ItemFn {
        attrs, vis, sig, ..
    } = &function;
    Ok(quote! {
        #(#attrs)* #vis #sig {
            #attempts
            #rounds
        }
    })
}

/// The type that the function returns, if its body can be tried again.
fn outcome_type<'f>(adapter: &Adapter, function: &'f ItemFn) -> Result<&'f Type> {
    let signature = &function.sig;
    if let Some(token) = &signature.constness {
        return Err(Error::new_spanned(
            token,
            "a `const fn` cannot wait, and so cannot be retried",
        ));
    }
    match (&signature.asyncness, adapter.is_async) {
        (Some(token), false) => {
            let message = "this attribute blocks the thread: an async function takes that of an async adapter";
            return Err(Error::new_spanned(token, message));
        }
        (None, true) => {
            let message =
                "this attribute waits in async functions: a plain one takes `backoff_std::retry`";
            return Err(Error::new(signature.fn_token.span, message));
        }
        _ => {}
    }
    let ReturnType::Type(_, outcome) = &signature.output else {
        let message = "a function that returns nothing cannot fail: return a `Result`";
        return Err(Error::new_spanned(&signature.ident, message));
    };
    let mut opaque = Opaque(None);
    opaque.visit_type(outcome);
    opaque.0.map_or(Ok(outcome), Err)
}

/// Looks for an `impl Trait`, which a variable cannot have.
struct Opaque(Option<Error>);

impl<'f> Visit<'f> for Opaque {
    fn visit_type_impl_trait(&mut self, opaque: &'f syn::TypeImplTrait) {
        let message = "an outcome needs a type with a name: `impl` cannot be retried";
        self.0
            .get_or_insert_with(|| Error::new_spanned(opaque, message));
    }
}

/// `let mut __attempts = ..;`, with the options that are settings of a call.
fn attempts(adapter: &Adapter, arguments: &Arguments) -> Result<TokenStream> {
    let Arguments { policy, options } = arguments;
    let path = &adapter.path;
    let generator = generator(adapter, arguments)?;
    let settings = options.iter().filter_map(|(name, value)| {
        let method = match name.kind {
            Kind::Budget => "with_budget",
            Kind::Observer => "with_observer",
            Kind::OnEvent => "on_event",
            Kind::OnTimeout | Kind::Random => return None,
            Kind::When => "when",
        };
        let method = Ident::new(method, name.span);
        Some(quote!(.#method(#value)))
    });
    Ok(quote! {
        let __policy = &#policy;
        let mut __attempts = #path::attempts(__policy #generator) #(#settings)*;
    })
}

/// The generator, where the adapter takes one from its caller.
fn generator(adapter: &Adapter, arguments: &Arguments) -> Result<TokenStream> {
    match (arguments.option(Kind::Random), adapter.is_seeded) {
        (Some(random), true) => Ok(quote!(, #random)),
        (None, false) => Ok(TokenStream::new()),
        (None, true) => {
            let message = "this adapter takes its generator from you: `random = ..`";
            Err(Error::new_spanned(&arguments.policy, message))
        }
        (Some(random), false) => {
            let message = "this adapter has a generator of its own: leave `random` out";
            Err(Error::new_spanned(random, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FETCH: &str = "async fn fetch() -> Result<(), ()> { Ok(()) }";

    fn tokio() -> Adapter {
        Adapter::waiting(quote!(::backoff_tokio))
    }

    fn embassy() -> Adapter {
        Adapter::seeded(quote!(::backoff_embassy))
    }

    fn std() -> Adapter {
        Adapter::blocking(quote!(::backoff_std))
    }

    type Mistake = (
        fn() -> Adapter,
        &'static str,
        &'static str,
        &'static str,
        Option<&'static str>,
    );

    const MISTAKES: &[Mistake] = &[
        // (adapter, arguments, function, message, what it points at)
        (
            tokio,
            "",
            FETCH,
            "a policy comes first, as in `#[retry(POLICY)]`",
            None,
        ),
        (
            tokio,
            "when = f",
            FETCH,
            "a policy comes first, as in `#[retry(POLICY)]`",
            Some("when"),
        ),
        (
            tokio,
            "P, unless = f",
            FETCH,
            "no option `unless`: there are `budget`, `observer`, `on_event`, `on_timeout`, `random` and `when`",
            Some("unless"),
        ),
        (
            tokio,
            "P, when = f, when = g",
            FETCH,
            "`when` is given twice",
            Some("when"),
        ),
        (
            tokio,
            "P, on_event = f, observer = g",
            FETCH,
            "a call has one observer: `observer = (first, second)` is a pair of them",
            Some("observer"),
        ),
        (tokio, "P when = f", FETCH, "expected `,`", Some("when")),
        (
            std,
            "P, on_timeout = f",
            "fn fetch() -> Result<(), ()> { Ok(()) }",
            "a thread cannot be cut off: leave `on_timeout` out",
            Some("f"),
        ),
        (
            tokio,
            "P, random = r",
            FETCH,
            "this adapter has a generator of its own: leave `random` out",
            Some("r"),
        ),
        (
            embassy,
            "P",
            FETCH,
            "this adapter takes its generator from you: `random = ..`",
            Some("P"),
        ),
        (
            tokio,
            "P",
            "fn fetch() -> Result<(), ()> { Ok(()) }",
            "this attribute waits in async functions: a plain one takes `backoff_std::retry`",
            Some("fn"),
        ),
        (
            std,
            "P",
            FETCH,
            "this attribute blocks the thread: an async function takes that of an async adapter",
            Some("async"),
        ),
        (
            std,
            "P",
            "const fn fetch() -> Result<(), ()> { Ok(()) }",
            "a `const fn` cannot wait, and so cannot be retried",
            Some("const"),
        ),
        (
            tokio,
            "P",
            "async fn fetch() {}",
            "a function that returns nothing cannot fail: return a `Result`",
            Some("fetch"),
        ),
        (
            tokio,
            "P",
            "async fn fetch() -> Result<impl Copy, ()> { Ok(()) }",
            "an outcome needs a type with a name: `impl` cannot be retried",
            Some("impl Copy"),
        ),
        (
            tokio,
            "P",
            "struct Fetch;",
            "`retry` goes before a function with a body",
            Some("struct Fetch;"),
        ),
    ];

    #[test]
    fn mistakes_are_told_in_words() {
        for &(adapter, arguments, function, message, place) in MISTAKES {
            let parse = |text: &str| text.parse::<TokenStream>().expect("tokens");
            let (attribute, item) = (parse(arguments), parse(function));
            let error = looped(&adapter(), attribute, &item).expect_err(message);
            let told = (error.to_string(), error.span().source_text());
            assert_eq!(
                (told.0.as_str(), told.1.as_deref()),
                (message, place),
                "#[retry({arguments})] {function}"
            );
            let kept = expand(&adapter(), parse(arguments), &parse(function)).to_string();
            assert!(
                kept.contains("compile_error") && kept.ends_with(&parse(function).to_string()),
                "{kept}"
            );
        }
    }
}
