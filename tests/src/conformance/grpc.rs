//! Verdicts of the official tools with the protobuf plugin, on gRPC calls and protobuf messages.
//!
//! Cases that the corpus marks as `upstream_defect` are left out: what the official tools say there is wrong.

use std::path::Path;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use countersign_core::format;
use countersign_core::generator::Context as Generation;
use countersign_core::mismatch::{Location, Mismatch, Problem};
use countersign_core::pact::{Interaction, InteractionKind, Pact};
use countersign_core::plan::{
    GrpcRequestPlan, GrpcResponsePlan, MessagePlan, ReceivedHeaders, ReceivedMessage, ReceivedReply, Unexpected,
};
use countersign_core::protobuf::{DecodeError, GrpcCall, StatusCode, message_type};
use countersign_core::rule::Rule;
use serde_json::{Value as Json, json};

use super::{Outcome, Verdict, read_json};

type Found = Result<Vec<Mismatch>, String>;

/// Plays one case of an interaction.
type Check = fn(&Pact, &Json) -> Found;

/// Runs `response.json` and `request.json` of the folder, if they are there.
pub(super) fn run(folder: &Path, outcomes: &mut Vec<Outcome>) -> anyhow::Result<()> {
    let sides: [(&str, Check); 2] = [("response", response), ("request", request)];
    for (side, check) in sides {
        let file = folder.join(format!("{side}.json"));
        if !file.is_file() {
            continue;
        }
        let (cases, descriptors) = (read_json(&file)?, read_json(&folder.join("descriptors.json"))?);
        let cases = cases.as_array().with_context(|| format!("{} is no list of cases", file.display()))?;
        for case in cases.iter().filter(|case| case.get("upstream_defect").is_none()) {
            let text = |field: &str| case[field].as_str().with_context(|| format!("a case without {field}"));
            let area = format!("grpc/{side}/{}", text("area")?);
            let expected = match text("expected")? {
                "error" => Verdict::Error,
                verdict => Verdict::of(verdict == "match"),
            };
            let found = pact_of(case, &descriptors).and_then(|pact| check(&pact, case));
            let was_compared = found.as_ref().is_ok_and(|found| !found.iter().any(is_error));
            let mut outcome = Outcome::new(&area, text("id")?, expected, found);
            if !was_compared {
                outcome.ours = Verdict::Error;
            }
            outcomes.push(outcome);
        }
    }
    Ok(())
}

/// Whether the corpus calls it an error, and no mismatch: a call that failed though success was agreed on, one without a
/// message, one whose message as a whole cannot be read, and a rule that nobody knows.
fn is_error(mismatch: &Mismatch) -> bool {
    match (&mismatch.location, &mismatch.problem) {
        _ if matches!(mismatch.rule, Some(Rule::Other(_))) => true,
        (Location::Body { path }, Problem::Missing) => path == "$",
        // a field of another type differs
        (Location::Body { path }, Problem::Unreadable { reason }) => path == "$" || reason.contains("UTF-8"),
        (Location::Metadata { key }, _) => key == "grpc-status" && mismatch.expected == Some("OK".into()),
        _ => false,
    }
}

/// An example that is no message of its type is like nothing that comes.
fn unlike(error: DecodeError) -> Mismatch {
    let (location, problem) = (Location::BodyType, Problem::Unreadable { reason: error.to_string() });
    Mismatch { location, problem, expected: None, actual: None, rule: None }
}

/// The case's pact, or its interactions in the frame that the corpus describes.
fn pact_of(case: &Json, descriptors: &Json) -> Result<Pact, String> {
    let pact = match case.get("pact") {
        Some(pact) => pact.clone(),
        None => {
            let one = case.get("interaction").map(|interaction| json!([interaction]));
            let mut configuration = json!({});
            for name in case["descriptors"].as_array().into_iter().flatten().filter_map(Json::as_str) {
                let schema = &descriptors[name];
                configuration[schema["key"].as_str().unwrap_or_default()] = schema.clone();
            }
            json!({
                "consumer": { "name": "consumer" }, "provider": { "name": "provider" },
                "interactions": one.unwrap_or_else(|| case["interactions"].clone()),
                "metadata": {
                    "pactSpecification": { "version": "4.0" },
                    "plugins": [{ "name": "protobuf", "version": "0.6.4", "configuration": configuration }]
                }
            })
        }
    };
    format::from_json(pact).map_err(|error| error.to_string())
}

/// What keeps all calls on the path from taking the request; nothing when one takes it.
fn request(pact: &Pact, case: &Json) -> Found {
    let actual = &case["actual"];
    let metadata = fields(&actual["metadata"]);
    let mut found = Vec::new();
    let mut is_known = false;
    for interaction in &pact.interactions {
        let Ok(call) = GrpcCall::from_interaction(pact, interaction) else { continue };
        let plan = GrpcRequestPlan::compile(&call).map_err(|error| error.to_string())?;
        if plan.path() != actual["path"] {
            continue;
        }
        is_known = true;
        let mismatches = plan.check(&bytes(&actual["message_base64"])?, &metadata);
        if mismatches.is_empty() {
            return Ok(Vec::new());
        }
        found.extend(mismatches);
    }
    if is_known { Ok(found) } else { Err("no call is agreed on under this path".to_owned()) }
}

/// What keeps the provider's answers from being what the interactions agreed on.
fn response(pact: &Pact, case: &Json) -> Found {
    let mut found = Vec::new();
    for interaction in &pact.interactions {
        match case["actual"].get("http") {
            Some(http) => found.extend(message(pact, interaction, http)?),
            None => found.extend(reply(pact, interaction, case)?),
        }
    }
    Ok(found)
}

/// A message without gRPC.
fn message(pact: &Pact, interaction: &Interaction, http: &Json) -> Found {
    let InteractionKind::AsynchronousMessage(message) = &interaction.kind else {
        return Err("the interaction is no asynchronous message".to_owned());
    };
    let descriptor = message_type(pact, interaction).map_err(|error| error.to_string())?;
    let descriptor = descriptor.ok_or("the interaction names no message type")?;
    let plan = MessagePlan::compile_protobuf(message, &descriptor).map_err(|error| error.to_string())?;
    let contents = bytes(&http["body_base64"])?;
    let metadata = [("contentType".to_owned(), http["content_type"].clone())].into_iter().collect();
    Ok(plan.check(&ReceivedMessage { contents: &contents, metadata }, Unexpected::Allowed))
}

fn reply(pact: &Pact, interaction: &Interaction, case: &Json) -> Found {
    let actual = &case["actual"];
    if !interaction.is_grpc() {
        return Err("the interaction is no gRPC call".to_owned());
    }
    let call = GrpcCall::from_interaction(pact, interaction).map_err(|error| error.to_string())?;
    generate(&call, interaction, case)?;
    let plan = match GrpcResponsePlan::compile(&call) {
        Ok(plan) => plan,
        Err(error) => return Ok(vec![unlike(error)]),
    };
    let text = |name: &str| actual.get(name).and_then(Json::as_str).unwrap_or_default();
    let is_served = actual.get("path").is_none_or(|path| *path == call.method.path());
    let messages = match actual.get("messages_base64").and_then(Json::as_array) {
        Some(several) => several.iter().map(bytes).collect::<Result<Vec<_>, _>>()?,
        None => vec![bytes(&actual["message_base64"])?],
    };
    let status = match actual.get("status") {
        _ if !is_served => StatusCode::parse("UNIMPLEMENTED"),
        None => Some(StatusCode::OK),
        Some(status) => StatusCode::parse(&status.as_str().map_or_else(|| status.to_string(), str::to_owned)),
    };
    let mut headers = fields(&actual["initial_metadata"]);
    // what every answer over gRPC has
    headers.push(("content-type".into(), "application/grpc".into()));
    Ok(plan.check(&ReceivedReply {
        status: status.ok_or("the answer's status is unknown")?,
        status_message: text("status_message"),
        messages: messages.iter().map(Vec::as_slice).collect(),
        headers,
        trailers: fields(&actual["trailing_metadata"]),
    }))
}

/// Makes the request, which fails where a provider state gives no value.
fn generate(call: &GrpcCall, interaction: &Interaction, case: &Json) -> Result<(), String> {
    let mut values: serde_json::Map<String, Json> =
        interaction.provider_states.iter().flat_map(|state| state.params.clone()).collect();
    values.extend(case["state_reply"].as_object().cloned().unwrap_or_default());
    let context = Generation { provider_state: values, ..Generation::default() };
    call.generate_request(&context).map(drop).map_err(|error| error.to_string())
}

fn bytes(json: &Json) -> Result<Vec<u8>, String> {
    BASE64.decode(json.as_str().unwrap_or_default()).map_err(|error| error.to_string())
}

/// Metadata as the cases write it: a text or a list of texts by key.
fn fields(json: &Json) -> ReceivedHeaders<'_> {
    let entries = json.as_object().into_iter().flatten();
    let values = |value: &'_ Json| match value {
        Json::Array(several) => several.clone(),
        one => vec![one.clone()],
    };
    let texts = entries.flat_map(|(name, value)| values(value).into_iter().map(move |value| (name, value)));
    texts.map(|(name, value)| (name.as_str().into(), value.as_str().unwrap_or_default().to_owned().into())).collect()
}
