#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod adapter;
mod arguments;
mod boxed;
mod function;
mod rounds;

use proc_macro::TokenStream;
use quote::quote;

use crate::adapter::Adapter;
use crate::function::expand;

/// Retries an async function on async-std; see the crate's documentation.
#[proc_macro_attribute]
pub fn retry_async_std(arguments: TokenStream, function: TokenStream) -> TokenStream {
    looped(
        &Adapter::waiting(quote!(::backoff_async_std)),
        arguments,
        function,
    )
}

/// Retries an async function on embassy, with `random = ..`; see the crate's documentation.
#[proc_macro_attribute]
pub fn retry_embassy(arguments: TokenStream, function: TokenStream) -> TokenStream {
    looped(
        &Adapter::seeded(quote!(::backoff_embassy)),
        arguments,
        function,
    )
}

/// Retries an async function on smol; see the crate's documentation.
#[proc_macro_attribute]
pub fn retry_smol(arguments: TokenStream, function: TokenStream) -> TokenStream {
    looped(
        &Adapter::waiting(quote!(::backoff_smol)),
        arguments,
        function,
    )
}

/// Retries a plain function, whose thread is blocked between attempts; see the crate's documentation.
#[proc_macro_attribute]
pub fn retry_std(arguments: TokenStream, function: TokenStream) -> TokenStream {
    looped(
        &Adapter::blocking(quote!(::backoff_std)),
        arguments,
        function,
    )
}

/// Retries an async function on tokio; see the crate's documentation.
#[proc_macro_attribute]
pub fn retry_tokio(arguments: TokenStream, function: TokenStream) -> TokenStream {
    looped(
        &Adapter::waiting(quote!(::backoff_tokio)),
        arguments,
        function,
    )
}

/// Retries an async function in a browser or in Node; see the crate's documentation.
#[proc_macro_attribute]
pub fn retry_wasm(arguments: TokenStream, function: TokenStream) -> TokenStream {
    looped(
        &Adapter::waiting(quote!(::backoff_wasm)),
        arguments,
        function,
    )
}

fn looped(adapter: &Adapter, arguments: TokenStream, function: TokenStream) -> TokenStream {
    expand(adapter, arguments.into(), &function.into()).into()
}
