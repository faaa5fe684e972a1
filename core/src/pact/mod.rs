//! The document: a [`Pact`] and its [`Interaction`]s, whatever file format they came from.

mod body;
pub mod digest;
mod document;
mod fields;
mod interaction;
mod merge;
mod state;

pub use body::{Body, ContentType, Contents};
pub use document::{Pact, Specification};
pub use fields::is_list_field;
pub use interaction::{
    HttpInteraction, HttpRequest, HttpResponse, Interaction, InteractionKind, Message, SynchronousMessage,
};
pub use merge::{MergeConflict, merge};
pub use state::ProviderState;

/// Attributes by name in the order they were written.
pub type Attributes = serde_json::Map<String, serde_json::Value>;

/// Header fields or query parameters by name, each with its values in order.
pub type Fields = indexmap::IndexMap<String, Vec<String>>;

/// Query parameters by name; a parameter written without `=` has a value of `None`.
pub type Query = indexmap::IndexMap<String, Vec<Option<String>>>;
