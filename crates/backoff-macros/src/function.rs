//! The function that the attribute is on.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit::Visit;
use syn::{Block, Error, ItemFn, Result, ReturnType, Type, TypeImplTrait};

use crate::adapter::Adapter;
use crate::arguments::Arguments;
use crate::boxed;
use crate::rounds::rounds;

/// The function with the loop around its body, or an error and the function as it was.
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
    let mut function: ItemFn = syn::parse2(function.clone())
        .map_err(|_| Error::new_spanned(function, "`retry` goes before a function with a body"))?;
    let arguments: Arguments = syn::parse2(arguments)?;
    let (outcome, body) = attempt(adapter, &mut function)?;
    refuse_opaque(&outcome)?;
    *body = rounds(adapter, &arguments, body, &outcome)?;
    Ok(function.into_token_stream())
}

/// The type and the block of one attempt.
fn attempt<'f>(adapter: &Adapter, function: &'f mut ItemFn) -> Result<(Type, &'f mut Block)> {
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
            let error = Error::new(signature.fn_token.span, message);
            return boxed::attempt(function).ok_or(error);
        }
        _ => {}
    }
    let ReturnType::Type(_, outcome) = &signature.output else {
        let message = "a function that returns nothing cannot fail: return a `Result`";
        return Err(Error::new_spanned(&signature.ident, message));
    };
    Ok(((**outcome).clone(), &mut function.block))
}

/// A variable cannot have a type that contains `impl Trait`.
fn refuse_opaque(outcome: &Type) -> Result<()> {
    struct Opaque(Option<Error>);

    impl<'f> Visit<'f> for Opaque {
        fn visit_type_impl_trait(&mut self, opaque: &'f TypeImplTrait) {
            let message = "an outcome needs a type with a name: `impl` cannot be retried";
            self.0
                .get_or_insert_with(|| Error::new_spanned(opaque, message));
        }
    }

    let mut opaque = Opaque(None);
    opaque.visit_type(outcome);
    opaque.0.map_or(Ok(()), Err)
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
            "no option `unless`: there are `budget`, `observer`, `on_event`, `on_timeout`, `random`, `uninterrupted` and `when`",
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
            "P, on_timeout = f, uninterrupted",
            FETCH,
            "an attempt that is `uninterrupted` never times out: leave `on_timeout` out",
            Some("uninterrupted"),
        ),
        (tokio, "P when = f", FETCH, "expected `,`", Some("when")),
        (
            std,
            "P, on_timeout = f",
            "fn fetch() -> Result<(), ()> { Ok(()) }",
            "nothing interrupts a thread: leave `on_timeout` out",
            Some("f"),
        ),
        (
            std,
            "P, uninterrupted",
            "fn fetch() -> Result<(), ()> { Ok(()) }",
            "a thread is never interrupted: leave `uninterrupted` out",
            Some("uninterrupted"),
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
