//! The consumer's DSL: sentences that end in a pact, and in a server that plays it.

mod about;
mod bodies;
mod draft;
mod grpc;
mod guard;
mod http;
mod messages;
mod owed;
mod pact;
mod request;
mod response;
mod running;
mod states;
mod text;

pub use self::grpc::{AnsweredGrpc, Grpc, GrpcMethod, RequestedGrpc, Turn, received, sent};
pub use self::http::{AnsweredHttp, Http, RequestedHttp};
pub use self::pact::Pact;
pub use bodies::{Element, Multipart, Xml, element, multipart};
pub use guard::ContractError;
pub use messages::{
    AnsweredMessage, DeliveredMessage, Exchange, ExchangePact, Message, MessageOutcome, MessagePact, MessageReport,
    NotAgreed, Payload, RequestedMessage, SynchronousMessage, Taken, WrittenMessage, payload,
};
pub use request::{RequestBuilder, delete, get, graphql, head, options, patch, post, put, request};
pub use response::{
    ResponseBuilder, any_error, client_error, created, no_content, non_error, ok, redirect, server_error, status,
    status_in, success,
};
pub use running::{BlockingProvider, MockProvider};
pub use states::Params;
pub use text::TextPattern;
