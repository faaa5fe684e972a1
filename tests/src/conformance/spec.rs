//! The Pact specification's own cases: `{"match": bool, "expected": …, "actual": …}`, one file each.

use std::path::Path;

use anyhow::Context as _;
use countersign_core::format::{encode_query, read_interaction};
use countersign_core::mismatch::Mismatch;
use countersign_core::pact::{Fields, HttpInteraction, Interaction, InteractionKind, Specification};
use countersign_core::plan::{
    MessagePlan, ReceivedHeaders, ReceivedMessage, ReceivedRequest, ReceivedResponse, RequestPlan, ResponsePlan,
    Unexpected,
};
use serde_json::{Value, json};

use super::{Outcome, Verdict, json_files, read_json};

pub(super) fn run(folder: &Path, outcomes: &mut Vec<Outcome>) -> anyhow::Result<()> {
    for file in json_files(folder)? {
        let name = file.strip_prefix(folder)?.to_string_lossy().replace('\\', "/");
        let mut parts = name.splitn(3, '/');
        let (Some(version), Some(side), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { continue };
        let case = read_json(&file)?;
        let expected = case["match"].as_bool().with_context(|| format!("{} has no \"match\"", file.display()))?;
        let specification = Specification::parse(version).with_context(|| format!("unknown version {version}"))?;
        let area = format!("spec/{version}/{side}/{}", rest.split('/').next().unwrap_or_default());
        let ours = check(side, specification, &case["expected"], &case["actual"]);
        outcomes.push(Outcome::new(&area, &format!("spec/{name}"), Verdict::of(expected), ours));
    }
    Ok(())
}

fn check(side: &str, spec: Specification, expected: &Value, actual: &Value) -> Result<Vec<Mismatch>, String> {
    let read = |part: &Value| {
        let interaction = match side {
            "message" => as_message(part),
            _ => json!({ "description": "", side: part }),
        };
        let result = read_interaction(interaction, if side == "message" { Specification::V4 } else { spec });
        result.map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    };
    let (expected, actual) = (read(expected)?, read(actual)?);
    if let (InteractionKind::AsynchronousMessage(expected), InteractionKind::AsynchronousMessage(actual)) =
        (&expected.kind, &actual.kind)
    {
        let metadata = actual.metadata.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        let received = ReceivedMessage { contents: actual.contents.bytes(), metadata };
        return Ok(MessagePlan::compile(expected).check(&received, Unexpected::Allowed));
    }
    let (expected, actual) = (http(&expected)?, http(&actual)?);
    Ok(if side == "request" { check_request(expected, actual) } else { check_response(expected, actual) })
}

/// The cases have V3's shape; V4's reader takes the same contents from an object with a content type.
fn as_message(part: &Value) -> Value {
    let mut interaction = json!({ "type": "Asynchronous/Messages", "description": "" });
    for (name, value) in part.as_object().into_iter().flatten() {
        let value = match (name.as_str(), value) {
            ("contents", Value::String(text)) => json!({ "content": text, "contentType": "text/plain" }),
            ("contents", value) => json!({ "content": value, "contentType": "application/json" }),
            (_, value) => value.clone(),
        };
        interaction[name] = value;
    }
    interaction
}

fn http(interaction: &Interaction) -> Result<&HttpInteraction, String> {
    interaction.http().ok_or_else(|| "not an HTTP interaction".to_owned())
}

fn check_request(expected: &HttpInteraction, actual: &HttpInteraction) -> Vec<Mismatch> {
    let actual = &actual.request;
    let query = actual.raw_query.clone().unwrap_or_else(|| encode_query(&actual.query));
    RequestPlan::compile(&expected.request).check(&ReceivedRequest {
        method: &actual.method,
        path: &actual.path,
        query: Some(query.as_str()).filter(|query| !query.is_empty()),
        headers: headers(&actual.headers),
        body: actual.body.bytes(),
    })
}

fn check_response(expected: &HttpInteraction, actual: &HttpInteraction) -> Vec<Mismatch> {
    let actual = &actual.response;
    ResponsePlan::compile(&expected.response).check(&ReceivedResponse {
        status: actual.status,
        headers: headers(&actual.headers),
        body: actual.body.bytes(),
    })
}

fn headers(fields: &Fields) -> ReceivedHeaders<'_> {
    let values = fields.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
    values.map(|(name, value)| (name.as_str().into(), value.as_str().into())).collect()
}
