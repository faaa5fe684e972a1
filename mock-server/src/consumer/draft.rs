//! What every contract in the making is held to, whatever its interactions are.

use std::mem::discriminant;

use countersign_core::format::losses;
use countersign_core::pact::{Interaction, Pact, Specification};

/// Adds an interaction; an equal one that is there already is not said twice.
#[track_caller]
pub(super) fn add(pact: &mut Pact, interaction: Interaction) {
    let same_name = |known: &&Interaction| {
        known.description == interaction.description
            && known.provider_states == interaction.provider_states
            && discriminant(&known.kind) == discriminant(&interaction.kind)
    };
    assert!(
        !interaction.description.trim().is_empty(),
        "an interaction needs a description, such as \"a stock check for a known sku\": it is what people and reports \
         call it by"
    );
    if let Some(known) = pact.interactions.iter().find(same_name) {
        assert!(
            *known == interaction,
            "two different interactions are called '{}': give one of them another description or provider state",
            interaction.description
        );
        return;
    }
    pact.interactions.push(interaction);
}

#[track_caller]
pub(super) fn set_specification(pact: &mut Pact, specification: Specification) {
    assert!(
        specification >= Specification::V2,
        "contracts are written in version 2, 3 or 4 of the specification, not {specification}"
    );
    pact.specification = specification;
}

/// Checks that there is something agreed on, and that its specification version has words for all of it.
#[track_caller]
pub(super) fn check(pact: &Pact, advice: &str) {
    let Pact { consumer, provider, specification, .. } = pact;
    assert!(
        !pact.interactions.is_empty(),
        "the contract between {consumer} and {provider} has no interaction yet: {advice}"
    );
    let losses = losses(pact, *specification);
    let list: Vec<String> = losses.iter().map(|loss| format!("\n  {loss}")).collect();
    assert!(
        losses.is_empty(),
        "the contract between {consumer} and {provider} cannot be written in version {} of the specification:{}",
        specification.as_str().trim_end_matches(".0"),
        list.concat()
    );
}

/// The setters of a contract with the fields `pact` and `directory`.
macro_rules! draft_methods {
    ($contract:ty) => {
        impl $contract {
            /// The version of the Pact specification that the file is written in, for providers whose tools do not read the
            /// newest; version 4 by default. What a version has no words for is reported when the contract is started, not
            /// left out.
            ///
            /// # Panics
            ///
            /// For versions before 2.
            #[track_caller]
            pub fn specification(mut self, version: countersign_core::pact::Specification) -> Self {
                $crate::consumer::draft::set_specification(&mut self.pact, version);
                self
            }

            /// Writes the pact file into this folder. By default it goes to `PACT_OUTPUT_DIR`, or else to `pacts` in
            /// cargo's target directory.
            pub fn output_dir(mut self, directory: impl Into<std::path::PathBuf>) -> Self {
                self.directory = Some(directory.into());
                self
            }

            /// The contract as a document, for those who want to play or write it in their own way.
            #[must_use]
            pub fn into_document(self) -> countersign_core::pact::Pact {
                self.pact
            }
        }
    };
}

pub(super) use draft_methods;
