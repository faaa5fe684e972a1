//! One interaction of any kind.

use countersign_core::pact::{Body, Interaction, InteractionKind, Pact, ProviderState};

use super::fields::plain;
use super::findings::Account;
use super::view::{InteractionView, Part};
use super::{grpc, http, message};
use crate::web::components::Status;

/// Turns an interaction into what the page shows, at most `most` lines of each body; `number` counts from 1 in file
/// order.
pub(super) fn view(
    pact: &Pact,
    interaction: &Interaction,
    number: usize,
    account: Option<&Account>,
    most: usize,
) -> InteractionView {
    let (parts, kind) = match &interaction.kind {
        InteractionKind::Http(http) => (http::parts(http, most), "REST"),
        InteractionKind::AsynchronousMessage(message) => {
            let parts = grpc::event(pact, interaction, message, most);
            (parts.unwrap_or_else(|| message::asynchronous(message, most)), "message")
        }
        InteractionKind::SynchronousMessage(message) if interaction.is_grpc() => {
            grpc::parts(pact, interaction, message, most)
        }
        InteractionKind::SynchronousMessage(message) => (message::synchronous(message, most), "message with answer"),
    };
    InteractionView {
        target: target(&parts),
        anchor: anchor(number),
        description: interaction.description.clone(),
        kind,
        status: account.map(|account| Status::of(Some(account.success)).mark()),
        pending: interaction.pending,
        open: account.is_some_and(|account| !account.success),
        states: interaction.provider_states.iter().map(state).collect(),
        comments: comments(interaction),
        parts,
        findings: account.map(|account| account.findings.clone()).unwrap_or_default(),
    }
}

/// `GET /orders/1`, `InventoryService/CheckStock`; nothing for messages.
fn target(parts: &[Part]) -> String {
    let Some(first) = parts.first().filter(|first| !first.target.is_empty()) else { return String::new() };
    match first.verb.rsplit_once('.') {
        Some((_, service)) => format!("{service}/{}", first.target),
        None => format!("{} {}", first.verb, first.target),
    }
}

/// What a link to an interaction ends in.
pub(super) fn anchor(number: usize) -> String {
    format!("interaction-{number}")
}

/// "stock exists (sku ABC-1, quantity 5)"
fn state(state: &ProviderState) -> String {
    if state.params.is_empty() {
        return state.name.clone();
    }
    let params: Vec<String> = state.params.iter().map(|(name, value)| format!("{name} {}", plain(value))).collect();
    format!("{} ({})", state.name, params.join(", "))
}

fn comments(interaction: &Interaction) -> Vec<String> {
    let texts = interaction.comments.get("text").and_then(serde_json::Value::as_array);
    let test = interaction.comments.get("testname").map(|name| format!("Test: {}", plain(name)));
    texts.into_iter().flatten().map(plain).chain(test).collect()
}

/// Whether an interaction has `text`, in lower case, in what identifies it or in what is sent.
pub(super) fn has(interaction: &Interaction, text: &str) -> bool {
    let holds = |part: &str| part.to_lowercase().contains(text);
    let target = match &interaction.kind {
        InteractionKind::Http(exchange) => format!("{} {}", exchange.request.method, http::target(&exchange.request)),
        _ => interaction
            .plugin_configuration
            .values()
            .find_map(|plugin| plugin.get("service")?.as_str())
            .unwrap_or_default()
            .to_owned(),
    };
    holds(&interaction.description)
        || holds(&target)
        || interaction.provider_states.iter().any(|provider| holds(&state(provider)))
        || bodies(interaction).any(|body| match body {
            Body::Present(contents) => holds(&String::from_utf8_lossy(&contents.bytes)),
            Body::Missing | Body::Null | Body::Empty => false,
        })
}

fn bodies(interaction: &Interaction) -> Box<dyn Iterator<Item = &Body> + '_> {
    match &interaction.kind {
        InteractionKind::Http(http) => Box::new([&http.request.body, &http.response.body].into_iter()),
        InteractionKind::AsynchronousMessage(message) => Box::new(std::iter::once(&message.contents)),
        InteractionKind::SynchronousMessage(message) => {
            let responses = message.responses.iter().map(|response| &response.contents);
            Box::new(std::iter::once(&message.request.contents).chain(responses))
        }
    }
}
