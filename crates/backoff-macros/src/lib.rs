#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod arguments;
mod function;

use proc_macro::TokenStream;
use quote::quote;

use crate::function::{Adapter, expand};

/// Retries an async function on async-std; see the crate's documentation.
#[proc_macro_attribute]
pub fn retry_async_std(arguments: TokenStream, function: TokenStream) -> TokenStream {
    expand(
        &Adapter::waiting(quote!(::backoff_async_std)),
        arguments.into(),
        &function.into(),
    )
    .into()
}

/// Retries an async function on embassy, with `random = ..`; see the crate's documentation.
#[proc_macro_attribute]
pub fn retry_embassy(arguments: TokenStream, function: TokenStream) -> TokenStream {
    expand(
        &Adapter::seeded(quote!(::backoff_embassy)),
        arguments.into(),
        &function.into(),
    )
    .into()
}

/// Retries an async function on smol; see the crate's documentation.
#[proc_macro_attribute]
pub fn retry_smol(arguments: TokenStream, function: TokenStream) -> TokenStream {
    expand(
        &Adapter::waiting(quote!(::backoff_smol)),
        arguments.into(),
        &function.into(),
    )
    .into()
}

/// Retries a plain function, whose thread is blocked between attempts; see the crate's documentation.
#[proc_macro_attribute]
pub fn retry_std(arguments: TokenStream, function: TokenStream) -> TokenStream {
    expand(
        &Adapter::blocking(quote!(::backoff_std)),
        arguments.into(),
        &function.into(),
    )
    .into()
}

/// Retries an async function on tokio; see the crate's documentation.
#[proc_macro_attribute]
pub fn retry_tokio(arguments: TokenStream, function: TokenStream) -> TokenStream {
    expand(
        &Adapter::waiting(quote!(::backoff_tokio)),
        arguments.into(),
        &function.into(),
    )
    .into()
}
