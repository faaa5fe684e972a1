//! What the page shows of an interaction: texts, ready to be escaped.

use askama::Template;
use askama::filters::HtmlSafe;

use super::findings::Finding;
use crate::web::components::Mark;

/// One interaction.
#[derive(Debug, Default)]
pub(super) struct InteractionView {
    /// What links lead to.
    pub(super) anchor: String,
    pub(super) description: String,
    /// What is called, to tell it from others while its details are folded.
    pub(super) target: String,
    /// `REST`, `gRPC server stream`, `message` …
    pub(super) kind: &'static str,
    pub(super) status: Option<Mark>,
    pub(super) pending: bool,
    /// Whether its details are unfolded to begin with.
    pub(super) open: bool,
    pub(super) states: Vec<String>,
    pub(super) comments: Vec<String>,
    pub(super) parts: Vec<Part>,
    pub(super) findings: Vec<Finding>,
}

/// A request, a response or a message.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// What it is, when that is not plain from its first line: `200`, `response 2`.
    pub(super) heading: String,
    /// `GET`, or the word that says what is called.
    pub(super) verb: String,
    /// Path and query, or service and method.
    pub(super) target: String,
    pub(super) fields: Vec<Field>,
    pub(super) body: BodyView,
}

/// A header, query parameter or metadata entry; also the path and the status when a rule speaks of them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) value: String,
    /// The rules in words; empty when the value counts as it is.
    pub(super) words: String,
}

/// A body.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct BodyView {
    pub(super) content_type: String,
    pub(super) lines: Vec<Line>,
    /// There is more than is shown.
    pub(super) cut: bool,
    /// What to know about the body as a whole.
    pub(super) note: String,
    /// Rules that have no line to stand beside: place and words.
    pub(super) rules: Vec<(String, String)>,
}

/// A line of a body with the words of the rules that speak of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) indent: String,
    pub(super) pieces: Vec<Piece>,
    pub(super) words: String,
}

/// A run of characters of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    source = r#"{% let tag = self.tag() %}{% if tag.is_empty() %}{{ text }}{% else %}<{{ tag }}>{{ text }}</{{ tag }}>{% endif %}"#,
    ext = "html"
)]
pub(super) struct Piece {
    /// `k`ey, `s`tring, `n`umber, `w`ord (true, false, null), `p`unctuation, `t`ext.
    pub(super) class: &'static str,
    pub(super) text: String,
}

impl HtmlSafe for Piece {}

impl Piece {
    pub(super) fn new(class: &'static str, text: impl Into<String>) -> Self {
        Self { class, text: text.into() }
    }

    /// The element that colours it, if it has a colour of its own: short, because there are many of them.
    fn tag(&self) -> &'static str {
        match self.class {
            "k" => "b",
            "s" => "i",
            "n" | "w" => "var",
            _ => "",
        }
    }
}
