//! What is told of a conversion.

use std::fmt;

use serde_json::{Value as Json, json};

use crate::pact::Interaction;

/// Something that the new version cannot carry, or carries differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What became of it.
    pub effect: Effect,
    /// The description of the interaction, where it is about one.
    pub interaction: Option<String>,
    /// Where in the original file, such as `interactions[0].response.generators`.
    pub location: String,
    /// What it is about.
    pub message: String,
}

/// What became of something that the new version does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It is written although the version does not name it: the official tools read it there.
    Kept,
    /// It is there, but says something else.
    Changed,
    /// It is gone.
    Dropped,
}

impl Effect {
    /// `kept`, `changed` or `dropped`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Changed => "changed",
            Self::Dropped => "dropped",
        }
    }
}

impl Note {
    /// The note as data.
    #[must_use]
    pub fn to_json(&self) -> Json {
        json!({
            "effect": self.effect.as_str(),
            "interaction": self.interaction,
            "location": self.location,
            "message": self.message,
        })
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.effect.as_str(), self.location, self.message)
    }
}

/// The notes of one conversion.
#[derive(Debug, Default)]
pub(super) struct Notes {
    list: Vec<Note>,
}

impl Notes {
    pub(super) fn add(&mut self, effect: Effect, location: &str, message: impl Into<String>) {
        let (location, message) = (location.to_owned(), message.into());
        self.list.push(Note { effect, interaction: None, location, message });
    }

    pub(super) fn about<'n>(&'n mut self, interaction: &'n Interaction, at: String) -> NotesAbout<'n> {
        NotesAbout { notes: self, description: &interaction.description, at }
    }

    pub(super) fn into_list(self) -> Vec<Note> {
        self.list
    }
}

/// The notes about one interaction.
#[derive(Debug)]
pub(super) struct NotesAbout<'n> {
    notes: &'n mut Notes,
    description: &'n str,
    at: String,
}

impl NotesAbout<'_> {
    pub(super) fn location(&self) -> &str {
        &self.at
    }

    /// `place` is relative to the interaction; an empty one is all of it.
    pub(super) fn add(&mut self, effect: Effect, place: &str, message: impl Into<String>) {
        let dot = if place.is_empty() { "" } else { "." };
        let location = format!("{}{dot}{place}", self.at);
        let interaction = Some(self.description.to_owned());
        self.notes.list.push(Note { effect, interaction, location, message: message.into() });
    }
}
