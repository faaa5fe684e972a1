//! Generators: values made at the moment of use. Clock, randomness and values from provider states come in as arguments.

mod apply;
mod provider_state;
mod registry;

pub use apply::{Context, apply_to_message, apply_to_request, apply_to_response};
pub use registry::{Generator, GeneratorEntry, Generators};
