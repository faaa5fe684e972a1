//! The consumer's side of Countersign.

pub mod consumer;
pub mod prelude;
mod recording;
mod report;
mod server;

pub use consumer::{ContractError, MockProvider, Pact};
pub use recording::{RecordError, RecordingConflict};
pub use report::{Differing, Report, Unexpected};
pub use server::{
    Closest, Config, InteractionName, MockServer, Reason, Refusal, Selection, StartError, UnplayableInteraction,
};
