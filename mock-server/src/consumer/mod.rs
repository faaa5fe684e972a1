//! The consumer's DSL: sentences that end in a pact, and in a server that plays it.

mod contract;
mod grpc;
mod guard;
mod http;
mod pact;
mod request;
mod response;
mod running;
mod states;
mod text;

pub use self::grpc::{AnsweredGrpc, Grpc, GrpcMethod, RequestedGrpc, Turn, received, sent};
pub use self::http::{AnsweredHttp, Http, RequestedHttp};
pub use self::pact::Pact;
pub use guard::ContractError;
pub use request::{RequestBuilder, delete, get, head, options, patch, post, put, request};
pub use response::{ResponseBuilder, created, no_content, ok, status};
pub use running::{BlockingProvider, MockProvider};
pub use states::Params;
pub use text::TextPattern;
