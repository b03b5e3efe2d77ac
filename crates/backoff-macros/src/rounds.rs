//! The loop around the body of a function.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Block, Error, Ident, Result, Type, parse_quote};

use crate::adapter::Adapter;
use crate::arguments::{Arguments, Choice, Kind};

/// A block that makes the attempts, and gives the last outcome.
///
/// Its variables are invisible to the body. If the call cannot take the outcome, the compiler points at its type.
pub(crate) fn rounds(
    adapter: &Adapter,
    arguments: &Arguments,
    body: &Block,
    outcome: &Type,
) -> Result<Block> {
    let attempts = attempts(adapter, arguments)?;
    let rounds = if adapter.is_async {
        waiting(adapter, arguments, body, outcome)
    } else {
        blocking(body, outcome)
    };
    Ok(parse_quote!({ #attempts #rounds }))
}

/// `let mut attempts = ..;`, with the options as the calls of the same names.
fn attempts(adapter: &Adapter, arguments: &Arguments) -> Result<TokenStream> {
    let (path, policy) = (&adapter.path, &arguments.policy);
    let generator = generator(adapter, arguments)?;
    let mut settings = TokenStream::new();
    for option in &arguments.options {
        let method = match option.kind {
            Kind::Budget => "with_budget",
            Kind::Observer => "with_observer",
            Kind::OnEvent => "on_event",
            Kind::Random => continue,
            Kind::OnTimeout | Kind::Uninterrupted if !adapter.is_async => {
                return Err(never_interrupted(option));
            }
            Kind::OnTimeout => "on_timeout",
            Kind::Uninterrupted => "uninterrupted",
            Kind::When => "when",
        };
        let (method, value) = (Ident::new(method, option.span), &option.value);
        settings.extend(quote!(.#method(#value)));
    }
    Ok(quote_spanned! {Span::mixed_site()=>
        let policy = &#policy;
        let mut attempts = #path::attempts(policy #generator) #settings;
    })
}

fn never_interrupted(option: &Choice) -> Error {
    if let Some(on_timeout) = &option.value {
        let message = "nothing interrupts a thread: leave `on_timeout` out";
        Error::new_spanned(on_timeout, message)
    } else {
        let message = "a thread is never interrupted: leave `uninterrupted` out";
        Error::new(option.span, message)
    }
}

/// The generator, if the adapter takes one from its caller.
fn generator(adapter: &Adapter, arguments: &Arguments) -> Result<TokenStream> {
    let random = arguments.option(Kind::Random);
    match (
        random.and_then(|option| option.value.as_ref()),
        adapter.is_seeded,
    ) {
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

fn waiting(adapter: &Adapter, arguments: &Arguments, body: &Block, outcome: &Type) -> TokenStream {
    // The compiler knows the type of the outcome before it looks at the body.
    let attempt = quote_spanned! {Span::mixed_site()=>
        async {
            let outcome: #outcome = #body;
            #[allow(unreachable_code)]
            outcome
        }
    };
    let limited = quote_spanned!(place(outcome)=> attempts.limit(#attempt).await);
    let paused = quote_spanned!(place(outcome)=> attempts.pause_after(&outcome));
    let rechecked = quote_spanned!(place(outcome)=> attempts.recheck(&outcome));
    let Last {
        declared,
        returned,
        kept,
    } = Last::of(adapter, arguments, outcome);
    quote_spanned! {Span::mixed_site()=>
        #declared
        attempts.first_pause().await;
        loop {
            let outcome: #outcome = #limited;
            let ::core::option::Option::Some(pause) = #paused else {
                break #returned;
            };
            pause.await;
            if !#rechecked {
                break outcome;
            }
            #kept
        }
    }
}

/// What becomes of the outcome before the last. When the deadline interrupts an attempt, an outcome that was not made up says
/// more. Where nothing is interrupted, it is dropped before the next attempt.
struct Last {
    declared: TokenStream,
    returned: TokenStream,
    kept: TokenStream,
}

impl Last {
    fn of(adapter: &Adapter, arguments: &Arguments, outcome: &Type) -> Self {
        if arguments.option(Kind::Uninterrupted).is_some() {
            return Self {
                declared: TokenStream::new(),
                returned: quote_spanned!(Span::mixed_site()=> outcome),
                kept: TokenStream::new(),
            };
        }
        let path = &adapter.path;
        Self {
            declared: quote_spanned! {Span::mixed_site()=>
                let mut last: ::core::option::Option<#outcome> = ::core::option::Option::None;
            },
            returned: quote_spanned! {Span::mixed_site()=>
                match (last, attempts.report().completion()) {
                    (
                        ::core::option::Option::Some(last),
                        ::core::option::Option::Some(#path::Completion::Interrupted),
                    ) => last,
                    _ => outcome,
                }
            },
            kept: quote_spanned!(Span::mixed_site()=> last = ::core::option::Option::Some(outcome);),
        }
    }
}

fn blocking(body: &Block, outcome: &Type) -> TokenStream {
    let closure = quote_spanned!(Span::mixed_site()=> || -> #outcome #body);
    quote_spanned!(place(outcome)=> attempts.call(#closure))
}

/// Where the compiler points if the call cannot take the outcome.
fn place(outcome: &Type) -> Span {
    Span::mixed_site().located_at(outcome.span())
}
