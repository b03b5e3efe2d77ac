//! The function, with the loop around its body.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit::Visit;
use syn::{Error, ItemFn, Result, ReturnType, Type};

use crate::arguments::Arguments;

/// The crate whose loop is expanded, and what it needs.
pub(crate) struct Adapter {
    path: TokenStream,
    is_async: bool,
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
    let attempts = attempts(adapter, arguments)?;

    let ItemFn {
        attrs,
        vis,
        sig,
        block,
        ..
    } = &function;
    let (attempt, wait) = if adapter.is_async {
        (quote!(async #block.await), quote!(__pause.await;))
    } else {
        (
            quote!((|| -> #outcome #block)()),
            quote!(::std::thread::sleep(__pause);),
        )
    };
    let judge = if adapter.is_async {
        quote!(pause_after)
    } else {
        quote!(delay_after)
    };
    Ok(quote! {
        #(#attrs)* #vis #sig {
            #attempts
            loop {
                let __outcome: #outcome = #attempt;
                let ::core::option::Option::Some(__pause) = __attempts.#judge(&__outcome) else {
                    return __outcome;
                };
                ::core::mem::drop(__outcome);
                #wait
            }
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

/// `let mut __attempts = ..;`
fn attempts(adapter: &Adapter, arguments: Arguments) -> Result<TokenStream> {
    let Arguments {
        policy,
        when,
        on_event,
        random,
    } = arguments;
    let path = &adapter.path;
    let generator = match (&random, adapter.is_seeded) {
        (Some(random), true) => quote!(, #random),
        (None, false) => TokenStream::new(),
        (None, true) => {
            let message = "this adapter takes its generator from you: `random = ..`";
            return Err(Error::new_spanned(&policy, message));
        }
        (Some(random), false) => {
            let message = "this adapter has a generator of its own: leave `random` out";
            return Err(Error::new_spanned(random, message));
        }
    };
    let when = when.map(|classifier| quote!(.when(#classifier)));
    let on_event = on_event.map(|observer| quote!(.on_event(#observer)));
    let policy = policy.into_token_stream();
    Ok(quote! {
        let __policy = &#policy;
        let mut __attempts = #path::attempts(__policy #generator) #when #on_event;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_told_in_words() {
        let tokio = || Adapter::waiting(quote!(::backoff_tokio));
        let embassy = || Adapter::seeded(quote!(::backoff_embassy));
        let std = || Adapter::blocking(quote!(::backoff_std));
        let fetch = "async fn fetch() -> Result<(), ()> { Ok(()) }";
        let cases = [
            // (adapter, arguments, function, message)
            (
                tokio(),
                "",
                fetch,
                "a policy comes first, as in `#[retry(POLICY)]`",
            ),
            (
                tokio(),
                "when = f",
                fetch,
                "a policy comes first, as in `#[retry(POLICY)]`",
            ),
            (
                tokio(),
                "P, unless = f",
                fetch,
                "no option `unless`: there are `when`, `on_event` and `random`",
            ),
            (
                tokio(),
                "P, when = f, when = g",
                fetch,
                "`when` is given twice",
            ),
            (tokio(), "P when = f", fetch, "expected `,`"),
            (
                tokio(),
                "P, random = r",
                fetch,
                "this adapter has a generator of its own: leave `random` out",
            ),
            (
                embassy(),
                "P",
                fetch,
                "this adapter takes its generator from you: `random = ..`",
            ),
            (
                tokio(),
                "P",
                "fn fetch() -> Result<(), ()> { Ok(()) }",
                "this attribute waits in async functions: a plain one takes `backoff_std::retry`",
            ),
            (
                std(),
                "P",
                fetch,
                "this attribute blocks the thread: an async function takes that of an async adapter",
            ),
            (
                std(),
                "P",
                "const fn fetch() -> Result<(), ()> { Ok(()) }",
                "a `const fn` cannot wait, and so cannot be retried",
            ),
            (
                tokio(),
                "P",
                "async fn fetch() {}",
                "a function that returns nothing cannot fail: return a `Result`",
            ),
            (
                tokio(),
                "P",
                "async fn fetch() -> Result<impl Copy, ()> { Ok(()) }",
                "an outcome needs a type with a name: `impl` cannot be retried",
            ),
            (
                tokio(),
                "P",
                "struct Fetch;",
                "`retry` goes before a function with a body",
            ),
        ];
        for (adapter, arguments, function, message) in cases {
            let parse = |text: &str| text.parse::<TokenStream>().expect("tokens");
            let error = looped(&adapter, parse(arguments), &parse(function)).expect_err(message);
            assert_eq!(
                error.to_string(),
                message,
                "#[retry({arguments})] {function}"
            );
            let kept = expand(&adapter, parse(arguments), &parse(function)).to_string();
            assert!(
                kept.contains("compile_error") && kept.ends_with(&parse(function).to_string()),
                "{kept}"
            );
        }
    }
}
