//! Generators: values made at the moment of use. Clock, randomness and values from provider states come in as arguments.

mod apply;
mod attributes;
mod body;
mod context;
mod expression;
mod form_body;
mod json_body;
mod mock_server_url;
mod moment;
mod provider_state;
mod random_decimal;
mod random_int;
mod random_text;
mod regex;
mod registry;
#[cfg(test)]
mod tests;
mod uuid;
mod xml_body;

pub use apply::{apply_to_message, apply_to_request, apply_to_response};
pub(crate) use context::Run;
pub use context::{Context, Mode};
pub use expression::{Expression, ExpressionError};
pub use mock_server_url::MockServerUrl;
pub use moment::Moment;
pub use random_decimal::RandomDecimal;
pub use random_int::RandomInt;
pub use random_text::{RandomHexadecimal, RandomString};
pub use regex::RegexText;
pub use registry::{Generator, GeneratorEntry, Generators};
pub use uuid::UuidFormat;
