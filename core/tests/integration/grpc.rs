//! gRPC calls: pacts and verdicts of the official tools.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use countersign_core::format;
use countersign_core::mismatch::Mismatch;
use countersign_core::pact::{InteractionKind, Pact};
use countersign_core::plan::{
    GrpcRequestPlan, GrpcResponsePlan, MessagePlan, ReceivedHeaders, ReceivedMessage, ReceivedReply, Unexpected,
};
use countersign_core::protobuf::{GrpcCall, GrpcMessage, StatusCode, message_type};
use countersign_core::render;
use countersign_core::rule::Rule;
use serde_json::{Value as Json, json};

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

/// Cases whose official verdict is not ours, with the reason. A case that agrees has no place here.
const DIFFERENT: [(&str, &str); 0] = [];

#[test]
fn verdicts_on_requests_are_those_of_the_official_mock_server() {
    let Some(folder) = conformance::folder("grpc") else { return };
    compare(&folder, "request.json", request_fits);
}

#[test]
fn verdicts_on_responses_are_those_of_the_official_verifier() {
    let Some(folder) = conformance::folder("grpc") else { return };
    compare(&folder, "response.json", response_fits);
}

/// Whether it fits, or why it cannot be compared; with the findings. `None` where a case is not about messages.
type Verdict = Option<(Result<bool, String>, Vec<Mismatch>)>;

fn compare(folder: &Path, file: &str, fits: fn(&Pact, &Json) -> Verdict) {
    let read = |name: &str| serde_json::from_slice::<Json>(&std::fs::read(folder.join(name)).unwrap()).unwrap();
    let (cases, descriptors) = (read(file), read("descriptors.json"));
    let (mut counted, mut wrong) = (BTreeMap::<&str, usize>::new(), Vec::new());
    for case in cases.as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        if case.get("upstream_defect").is_some() {
            continue;
        }
        let pact = match format::from_json(pact_json(case, &descriptors)) {
            Ok(pact) => pact,
            Err(error) => {
                if case["expected"] != "error" {
                    wrong.push(format!("{id}: the pact cannot be read: {error}"));
                }
                continue;
            }
        };
        let Some((verdict, found)) = fits(&pact, case) else { continue };
        let ours = match &verdict {
            Ok(true) => "match",
            Ok(false) => "mismatch",
            Err(_) => "error",
        };
        let expected = case["expected"].as_str().unwrap();
        let same = ours == expected || (ours != "match" && expected != "match");
        *counted.entry(expected).or_default() += 1;
        if DIFFERENT.iter().any(|(known, _)| *known == id) {
            if same {
                wrong.push(format!("{id}: agrees now, it is no longer different"));
            }
        } else if !same {
            wrong.push(format!(
                "{id}: {ours} instead of {expected}: {verdict:?} {:?} {}",
                words(&found),
                case["findings"]
            ));
        }
    }
    eprintln!("{file}: {counted:?}");
    assert!(wrong.is_empty(), "{} verdicts differ:\n{}", wrong.len(), wrong.join("\n"));
}

fn pact_json(case: &Json, descriptors: &Json) -> Json {
    if let Some(pact) = case.get("pact") {
        return pact.clone();
    }
    let interactions = match case.get("interaction") {
        Some(one) => json!([one]),
        None => case["interactions"].clone(),
    };
    let mut configuration = json!({});
    for name in case["descriptors"].as_array().unwrap() {
        let schema = &descriptors[name.as_str().unwrap()];
        configuration[schema["key"].as_str().unwrap()] = schema.clone();
    }
    json!({
        "consumer": { "name": "consumer" }, "provider": { "name": "provider" }, "interactions": interactions,
        "metadata": {
            "pactSpecification": { "version": "4.0" },
            "plugins": [{ "name": "protobuf", "version": "0.6.4", "configuration": configuration }]
        }
    })
}

fn bytes(json: &Json) -> Vec<u8> {
    BASE64.decode(json.as_str().unwrap_or_default()).unwrap()
}

/// Metadata as the cases write it: a text or a list of texts by key.
fn fields(json: &Json) -> ReceivedHeaders<'_> {
    let entries = json.as_object().into_iter().flatten();
    let values = |value: &'_ Json| match value {
        Json::Array(several) => several.clone(),
        one => vec![one.clone()],
    };
    let texts = entries.flat_map(|(name, value)| values(value).into_iter().map(move |value| (name, value)));
    texts.map(|(name, value)| (name.as_str().into(), value.as_str().unwrap().to_owned().into())).collect()
}

/// Initial metadata with what the transport adds.
fn received_headers(json: &Json) -> ReceivedHeaders<'_> {
    let mut headers = fields(json);
    headers.push(("content-type".into(), "application/grpc".into()));
    headers
}

/// Whether some interaction on the path takes the request.
fn request_fits(pact: &Pact, case: &Json) -> Verdict {
    let actual = &case["actual"];
    if actual.get("compression").is_some_and(|compression| !compression.is_null()) {
        return None;
    }
    let metadata = fields(&actual["metadata"]);
    let mut found = Vec::new();
    let mut routed = false;
    for interaction in &pact.interactions {
        let Ok(call) = GrpcCall::from_interaction(pact, interaction) else { continue };
        let plan = GrpcRequestPlan::compile(&call).unwrap();
        if plan.path() != actual["path"] {
            continue;
        }
        routed = true;
        let mismatches = plan.check(&bytes(&actual["message_base64"]), &metadata);
        if mismatches.is_empty() {
            return Some((Ok(true), mismatches));
        }
        found.extend(mismatches);
    }
    Some((if routed { Ok(false) } else { Err("no such route".to_owned()) }, found))
}

/// Whether a message without gRPC is what was agreed on.
fn message_fits(pact: &Pact, http: &Json) -> (Result<bool, String>, Vec<Mismatch>) {
    let interaction = &pact.interactions[0];
    let InteractionKind::AsynchronousMessage(message) = &interaction.kind else { panic!("it is a message") };
    let descriptor = match message_type(pact, interaction) {
        Ok(descriptor) => descriptor.unwrap(),
        Err(error) => return (Err(error.to_string()), Vec::new()),
    };
    let plan = MessagePlan::compile_protobuf(message, &descriptor).unwrap();
    let contents = bytes(&http["body_base64"]);
    let metadata = json!({ "contentType": http["content_type"] }).as_object().unwrap().clone();
    let found = plan.check(&ReceivedMessage { contents: &contents, metadata }, Unexpected::Allowed);
    (Ok(found.is_empty()), found)
}

/// Whether the answers that were recorded are what every interaction agreed on.
fn response_fits(pact: &Pact, case: &Json) -> Verdict {
    let actual = &case["actual"];
    if let Some(http) = actual.get("http") {
        return Some(message_fits(pact, http));
    }
    if actual.get("path").is_some() || case["area"] == "request-sent" {
        return None;
    }
    let mut found = Vec::new();
    for interaction in &pact.interactions {
        if !interaction.is_grpc() {
            return None;
        }
        let plan = match GrpcCall::from_interaction(pact, interaction) {
            Ok(call) => GrpcResponsePlan::compile(&call).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        let plan = match plan {
            Ok(plan) => plan,
            Err(error) => return Some((Err(error), Vec::new())),
        };
        let text = |name: &str| actual.get(name).and_then(Json::as_str).unwrap_or_default();
        let messages: Vec<Vec<u8>> = match actual.get("messages_base64").and_then(Json::as_array) {
            Some(several) => several.iter().map(bytes).collect(),
            None => vec![bytes(&actual["message_base64"])],
        };
        let reply = ReceivedReply {
            status: actual.get("status").map_or(StatusCode::OK, |status| {
                StatusCode::parse(&status.as_str().map_or_else(|| status.to_string(), str::to_owned)).unwrap()
            }),
            status_message: text("status_message"),
            messages: messages.iter().map(Vec::as_slice).collect(),
            headers: received_headers(&actual["initial_metadata"]),
            trailers: fields(&actual["trailing_metadata"]),
        };
        found.extend(plan.check(&reply));
    }
    Some((Ok(found.is_empty()), found))
}
