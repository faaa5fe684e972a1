//! Contents in protobuf, and the schema that has to travel with them.

use std::path::{Path, PathBuf};

use countersign_core::generator::Context;
use countersign_core::pact::{Interaction, Message, Pact};
use countersign_core::protobuf::{GrpcMessage, PLUGIN_NAME, Schema, message_type, write_message};
use serde_json::Value as Json;

use super::delivered::now;

/// What declares a message's contents.
#[derive(Debug, Clone)]
pub(super) struct Declared {
    schema: Schema,
    configuration: Json,
}

impl Declared {
    /// Says in an interaction what its contents are; the schema has to be registered with the pact.
    pub(super) fn say(self, interaction: &mut Interaction) -> Schema {
        interaction.plugin_configuration.insert(PLUGIN_NAME.to_owned(), self.configuration);
        self.schema
    }
}

/// A message of a type that a `.proto` file declares.
#[track_caller]
pub(super) fn write(proto: &Path, includes: &[PathBuf], name: &str, pattern: &Json) -> (Message, Declared) {
    let (schema, descriptor) = match Schema::compile(proto, includes)
        .and_then(|schema| schema.message(name).map(|descriptor| (schema, descriptor)))
    {
        Ok(declared) => declared,
        Err(error) => panic!("the message cannot be used: {error}"),
    };
    let (message, configuration) = match write_message(&schema, &descriptor, pattern) {
        Ok(written) => written,
        Err(error) => panic!("the message cannot be used: {error}"),
    };
    // a generator whose values do not fit their field is to be heard of here, and not when the message is delivered
    if let Err(error) = GrpcMessage::new(&message, None).generate(&descriptor, &now()) {
        panic!("the message cannot be used: {error}");
    }
    (message, Declared { schema, configuration })
}

/// The contents with generated values in place, where they are protobuf.
///
/// # Errors
///
/// A value does not fit its field, or the pact does not carry the type.
pub(super) fn generated(
    pact: &Pact,
    interaction: &Interaction,
    message: &Message,
    context: &Context,
) -> Result<Option<Vec<u8>>, String> {
    let Some(descriptor) = message_type(pact, interaction).map_err(|error| error.to_string())? else { return Ok(None) };
    let made = GrpcMessage::new(message, None).generate(&descriptor, context);
    made.map(|made| Some(made.bytes)).map_err(|error| error.to_string())
}
