//! Headers, found by name.

use core::marker::PhantomData;

use super::name_set::NameSet;

/// Headers that can be looked up by name, in any container.
///
/// Implemented for slices and arrays of pairs, for `()` (no headers) and, with the feature `http-1`, for the
/// `HeaderMap` of the `http` crate. Wrap any other container by [`lookup`].
///
/// # Examples
///
/// ```
/// use backoff_http::Headers;
///
/// let headers = [("Retry-After", "120"), ("Date", "Sun, 06 Nov 1994 08:49:37 GMT")];
/// assert_eq!(headers.first("retry-after"), Some(&b"120"[..]));
/// assert_eq!(headers.first("age"), None);
/// ```
pub trait Headers {
    /// Returns the values of the lines with this name, in their order.
    ///
    /// `name` is in lower case, and matches names in any case.
    fn lines<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]>;

    /// Returns the value of the first line with this name.
    #[inline]
    fn first<'h>(&'h self, name: &'h str) -> Option<&'h [u8]> {
        self.lines(name).next()
    }

    /// Returns the names that may occur, to save searches for others.
    #[doc(hidden)]
    #[inline]
    fn names(&self) -> NameSet {
        NameSet::ALL
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> Headers for [(N, V)] {
    #[inline]
    fn lines<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        self.iter()
            .filter(move |(line, _)| line.as_ref().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_ref())
    }

    #[inline]
    fn names(&self) -> NameSet {
        // A search costs firmware less flash than this.
        if cfg!(target_os = "none") {
            return NameSet::ALL;
        }
        let names = self.iter().map(|(name, _)| NameSet::of(name.as_ref()));
        names.fold(NameSet::NONE, NameSet::with)
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, const LINES: usize> Headers for [(N, V); LINES] {
    #[inline]
    fn lines<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        self.as_slice().lines(name)
    }

    #[inline]
    fn names(&self) -> NameSet {
        self.as_slice().names()
    }
}

impl Headers for () {
    #[inline]
    fn lines<'h>(&'h self, _: &'h str) -> impl Iterator<Item = &'h [u8]> {
        core::iter::empty()
    }

    #[inline]
    fn names(&self) -> NameSet {
        NameSet::NONE
    }
}

impl<H: Headers + ?Sized> Headers for &H {
    #[inline]
    fn lines<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        (**self).lines(name)
    }

    #[inline]
    fn names(&self) -> NameSet {
        (**self).names()
    }
}

#[cfg(feature = "http-1")]
impl Headers for http::HeaderMap {
    #[inline]
    fn lines<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        use http::header::{AGE, DATE, RETRY_AFTER};
        // A name that is known needs not be parsed, which takes 150 instructions.
        let all = match name {
            "age" => self.get_all(AGE),
            "date" => self.get_all(DATE),
            "retry-after" => self.get_all(RETRY_AFTER),
            _ => self.get_all(name),
        };
        all.iter().map(http::HeaderValue::as_bytes)
    }

    #[inline]
    fn names(&self) -> NameSet {
        let names = self.keys().map(|name| NameSet::of(name.as_str()));
        names.fold(NameSet::NONE, NameSet::with)
    }
}

/// Creates [`Headers`] from a closure that returns the value of a name in lower case.
///
/// Use it for containers that this crate does not know. Only one line of each header is seen.
///
/// # Examples
///
/// ```
/// use backoff_http::{lookup, Headers};
/// use std::collections::HashMap;
///
/// let map = HashMap::from([("retry-after", "120")]);
/// let headers = lookup(|name| map.get(name).map(|value| value.as_bytes()));
/// assert_eq!(headers.first("retry-after"), Some(&b"120"[..]));
/// ```
pub const fn lookup<'m, F: Fn(&str) -> Option<&'m [u8]>>(find: F) -> Lookup<'m, F> {
    Lookup {
        find,
        values: PhantomData,
    }
}

/// Headers behind a closure. Created by [`lookup`].
#[derive(Clone, Copy, Debug)]
pub struct Lookup<'m, F> {
    find: F,
    values: PhantomData<&'m [u8]>,
}

impl<'m, F: Fn(&str) -> Option<&'m [u8]>> Headers for Lookup<'m, F> {
    #[inline]
    fn lines<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h [u8]> {
        (self.find)(name).into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_matches_in_any_case_and_lines_keep_their_order() {
        let response: [(&str, &[u8]); 3] =
            [("RateLimit", b"a"), ("date", b"\xff"), ("ratelimit", b"b")];
        assert!(response.lines("ratelimit").eq([b"a", b"b"]));
        assert!(response[1..].lines("ratelimit").eq([b"b"]));
        assert_eq!(response.first("date"), Some(&b"\xff"[..]));
        assert_eq!(().first("date"), None);
    }

    #[cfg(feature = "http-1")]
    #[test]
    fn a_header_map_returns_every_line() {
        let mut map = http::HeaderMap::new();
        map.append("ratelimit", http::HeaderValue::from_static("a"));
        map.append(
            "ratelimit",
            http::HeaderValue::from_bytes(b"\xff").expect("a legal value"),
        );
        assert!(map.lines("ratelimit").eq([&b"a"[..], b"\xff"]));
    }
}
