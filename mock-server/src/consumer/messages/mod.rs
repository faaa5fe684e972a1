//! Messages: what a provider sends and a consumer takes, and what a consumer sends and a provider answers.

mod builder;
mod consume;
mod converse;
mod delivered;
mod exchange;
mod payload;
mod protobuf;
mod report;
mod rounds;
mod taken;

pub use builder::{AnsweredMessage, Message, RequestedMessage, SynchronousMessage, WrittenMessage};
pub use consume::MessagePact;
pub use converse::ExchangePact;
pub use delivered::DeliveredMessage;
pub use exchange::{Exchange, NotAgreed};
pub use payload::{Payload, payload};
pub use report::{MessageOutcome, MessageReport};
pub use taken::Taken;
