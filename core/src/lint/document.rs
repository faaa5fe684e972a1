//! The whole file, then each of its interactions.

use serde_json::Value as Json;

use super::part::Part;
use super::{Check, Finding, generators, names, rules, self_check};
use crate::format::{self, FormatError};
use crate::pact::{Interaction, InteractionKind, Pact, Specification};
use crate::protobuf::{GrpcCall, Method};

/// Everything that is wrong or dubious in a pact file, in the file's order. A file that cannot be read as a pact gives the
/// reasons for that alone.
#[must_use]
pub fn lint(bytes: &[u8]) -> Vec<Finding> {
    let pact = match format::read(bytes) {
        Ok(pact) => pact,
        Err(error) => return unreadable(error),
    };
    let layout = Layout::of(bytes);
    let mut found = Vec::new();
    if !layout.states_version {
        let message = format!("it states no version of the specification and is read as {}", pact.specification);
        found.push(Finding::new(Check::NoVersion, "metadata", message));
    }
    names::check(&pact.unknown, names::PACT, "", &mut found);
    for (index, interaction) in pact.interactions.iter().enumerate() {
        let start = found.len();
        let at = layout.location(index);
        check_identity(&pact, index, &layout, &at, &mut found);
        check_interaction(&pact, interaction, &at, &mut found);
        for finding in &mut found[start..] {
            finding.interaction = Some(interaction.description.clone());
        }
    }
    found
}

fn unreadable(error: FormatError) -> Vec<Finding> {
    match error {
        FormatError::Invalid { problems } => {
            problems.into_iter().map(|problem| Finding::new(Check::Format, problem.location, problem.message)).collect()
        }
        FormatError::NotJson { reason, line, column } => {
            let location = format!("line {line} column {column}");
            vec![Finding::new(Check::Format, location, format!("not JSON: {reason}"))]
        }
        other => vec![Finding::new(Check::Format, "pact", other.to_string())],
    }
}

/// What the file says that the pact read from it no longer does.
struct Layout {
    /// How many interactions stand in the list of that name; the others are `messages`.
    interactions: usize,
    states_version: bool,
}

impl Layout {
    fn of(bytes: &[u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let json: Json = serde_json::from_slice(bytes).unwrap_or_default();
        let interactions = json.get("interactions").and_then(Json::as_array).map_or(0, Vec::len);
        let stated = |metadata: &Json| {
            let of_section = |name| metadata.get(name).is_some_and(|section: &Json| section.get("version").is_some());
            ["pactSpecification", "pact-specification"].into_iter().any(of_section)
                || metadata.get("pactSpecificationVersion").is_some()
                || metadata.get("pact-specification-version").is_some()
        };
        Self { interactions, states_version: json.get("metadata").is_some_and(stated) }
    }

    fn location(&self, index: usize) -> String {
        match index.checked_sub(self.interactions) {
            None => format!("interactions[{index}]"),
            Some(index) => format!("messages[{index}]"),
        }
    }
}

/// Kind, description and provider states tell interactions apart.
fn check_identity(pact: &Pact, index: usize, layout: &Layout, at: &str, found: &mut Vec<Finding>) {
    let interaction = &pact.interactions[index];
    if interaction.description.trim().is_empty() {
        let message = "without a description, reports cannot say which interaction they are about";
        found.push(Finding::new(Check::NoDescription, at, message));
    }
    let same = |other: &&Interaction| {
        std::mem::discriminant(&other.kind) == std::mem::discriminant(&interaction.kind)
            && other.description == interaction.description
            && other.provider_states == interaction.provider_states
    };
    if let Some(first) = pact.interactions[..index].iter().position(|other| same(&other)) {
        let message = format!("{} has the same description and provider states", layout.location(first));
        found.push(Finding::new(Check::Duplicate, at, message));
    }
}

fn check_interaction(pact: &Pact, interaction: &Interaction, at: &str, found: &mut Vec<Finding>) {
    names::check(&interaction.unknown, names::INTERACTION, at, found);
    let (request_at, response_at) = (format!("{at}.request"), format!("{at}.response"));
    let is_plugins = pact.specification == Specification::V4 && uses_plugins(pact, interaction);
    let parts: Vec<Part<'_>> = match &interaction.kind {
        InteractionKind::Http(http) => {
            check_path(&http.request.path, &request_at, found);
            names::check(&http.request.unknown, names::REQUEST, &request_at, found);
            names::check(&http.response.unknown, names::RESPONSE, &response_at, found);
            vec![Part::request(&http.request, request_at), Part::response(&http.response, response_at)]
        }
        InteractionKind::AsynchronousMessage(message) => vec![Part::message(message, at.to_owned())],
        InteractionKind::SynchronousMessage(messages) => {
            let method = GrpcCall::from_interaction(pact, interaction).ok().map(|call| call.method);
            let input = method.as_ref().map(Method::input);
            let mut parts = vec![Part::message(&messages.request, request_at).of_type(input)];
            for (index, response) in messages.responses.iter().enumerate() {
                let part = Part::message(response, format!("{response_at}[{index}]"));
                let output = method.as_ref().filter(|_| response.contents.contents().is_some()).map(Method::output);
                parts.push(part.of_type(output));
            }
            for part in &parts {
                names::check(part.unknown, names::MESSAGE, &part.at, found);
            }
            parts
        }
    };
    for part in parts {
        let part = if is_plugins { part.of_plugin() } else { part };
        rules::check(&part, pact.specification, found);
        generators::check(&part, found);
    }
    self_check::check(pact, interaction, at, found);
}

/// Contents of a plugin have places that only the plugin knows.
fn uses_plugins(pact: &Pact, interaction: &Interaction) -> bool {
    !interaction.plugin_configuration.is_empty() || pact.metadata.contains_key("plugins")
}

fn check_path(path: &str, at: &str, found: &mut Vec<Finding>) {
    let message = if !path.starts_with('/') {
        format!("the path '{path}' does not start with '/', so no request can have it")
    } else if path.contains(['?', '#']) {
        format!(
            "the path '{path}' holds a query or fragment, so no request can have it: \"query\" is an attribute of its own"
        )
    } else if path.contains(|char: char| char.is_whitespace() || char.is_control()) {
        format!("the path '{path}' holds blanks, which travel as %20")
    } else {
        return;
    };
    found.push(Finding::new(Check::UnusablePath, format!("{at}.path"), message));
}
