//! One HTTP interaction, ready to be recognised and answered.

use countersign_core::format::encode_query;
use countersign_core::pact::{HttpInteraction, HttpRequest, Interaction};
use countersign_core::plan::RequestPlan;

use super::InteractionName;
use super::http_answer::HttpAnswer;
use super::rule_paths::path_key;
use super::selection::{Countable, Hits};

/// One HTTP interaction, ready to be recognised and answered.
#[derive(Debug)]
pub(super) struct HttpExpectation {
    pub(super) name: InteractionName,
    pub(super) plan: RequestPlan,
    pub(super) path: String,
    /// The same for interactions that accept the same paths; empty when the path is no rule.
    pub(super) path_key: String,
    pub(super) answer: HttpAnswer,
    pub(super) hits: Hits,
}

impl HttpExpectation {
    pub(super) fn prepare(interaction: &Interaction, http: &HttpInteraction) -> Result<Self, String> {
        let plan = RequestPlan::compile(&http.request);
        let path_key = if plan.literal_path().is_some() { String::new() } else { path_key(&http.request) };
        Ok(Self {
            name: InteractionName::new(interaction, request_line(&http.request)),
            plan,
            path_key,
            path: http.request.path.clone(),
            answer: HttpAnswer::prepare(&http.response)?,
            hits: Hits::default(),
        })
    }
}

impl Countable for HttpExpectation {
    fn hits(&self) -> &Hits {
        &self.hits
    }
}

fn request_line(request: &HttpRequest) -> String {
    let (method, path) = (&request.method, &request.path);
    if request.query.is_empty() {
        return format!("{method} {path}");
    }
    format!("{method} {path}?{}", encode_query(&request.query))
}
