//! Bodies and their content types, the same for requests, responses and messages.

mod contents;
mod graphql;
mod graphql_tokens;
mod methods;
mod multipart;
mod xml;

pub(super) use contents::{Part, Stated, is_content_type};
pub(super) use graphql::GraphQl;
pub use multipart::{Multipart, multipart};
pub use xml::{Element, Xml, element};

pub(super) use methods::{body_methods, field_methods};
