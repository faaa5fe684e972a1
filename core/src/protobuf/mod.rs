//! Protobuf: `.proto` files, services and methods, messages to and from the value tree, gRPC calls in pacts.
//!
//! The pact form is the one the Pact ecosystem's protobuf plugin reads and writes, so that pacts travel both ways.
//!
//! * [`Schema`] compiles `.proto` files, or reads the descriptors that a pact carries, and finds [`Method`]s.
//! * [`encode`](fn@encode) turns a pattern into wire bytes with rules; [`decode_expected`] and [`decode_actual`] turn wire
//!   bytes into the value tree that rules are matched on.
//! * [`CallPattern`] writes a gRPC call as an interaction, [`GrpcCall`] reads it back. The comparing is done by
//!   [`GrpcRequestPlan`](crate::plan::GrpcRequestPlan) and [`GrpcResponsePlan`](crate::plan::GrpcResponsePlan).

mod absent;
mod call;
mod compatibility;
mod decode;
mod decode_known;
mod descriptor_files;
mod encode;
mod encode_collections;
mod encode_known;
mod generate;
mod interaction;
mod layout;
mod markup;
mod plugin;
mod scalar;
mod schema;
mod status;
mod terms;
mod wire;

pub(crate) use absent::Required;
pub use call::{CallError, ExpectedStatus, GrpcCall, GrpcMessage, message_presence, message_type};
pub(crate) use compatibility::declaration;
pub use compatibility::{SchemaChange, schema_changes};
pub use decode::{DecodeError, decode_actual, decode_expected};
pub(crate) use decode::{decode_like, open_any, scalar_field};
pub use descriptor_files::DescriptorFiles;
pub use encode::{EncodedMessage, encode};
pub use generate::GenerateError;
pub use interaction::{CallPattern, Outcome, write_message};
pub(crate) use layout::Layout;
pub use plugin::{PLUGIN_NAME, PLUGIN_VERSION, register};
pub(crate) use scalar::float_as_text;
pub use schema::{Method, Schema, SchemaError};
pub use status::StatusCode;
pub use terms::{CallTerms, Presence, Sequence, Step, StreamTerms};
