//! A pact in another version of the specification, and what that version cannot carry.

mod interaction;
mod note;
mod part;
#[cfg(test)]
mod tests;

pub use note::{Effect, Note};

use self::note::Notes;
use super::{FormatError, read, write};
use crate::pact::{Interaction, InteractionKind, Pact, Specification};

/// A converted pact.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversion {
    /// The pact as its file in the new version reads.
    pub pact: Pact,
    /// What the new version cannot carry, or carries differently, in the order of the original file.
    pub notes: Vec<Note>,
}

/// Converts a pact to another version of the specification. V1 and V1.1 are written as V2.
///
/// Nothing is dropped in silence: what the new version has no room for is noted, and so is what it carries although it does
/// not name it, such as V4's rules in a V3 file, which the official tools read there all the same.
///
/// # Errors
///
/// The converted file would not read as a pact.
pub fn convert(pact: &Pact, to: Specification) -> Result<Conversion, FormatError> {
    let to = to.max(Specification::V2);
    let mut notes = Notes::default();
    let mut converted = Pact { specification: to, interactions: Vec::new(), ..pact.clone() };
    let mut kept = Vec::new();
    for (interaction, at) in pact.interactions.iter().zip(locations(pact)) {
        let mut notes = notes.about(interaction, at);
        if let Some(interaction) = interaction::convert(interaction, pact.specification, to, &mut notes) {
            kept.push((interaction.clone(), notes.location().to_owned()));
            converted.interactions.push(interaction);
        }
    }
    if to < Specification::V4 {
        let plugins = converted.metadata.shift_remove("plugins");
        if plugins.is_some() {
            notes.add(Effect::Dropped, "metadata.plugins", format!("no plugins are loaded for version {to}"));
        }
        check_mixture(&converted, &mut notes);
    }
    let pact = read(&write(&converted))?;
    check_bodies(&kept, &pact, &mut notes);
    Ok(Conversion { pact, notes: notes.into_list() })
}

/// Where each interaction stands in the original file.
fn locations(pact: &Pact) -> Vec<String> {
    let (mut interactions, mut messages) = (0, 0);
    let location = |interaction: &Interaction| {
        let is_message = pact.specification < Specification::V4 && interaction.http().is_none();
        let (list, count) = if is_message { ("messages", &mut messages) } else { ("interactions", &mut interactions) };
        *count += 1;
        format!("{list}[{}]", *count - 1)
    };
    pact.interactions.iter().map(location).collect()
}

/// Up to V3, a file is of one kind.
fn check_mixture(pact: &Pact, notes: &mut Notes) {
    let https = pact.interactions.iter().filter(|interaction| interaction.http().is_some()).count();
    if https > 0 && https < pact.interactions.len() {
        let message =
            "HTTP interactions and messages stand in one file, where the official tools read the messages alone";
        notes.add(Effect::Changed, "interactions", message);
    }
}

/// Bodies are compared with what the new file reads as, because their spelling depends on content types in many ways.
fn check_bodies(converted: &[(Interaction, String)], read: &Pact, notes: &mut Notes) {
    // files up to V3 have a list of each kind
    let of_kind = |is_http: bool| read.interactions.iter().filter(move |other| other.http().is_some() == is_http);
    let (mut https, mut messages) = (of_kind(true), of_kind(false));
    let in_file_order = read.specification == Specification::V4;
    let mut all = read.interactions.iter();
    for (interaction, at) in converted {
        let same = match &interaction.kind {
            _ if in_file_order => all.next(),
            InteractionKind::Http(_) => https.next(),
            _ => messages.next(),
        };
        if let Some(same) = same {
            part::check_bodies(interaction, same, &mut notes.about(interaction, at.clone()));
        }
    }
}
