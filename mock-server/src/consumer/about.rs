//! What is said about an interaction besides what travels: states, comments, a key, that it is pending.

use countersign_core::pact::{Attributes, Interaction, ProviderState};
use serde::Serialize;
use serde_json::Value as Json;

use super::states::{Params, provider_state};
use super::text::to_json;

/// Comments that have their own setters, or are written without being said.
const OWN_COMMENTS: [&str; 2] = ["text", "testname"];

/// What is said about an interaction.
#[derive(Debug, Clone, Default)]
pub(super) struct About {
    states: Vec<ProviderState>,
    key: Option<String>,
    pending: bool,
    comments: Attributes,
}

impl About {
    #[track_caller]
    pub(super) fn given(&mut self, state: String, params: Params) {
        self.states.push(provider_state(state, params));
    }

    #[track_caller]
    pub(super) fn key(&mut self, key: String) {
        assert!(!key.is_empty(), "a key that is said has a text");
        self.key = Some(key);
    }

    pub(super) fn pending(&mut self) {
        self.pending = true;
    }

    pub(super) fn comment(&mut self, text: String) {
        let texts = self.comments.entry("text").or_insert_with(|| Json::Array(Vec::new()));
        if let Json::Array(texts) = texts {
            texts.push(text.into());
        }
    }

    #[track_caller]
    pub(super) fn comment_entry(&mut self, name: String, value: impl Serialize) {
        assert!(
            !OWN_COMMENTS.contains(&name.as_str()),
            "the comment {name:?} has a meaning of its own: texts are said with `comment`, and the test's name is \
             written by itself"
        );
        self.comments.insert(name, to_json(value));
    }

    pub(super) fn say(self, interaction: &mut Interaction) {
        interaction.provider_states = self.states;
        interaction.key = self.key;
        interaction.pending = self.pending;
        interaction.comments = self.comments;
    }
}

/// The setters for [`About`], for a builder with a field `about`.
macro_rules! about_methods {
    ($builder:ty) => {
        impl $builder {
            /// Something that has to be true of the provider beforehand, with parameters for its state handler: anything
            /// that serialises to an object. Several may be said; their order is kept.
            ///
            /// # Panics
            ///
            /// When the state has no name, or the parameters have none or hold a matcher.
            #[track_caller]
            pub fn given(mut self, state: impl Into<String>, params: impl Into<$crate::consumer::Params>) -> Self {
                self.about.given(state.into(), params.into());
                self
            }

            /// Something that has to be true of the provider beforehand, without parameters.
            ///
            /// # Panics
            ///
            /// When the state has no name.
            #[track_caller]
            pub fn given_state(self, state: impl Into<String>) -> Self {
                self.given(state, ())
            }

            /// A remark for those who read the pact; several may be said. Pact files before version 4 have no room for it.
            pub fn comment(mut self, text: impl Into<String>) -> Self {
                self.about.comment(text.into());
                self
            }

            /// A remark under a name, such as the ticket that asked for this interaction. The name of the test is recorded
            /// by itself. Pact files before version 4 have no room for it.
            ///
            /// # Panics
            ///
            /// When the value cannot be JSON, or the name is `text` or `testname`.
            #[track_caller]
            pub fn comment_entry(mut self, name: impl Into<String>, value: impl serde::Serialize) -> Self {
                self.about.comment_entry(name.into(), value);
                self
            }

            /// The provider does not have it yet: a failure is reported, but fails no build. Pact files before version 4
            /// have no room for it.
            pub fn pending(mut self) -> Self {
                self.about.pending();
                self
            }

            /// A name by which tools tell this interaction from others whatever its description says. Pact files before
            /// version 4 have no room for it.
            ///
            /// # Panics
            ///
            /// When it is empty.
            #[track_caller]
            pub fn key(mut self, key: impl Into<String>) -> Self {
                self.about.key(key.into());
                self
            }
        }
    };
}

pub(super) use about_methods;
