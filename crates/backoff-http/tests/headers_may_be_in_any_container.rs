//! Headers are looked up in any container.

use backoff_http::{Headers, lookup};

#[test]
fn nothing_an_array_a_slice_a_reference_and_a_closure_are_headers() {
    fn dates(headers: &(impl Headers + ?Sized)) -> Vec<&[u8]> {
        headers.lines("date").collect()
    }
    let array = [("Date", "a"), ("Age", "b"), ("DATE", "c")];
    let both: [&[u8]; 2] = [b"a", b"c"];
    assert_eq!(dates(&array), both);
    assert_eq!(dates(&array[..]), both);
    assert_eq!(dates(&&array), both);
    assert_eq!(dates(&()), <[&[u8]; 0]>::default());
    let closure = lookup(|name| (name == "date").then_some(&b"d"[..]));
    assert_eq!(dates(&closure), [b"d"]);
    assert_eq!(
        (closure.first("date"), closure.first("age")),
        (Some(&b"d"[..]), None)
    );
    assert_eq!(
        (array.first("date"), ().first("date")),
        (Some(&b"a"[..]), None)
    );
}
