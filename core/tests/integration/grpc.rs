//! gRPC calls: pacts of the official tools.

use countersign_core::format;
use countersign_core::mismatch::Mismatch;
use countersign_core::pact::InteractionKind;
use countersign_core::plan::{
    GrpcRequestPlan, GrpcResponsePlan, MessagePlan, ReceivedHeaders, ReceivedMessage, ReceivedReply, Unexpected,
};
use countersign_core::protobuf::{GrpcCall, GrpcMessage, StatusCode, message_type};
use countersign_core::render;
use countersign_core::rule::Rule;

use crate::conformance;

fn headers(message: &GrpcMessage) -> ReceivedHeaders<'_> {
    message.metadata.iter().map(|(name, value)| (name.as_str().into(), value.as_str().into())).collect()
}

fn words(found: &[Mismatch]) -> Vec<String> {
    found.iter().map(|mismatch| render::words(mismatch).to_string()).collect()
}

#[test]
fn the_examples_of_official_pacts_fit_their_own_plans() {
    let Some(folder) = conformance::folder("grpc/pacts") else { return };
    let mut calls = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let pact = format::read(&std::fs::read(&path).unwrap()).unwrap();
        for interaction in &pact.interactions {
            let name = format!("{}: {}", path.display(), interaction.description);
            if let InteractionKind::AsynchronousMessage(message) = &interaction.kind {
                let descriptor = message_type(&pact, interaction).unwrap().unwrap();
                let plan = MessagePlan::compile_protobuf(message, &descriptor).unwrap();
                let metadata = message.metadata.clone().into_iter().collect();
                let own = ReceivedMessage { contents: message.contents.bytes(), metadata };
                assert_eq!(words(&plan.check(&own, Unexpected::Refused)), [""; 0], "{name}");
                continue;
            }
            let call = GrpcCall::from_interaction(&pact, interaction).unwrap_or_else(|error| panic!("{name}: {error}"));
            let request = GrpcRequestPlan::compile(&call).unwrap_or_else(|error| panic!("{name}: {error}"));
            let found = request.check(&call.request.bytes, &headers(&call.request));
            assert_eq!(words(&found), [""; 0], "{name}: request");
            let response = GrpcResponsePlan::compile(&call).unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut found = response.check(&own_reply(&call));
            // rules that are kept but not decided take nothing
            found.retain(|mismatch| !matches!(mismatch.rule, Some(Rule::Other(_))));
            assert_eq!(words(&found), [""; 0], "{name}: response");
            calls += 1;
        }
    }
    assert!(calls > 10, "the folder has no gRPC calls");
}

/// What a provider answers that does exactly what was agreed.
fn own_reply(call: &GrpcCall) -> ReceivedReply<'_> {
    let response = call.responses.first().unwrap();
    let status = response.status.as_ref();
    ReceivedReply {
        status: status.map_or(StatusCode::OK, |status| status.code),
        status_message: status.and_then(|status| status.message.as_deref()).unwrap_or_default(),
        messages: vec![&response.bytes],
        headers: headers(response),
        trailers: Vec::new(),
    }
}
