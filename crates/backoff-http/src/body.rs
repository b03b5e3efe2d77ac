//! What the body of a response says: values, found by their place.

mod body_field;
mod json;
mod text;
mod xml;

pub use body_field::BodyField;
