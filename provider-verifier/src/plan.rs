//! What is replayed: equal interactions of different pacts once, counting for each of them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use countersign_core::format;
use countersign_core::pact::digest::interaction_id;
use countersign_core::pact::{Interaction, InteractionKind, Message, Pact, Specification};
use countersign_core::plan::{MessagePlan, ResponsePlan};
use countersign_core::protobuf::{message_presence, message_type};
use serde_json::Value as Json;

use crate::filter::Filter;
use crate::outcome::Transport;
use crate::provider::grpc::GrpcCheck;
use crate::source::LoadedPact;

/// Everything that is replayed, and where its outcomes count.
pub(crate) struct Plan {
    pub(crate) replays: Vec<Replay>,
    /// For every pact, in order: its interactions that passed the filter.
    pub(crate) uses: Vec<Vec<Use>>,
}

/// One interaction of one pact and the replay that decides it.
pub(crate) struct Use {
    /// Its place in the pact.
    pub(crate) interaction: usize,
    /// Its replay.
    pub(crate) replay: usize,
}

/// One exchange with the provider.
pub(crate) struct Replay {
    pub(crate) interaction: Arc<Interaction>,
    pub(crate) check: Check,
}

/// How the provider's answer is judged, compiled once.
pub(crate) enum Check {
    Http(ResponsePlan),
    /// A message, or the answers to one.
    Messages(Vec<MessagePlan>),
    Grpc(Box<GrpcCheck>),
    /// The interaction cannot be replayed; says why.
    Impossible(String),
}

impl Plan {
    pub(crate) fn new(pacts: &[LoadedPact], filter: &Filter) -> Self {
        let mut known = Known::default();
        let mut plan = Self { replays: Vec::new(), uses: Vec::with_capacity(pacts.len()) };
        for loaded in pacts {
            let mut uses = Vec::new();
            for (index, interaction) in loaded.interactions.iter().enumerate() {
                if !filter.lets_through(&loaded.pact, interaction) {
                    continue;
                }
                let replay = known.replay_of(interaction, || {
                    let check = Check::compile(interaction, &loaded.pact);
                    plan.replays.push(Replay { interaction: Arc::clone(interaction), check });
                    plan.replays.len() - 1
                });
                uses.push(Use { interaction: index, replay });
            }
            plan.uses.push(uses);
        }
        plan
    }
}

/// The interactions met so far and their replays.
#[derive(Default)]
struct Known<'a> {
    /// By where they are in memory: what several pacts have to the letter is read once.
    same: HashMap<*const Interaction, usize>,
    /// By what is easily told apart: most interactions that differ have an outline of their own.
    alike: HashMap<Outline<'a>, Alike<'a>>,
}

/// Equal for interactions that ask the same, and different for most that do not.
type Outline<'a> = (Transport, &'a str, &'a str, u16);

/// The interactions of one outline.
struct Alike<'a> {
    first: &'a Interaction,
    replay: usize,
    /// Made when there is a second one that is not equal to the letter; the first is among them.
    by_canonical_key: Option<HashMap<String, usize>>,
}

impl<'a> Known<'a> {
    fn replay_of(&mut self, interaction: &'a Arc<Interaction>, add: impl FnOnce() -> usize) -> usize {
        if let Some(replay) = self.same.get(&Arc::as_ptr(interaction)) {
            return *replay;
        }
        let replay = match self.alike.entry(outline(interaction)) {
            Entry::Occupied(alike) => alike.into_mut().replay_of(interaction, add),
            Entry::Vacant(place) => {
                let first = Alike { first: interaction, replay: add(), by_canonical_key: None };
                place.insert(first).replay
            }
        };
        self.same.insert(Arc::as_ptr(interaction), replay);
        replay
    }
}

impl Alike<'_> {
    fn replay_of(&mut self, interaction: &Interaction, add: impl FnOnce() -> usize) -> usize {
        if asks_the_same(self.first, interaction) {
            return self.replay;
        }
        let with_first = || HashMap::from([(canonical_key(self.first), self.replay)]);
        let by_key = self.by_canonical_key.get_or_insert_with(with_first);
        *by_key.entry(canonical_key(interaction)).or_insert_with(add)
    }
}

fn outline(interaction: &Interaction) -> Outline<'_> {
    match &interaction.kind {
        InteractionKind::Http(http) => {
            (transport(interaction), &http.request.method, &http.request.path, http.response.status)
        }
        _ => (transport(interaction), &interaction.description, "", 0),
    }
}

/// Whether the same is asked, to the letter, under the same states, with the same expectations. A provider picks the message
/// to send by its description.
fn asks_the_same(one: &Interaction, other: &Interaction) -> bool {
    one.kind == other.kind
        && one.provider_states == other.provider_states
        && one.transport == other.transport
        && one.plugin_configuration == other.plugin_configuration
        && (one.http().is_some() || one.description == other.description)
}

impl Plan {
    /// What should be known of the gRPC calls that were replayed.
    pub(crate) fn grpc_warnings(&self) -> Vec<String> {
        let checks = self.replays.iter().filter_map(|replay| match &replay.check {
            Check::Grpc(check) => Some(check.warnings()),
            _ => None,
        });
        checks.flatten().collect()
    }
}

impl Check {
    fn compile(interaction: &Interaction, pact: &Pact) -> Self {
        if interaction.is_grpc() {
            return match GrpcCheck::compile(pact, interaction) {
                Ok(check) => Self::Grpc(Box::new(check)),
                Err(reason) => Self::Impossible(reason),
            };
        }
        match &interaction.kind {
            InteractionKind::Http(http) => Self::Http(ResponsePlan::compile(&http.response)),
            InteractionKind::AsynchronousMessage(message) => match message_plan(interaction, message, pact) {
                Ok(plan) => Self::Messages(vec![plan]),
                Err(reason) => Self::Impossible(reason),
            },
            InteractionKind::SynchronousMessage(message) => {
                Self::Messages(message.responses.iter().map(MessagePlan::compile).collect())
            }
        }
    }
}

/// A message's plan, by its schema where the pact carries one.
fn message_plan(interaction: &Interaction, message: &Message, pact: &Pact) -> Result<MessagePlan, String> {
    match message_type(pact, interaction).map_err(|error| error.to_string())? {
        None => Ok(MessagePlan::compile(message)),
        Some(descriptor) => {
            let presence = message_presence(interaction);
            MessagePlan::compile_protobuf_of(message, &descriptor, presence).map_err(|error| error.to_string())
        }
    }
}

/// What an interaction travels over.
pub(crate) fn transport(interaction: &Interaction) -> Transport {
    match interaction.kind {
        _ if interaction.is_grpc() => Transport::Grpc,
        InteractionKind::Http(_) => Transport::Rest,
        _ => Transport::Message,
    }
}

/// What decides the outcome of an interaction; all else is about who recorded it and how it is called.
const DECISIVE: [&str; 9] = [
    "type",
    "transport",
    "providerStates",
    "request",
    "response",
    "contents",
    "metadata",
    "matchingRules",
    "pluginConfiguration",
];

/// Equal exactly when the same is asked, under the same states, with the same expectations, however it is written.
fn canonical_key(interaction: &Interaction) -> String {
    let mut pact = Pact::new("", "");
    pact.specification = Specification::V4;
    pact.interactions.push(interaction.clone());
    let json = format::to_json(&pact);
    let interaction = &json["interactions"][0];
    let is_http = interaction.get("type").and_then(Json::as_str) == Some("Synchronous/HTTP");
    let described = if is_http { None } else { Some("description") };
    let decisive = DECISIVE.into_iter().chain(["generators"]).chain(described);
    let members = decisive.filter_map(|name| Some((name.to_owned(), interaction.get(name)?.clone())));
    interaction_id(&Json::Object(members.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn loaded(consumer: &str, interactions: &Json) -> LoadedPact {
        let pact = json!({ "consumer": { "name": consumer }, "provider": { "name": "p" }, "interactions": interactions,
            "metadata": { "pactSpecification": { "version": "4.0" } } });
        LoadedPact::given(format::from_json(pact).unwrap())
    }

    fn http(description: &str, path: &str) -> Json {
        json!({ "type": "Synchronous/HTTP", "description": description, "request": { "method": "GET", "path": path },
            "response": { "status": 200 } })
    }

    fn folded(a: Json, b: Json) -> bool {
        let pacts = [loaded("a", &json!([a])), loaded("b", &json!([b]))];
        let plan = Plan::new(&pacts, &Filter::default());
        assert_eq!(plan.uses.len(), 2);
        plan.replays.len() == 1
    }

    #[test]
    fn equal_interactions_are_replayed_once() {
        let with = |name: &str, value: Json| {
            let mut interaction = http("x", "/");
            interaction[name] = value;
            interaction
        };
        let message = |description: &str| json!({ "type": "Asynchronous/Messages", "description": description });
        for (other, expected) in [
            (http("x", "/"), true),
            (http("called differently", "/"), true),
            (with("pending", json!(true)), true),
            (with("key", json!("k")), true),
            (with("_id", json!("1")), true),
            (with("comments", json!({ "testname": "t" })), true),
            (http("x", "/other"), false),
            (with("providerStates", json!([{ "name": "s" }])), false),
            (with("response", json!({ "status": 201 })), false),
        ] {
            assert_eq!(folded(http("x", "/"), other.clone()), expected, "{other}");
        }
        assert!(folded(message("a"), message("a")));
        assert!(!folded(message("a"), message("b")));
    }

    #[test]
    fn rules_and_state_parameters_tell_interactions_apart() {
        let state = |quantity: u32| {
            let mut interaction = http("x", "/");
            interaction["providerStates"] = json!([{ "name": "s", "params": { "quantity": quantity } }]);
            interaction
        };
        assert!(folded(state(1), state(1)));
        assert!(!folded(state(1), state(2)));
        let rule = |rule: &str| {
            let mut interaction = http("x", "/");
            interaction["response"] = json!({ "status": 200, "body": { "content": { "a": 1 } },
                "matchingRules": { "body": { "$.a": { "matchers": [{ "match": rule }] } } } });
            interaction
        };
        assert!(folded(rule("integer"), rule("integer")));
        assert!(!folded(rule("integer"), rule("type")));
    }
}
