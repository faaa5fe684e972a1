//! Verdicts of the official tools on single interactions, one file for each area.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use countersign_core::format::{Problem, read_interaction};
use countersign_core::mismatch::{self, Mismatch};
use countersign_core::pact::Specification;
use countersign_core::plan::{ReceivedHeaders, ReceivedRequest, ReceivedResponse, RequestPlan, ResponsePlan};
use countersign_core::render;
use serde_json::Value;

use super::{Outcome, Verdict, json_files, read_json};

/// Which half of an interaction the verdicts are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The mock server's.
    Request,
    /// The verifier's.
    Response,
}

pub(super) fn run(folder: &Path, side: Side, outcomes: &mut Vec<Outcome>) -> anyhow::Result<()> {
    let name = if side == Side::Request { "request" } else { "response" };
    for file in json_files(folder)? {
        let cases = read_json(&file)?;
        for case in cases.as_array().with_context(|| format!("{} is no list of cases", file.display()))? {
            let text = |field: &str| case[field].as_str().with_context(|| format!("a case without {field}"));
            let area = format!("{name}/{}", text("area")?);
            let expected = Verdict::of(text("expected")? == "match");
            let ours = check(case, side);
            let same_places = match &ours {
                Ok(found) if expected == Verdict::Mismatch && !found.is_empty() => compare_places(case, found),
                _ => None,
            };
            outcomes.push(Outcome { same_places, ..Outcome::new(&area, text("id")?, expected, ours) });
        }
    }
    Ok(())
}

fn check(case: &Value, side: Side) -> Result<Vec<Mismatch>, String> {
    let specification = case["spec"].as_str().and_then(Specification::parse).ok_or("unknown specification")?;
    let interaction = read_interaction(case["interaction"].clone(), specification)
        .map_err(|problems| problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("; "))?;
    let http = interaction.http().ok_or("not an HTTP interaction")?;
    let actual = &case["actual"];
    let body = match &actual["body_base64"] {
        Value::String(text) => BASE64.decode(text).map_err(|error| error.to_string())?,
        _ => Vec::new(),
    };
    let mut headers = headers(&actual["headers"]);
    let has_length = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    if !has_length && (side == Side::Response || actual["body_base64"].is_string()) {
        headers.push(("Content-Length".into(), body.len().to_string().into()));
    }
    Ok(match side {
        Side::Request => RequestPlan::compile(&http.request).check(&ReceivedRequest {
            method: actual["method"].as_str().unwrap_or_default(),
            path: actual["path"].as_str().unwrap_or_default(),
            query: actual["query"].as_str().filter(|query| !query.is_empty()),
            headers,
            body: &body,
        }),
        Side::Response => ResponsePlan::compile(&http.response).check(&ReceivedResponse {
            status: actual["status"].as_u64().and_then(|status| u16::try_from(status).ok()).ok_or("no status")?,
            headers,
            body: &body,
        }),
    })
}

/// Whether the corpus names the same kinds of mismatches at the same places; `None` where it names none.
fn compare_places(case: &Value, found: &[Mismatch]) -> Option<bool> {
    let theirs = case["mismatch_kinds"].as_array().filter(|kinds| !kinds.is_empty())?;
    let ours: Vec<Value> =
        render::official_list(found).into_iter().map(|(told, json)| as_theirs(told[0], json)).collect();
    Some(places(theirs.iter()) == places(ours.iter()))
}

/// Of members that are too many, the corpora name the object; of a whole body, no path or `/`.
fn as_theirs(finding: &Mismatch, mut json: Value) -> Value {
    let path = json["path"].as_str().unwrap_or_default().to_owned();
    if finding.problem == mismatch::Problem::Unexpected && !path.is_empty() {
        let parent = if path.ends_with("']") { path.rsplit_once("['") } else { path.rsplit_once('.') };
        json["path"] = parent.map_or(path.as_str(), |(parent, _)| parent).into();
    }
    json
}

/// Kinds and places, each once. The mock server tells a wrong method or path apart from everything else.
fn places<'m>(mismatches: impl Iterator<Item = &'m Value>) -> BTreeSet<String> {
    let mut places: BTreeSet<String> = mismatches
        .map(|mismatch| match mismatch["type"].as_str().unwrap_or_default() {
            "MethodMismatch" | "PathMismatch" | "RequestNotFound" => "RequestNotFound".to_owned(),
            // header names are written as in the pact or as in the request
            "HeaderMismatch" => format!("header {}", mismatch["key"].as_str().unwrap_or_default().to_ascii_lowercase()),
            kind => {
                let path = mismatch["path"].as_str().filter(|path| *path != "/").unwrap_or("$");
                format!("{kind} {path}")
            }
        })
        .collect();
    if places.contains("RequestNotFound") {
        places.retain(|place| place == "RequestNotFound");
    }
    places
}

fn headers(json: &Value) -> ReceivedHeaders<'_> {
    let fields = json.as_object().into_iter().flatten();
    let values =
        fields.flat_map(|(name, values)| values.as_array().into_iter().flatten().map(move |value| (name, value)));
    values.map(|(name, value)| (name.as_str().into(), value.as_str().unwrap_or_default().into())).collect()
}
