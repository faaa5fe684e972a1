//! One HTTP interaction, ready to be recognised and answered.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_core::format::encode_query;
use countersign_core::pact::{HttpInteraction, HttpRequest, Interaction};
use countersign_core::plan::RequestPlan;

use super::answer::HttpAnswer;

/// How people tell an interaction from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InteractionName {
    /// Its description.
    pub description: String,
    /// The names of its provider states.
    pub states: Vec<String>,
    /// The request in short, such as `GET /inventory/ABC-1?quantity=2` or `inventory.v1.InventoryService/CheckStock`.
    pub request: String,
}

impl InteractionName {
    pub(super) fn new(interaction: &Interaction, request: String) -> Self {
        let states = interaction.provider_states.iter().map(|state| state.name.clone()).collect();
        Self { description: interaction.description.clone(), states, request }
    }
}

impl fmt::Display for InteractionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.description)?;
        if self.states.is_empty() {
            return Ok(());
        }
        write!(f, " (given {})", self.states.join(", "))
    }
}

/// How often an interaction was exercised as agreed.
#[derive(Debug, Default)]
pub(super) struct Hits(AtomicU64);

impl Hits {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One HTTP interaction, ready to be recognised and answered.
#[derive(Debug)]
pub(super) struct HttpExpectation {
    pub(super) name: InteractionName,
    pub(super) plan: RequestPlan,
    pub(super) path: String,
    pub(super) answer: HttpAnswer,
    pub(super) hits: Hits,
}

impl HttpExpectation {
    pub(super) fn prepare(interaction: &Interaction, http: &HttpInteraction) -> Result<Self, String> {
        Ok(Self {
            name: InteractionName::new(interaction, request_line(&http.request)),
            plan: RequestPlan::compile(&http.request),
            path: http.request.path.clone(),
            answer: HttpAnswer::prepare(&http.response)?,
            hits: Hits::default(),
        })
    }
}

fn request_line(request: &HttpRequest) -> String {
    let (method, path) = (&request.method, &request.path);
    if request.query.is_empty() {
        return format!("{method} {path}");
    }
    format!("{method} {path}?{}", encode_query(&request.query))
}
