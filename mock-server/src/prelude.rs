#![doc = include_str!("../../docs/consumer.md")]

pub use countersign_core::generator::UuidFormat;
pub use countersign_core::pact::Specification;
pub use countersign_core::pattern::{
    EachLike, Matcher, accepts, array_containing, base64, boolean, date, datetime, decimal, each_key, each_like,
    each_value, equal_to, from_provider_state, generated_date, generated_datetime, generated_time, hexadecimal,
    include, integer, ipv4, ipv6, iso_date, iso_datetime, like, mock_server_url, not_empty, null_value, nullable,
    number, one_of, random_boolean, random_decimal, random_hexadecimal, random_int, random_regex, random_string,
    random_uuid, random_uuid_as, regex, schema, semver, time, url, url_path, uuid, values_like,
};
pub use tonic::Code;

pub use crate::consumer::{
    AnsweredGrpc, AnsweredHttp, AnsweredMessage, BlockingProvider, ContractError, DeliveredMessage, Element, Exchange,
    ExchangePact, Grpc, GrpcMethod, Http, Message, MessagePact, MockProvider, Multipart, Pact, Payload, RequestBuilder,
    RequestedGrpc, RequestedHttp, RequestedMessage, ResponseBuilder, SynchronousMessage, WrittenMessage, any_error,
    client_error, created, delete, element, get, graphql, head, multipart, no_content, non_error, ok, options, patch,
    payload, post, put, received, redirect, request, sent, server_error, status, status_in, success,
};
