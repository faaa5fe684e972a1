//! What every contract in the making is held to, whatever its interactions are.

use std::mem::discriminant;

use countersign_core::format::{Effect, Note, convert};
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
    let lost = lost(pact, *specification);
    assert!(
        lost.is_empty(),
        "the contract between {consumer} and {provider} says what version {} of the specification has no words for; \
         version {} has:{}",
        short(*specification),
        short(sufficient(pact)),
        lost.concat()
    );
}

/// What a version would leave out, say otherwise, or carry without having it, a line for each.
fn lost(pact: &Pact, version: Specification) -> Vec<String> {
    if version == Specification::V4 {
        return Vec::new();
    }
    let line = |note: Note| {
        let place = note.location.split_once("].").map_or("", |(_, place)| place);
        let description = note.interaction.as_deref().unwrap_or("the file");
        let colon = if place.is_empty() { "" } else { ": " };
        // that other tools read it all the same is no comfort to whoever asked for the version
        let message = match (note.effect, note.message.split_once(';')) {
            (Effect::Kept, Some((message, _))) => message,
            _ => &note.message,
        };
        format!("\n  '{description}' {place}{colon}{message}")
    };
    match convert(pact, version) {
        Ok(conversion) => conversion.notes.into_iter().map(line).collect(),
        Err(error) => vec![format!("\n  {error}")],
    }
}

/// The oldest version that has words for everything.
fn sufficient(pact: &Pact) -> Specification {
    let older = [Specification::V2, Specification::V3];
    older.into_iter().find(|version| lost(pact, *version).is_empty()).unwrap_or(Specification::V4)
}

/// `3` for version 3.0.0, as people say it.
fn short(version: Specification) -> &'static str {
    version.as_str().trim_end_matches(".0")
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
