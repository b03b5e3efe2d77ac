//! The loop around the body of the function.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Block, Error, Expr, Result, Type};

use crate::arguments::{Arguments, Kind};
use crate::function::Adapter;

/// `loop { .. }`, which returns the last outcome.
pub(crate) fn rounds(
    adapter: &Adapter,
    arguments: &Arguments,
    body: &Block,
    outcome: &Type,
) -> Result<TokenStream> {
    let judged = judged(adapter, outcome);
    match (arguments.option(Kind::OnTimeout), adapter.is_async) {
        (None, true) => Ok(waiting(body, outcome, &judged)),
        (None, false) => Ok(blocking(body, outcome, &judged)),
        (Some(on_timeout), true) => Ok(timed(adapter, on_timeout, body, outcome, &judged)),
        (Some(on_timeout), false) => {
            let message = "a thread cannot be cut off: leave `on_timeout` out";
            Err(Error::new_spanned(on_timeout, message))
        }
    }
}

/// Asks whether another attempt follows. Where the policy cannot judge the outcome, the compiler points at its type.
fn judged(adapter: &Adapter, outcome: &Type) -> TokenStream {
    let place = Span::call_site().located_at(outcome.span());
    if adapter.is_async {
        quote_spanned!(place=> __attempts.pause_after(&__outcome))
    } else {
        quote_spanned!(place=> __attempts.delay_after(&__outcome))
    }
}

fn waiting(body: &Block, outcome: &Type, judged: &TokenStream) -> TokenStream {
    quote! {
        loop {
            let __outcome: #outcome = async #body.await;
            let ::core::option::Option::Some(__pause) = #judged else {
                return __outcome;
            };
            ::core::mem::drop(__outcome);
            __pause.await;
        }
    }
}

fn blocking(body: &Block, outcome: &Type, judged: &TokenStream) -> TokenStream {
    quote! {
        loop {
            let __outcome: #outcome = (|| -> #outcome #body)();
            let ::core::option::Option::Some(__pause) = #judged else {
                return __outcome;
            };
            ::core::mem::drop(__outcome);
            ::std::thread::sleep(__pause);
        }
    }
}

/// The same with attempts that are cut off. As with `RetryFuture::on_timeout`, a call that its deadline cuts off ends with
/// the last outcome that was not made up, if there is one.
fn timed(
    adapter: &Adapter,
    on_timeout: &Expr,
    body: &Block,
    outcome: &Type,
    judged: &TokenStream,
) -> TokenStream {
    let path = &adapter.path;
    quote! {
        // Says what a closure takes, which the compiler must know before it is called.
        fn __takes_timed_out<O, F: ::core::ops::FnMut(#path::TimedOut) -> O>(function: F) -> F {
            function
        }
        let mut __on_timeout = __takes_timed_out::<#outcome, _>(#on_timeout);
        let mut __last: ::core::option::Option<#outcome> = ::core::option::Option::None;
        loop {
            let (__outcome, __made_up): (#outcome, bool) = match __attempts.timeout(async #body).await {
                ::core::result::Result::Ok(__outcome) => (__outcome, false),
                ::core::result::Result::Err(__cut) if __cut.is_deadline() => {
                    let __outcome: #outcome = __last.unwrap_or_else(|| __on_timeout(__cut));
                    __attempts.interrupt(&__outcome);
                    return __outcome;
                }
                ::core::result::Result::Err(__cut) => (__on_timeout(__cut), true),
            };
            let ::core::option::Option::Some(__pause) = #judged else {
                return __outcome;
            };
            if !__made_up || __last.is_none() {
                __last = ::core::option::Option::Some(__outcome);
            }
            __pause.await;
        }
    }
}
