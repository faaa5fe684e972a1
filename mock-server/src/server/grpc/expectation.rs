//! One call, ready to be recognised and answered.

use countersign_core::pact::{Interaction, Pact};
use countersign_core::plan::GrpcRequestPlan;
use countersign_core::protobuf::{GrpcCall, PLUGIN_NAME, Schema};

use super::answer::GrpcAnswer;
use super::conversation::{Act, script};
use crate::server::InteractionName;
use crate::server::selection::{Countable, Hits};

/// One call, ready to be recognised and answered.
#[derive(Debug)]
pub(in crate::server) struct GrpcExpectation {
    pub(in crate::server) name: InteractionName,
    pub(super) plan: GrpcRequestPlan,
    pub(super) takes_stream: bool,
    /// What happens in turn, where both sides stream; empty otherwise.
    pub(super) script: Vec<Act>,
    pub(super) answer: GrpcAnswer,
    pub(in crate::server) schema: Schema,
    hits: Hits,
}

impl GrpcExpectation {
    /// Whether the interaction is a gRPC call; other synchronous messages have no server that could play them.
    pub(in crate::server) fn is_meant(interaction: &Interaction) -> bool {
        let configuration = interaction.plugin_configuration.get(PLUGIN_NAME);
        interaction.is_grpc() || configuration.is_some_and(|configuration| configuration.get("service").is_some())
    }

    pub(in crate::server) fn prepare(pact: &Pact, interaction: &Interaction) -> Result<Self, String> {
        let call = GrpcCall::from_interaction(pact, interaction).map_err(|error| error.to_string())?;
        let plan = GrpcRequestPlan::compile(&call).map_err(|error| format!("its request is {error}"))?;
        let both_stream = call.method.is_client_streaming() && call.method.is_server_streaming();
        Ok(Self {
            script: if both_stream { script(&call) } else { Vec::new() },
            schema: call.schema.clone(),
            name: InteractionName::new(interaction, plan.path().trim_start_matches('/').to_owned()),
            takes_stream: call.method.is_client_streaming(),
            answer: GrpcAnswer::prepare(&call)?,
            plan,
            hits: Hits::default(),
        })
    }
}

impl GrpcExpectation {
    /// Whether both sides stream.
    pub(super) fn is_conversation(&self) -> bool {
        !self.script.is_empty()
    }
}

impl Countable for GrpcExpectation {
    fn hits(&self) -> &Hits {
        &self.hits
    }
}
