//! What a pact says that a version of the specification has no words for.

use crate::generator::Generators;
use crate::pact::{HttpInteraction, Interaction, InteractionKind, Message, Pact, Specification};
use crate::path::Token;
use crate::rule::{Category, Combine, MatchingRules, Rule, RuleEntry};

/// The attribute of comments that tells which test recorded an interaction: it is lost without harm.
const TEST_NAME: &str = "testname";

/// Something that would be lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{interaction}': {what} needs version {} of the specification", .since.as_str().trim_end_matches(".0"))]
pub struct Loss {
    /// The interaction's description.
    pub interaction: String,
    /// What is said there, such as `the rule semver at $.version of the response's body`.
    pub what: String,
    /// The first version that has words for it.
    pub since: Specification,
}

/// Everything that [`write`](super::write) would leave out of the pact in a version of the specification, in the pact's
/// order. Names of tests are no loss.
///
/// ```
/// use countersign_core::{format, pact::Specification};
///
/// let pact = format::read(br#"{
///     "consumer": {"name": "shop"}, "provider": {"name": "stock"},
///     "interactions": [{
///         "type": "Synchronous/HTTP", "description": "a check", "pending": true, "request": {},
///         "response": {"matchingRules": {"body": {"$.v": {"matchers": [{"match": "semver"}]}}}}
///     }],
///     "metadata": {"pactSpecification": {"version": "4.0"}}
/// }"#)?;
/// let losses = format::losses(&pact, Specification::V3);
/// assert_eq!(losses[0].to_string(), "'a check': that it is pending needs version 4 of the specification");
/// assert_eq!(
///     losses[1].to_string(),
///     "'a check': the rule semver at $.v of the response's body needs version 4 of the specification"
/// );
/// assert!(format::losses(&pact, Specification::V4).is_empty());
/// # Ok::<(), format::FormatError>(())
/// ```
#[must_use]
pub fn losses(pact: &Pact, specification: Specification) -> Vec<Loss> {
    let mut finder = Finder { specification, interaction: "", found: Vec::new() };
    for interaction in &pact.interactions {
        finder.interaction = &interaction.description;
        finder.interaction(interaction);
    }
    finder.found
}

struct Finder<'p> {
    specification: Specification,
    interaction: &'p str,
    found: Vec<Loss>,
}

impl Finder<'_> {
    fn needs(&mut self, since: Specification, what: impl Into<String>) {
        if self.specification < since {
            self.found.push(Loss { interaction: self.interaction.to_owned(), what: what.into(), since });
        }
    }

    fn interaction(&mut self, interaction: &Interaction) {
        self.about(interaction);
        match &interaction.kind {
            InteractionKind::Http(http) => self.http(http),
            InteractionKind::AsynchronousMessage(message) => {
                self.needs(Specification::V3, "a message");
                if self.specification >= Specification::V3 {
                    self.message(message, "message");
                }
            }
            InteractionKind::SynchronousMessage(_) if interaction.is_grpc() => {
                self.needs(Specification::V4, "a gRPC call");
            }
            InteractionKind::SynchronousMessage(_) => {
                self.needs(Specification::V4, "a message with responses");
            }
        }
    }

    fn about(&mut self, interaction: &Interaction) {
        if interaction.pending {
            self.needs(Specification::V4, "that it is pending");
        }
        if interaction.key.is_some() {
            self.needs(Specification::V4, "a key");
        }
        if interaction.comments.keys().any(|name| name != TEST_NAME) {
            self.needs(Specification::V4, "a comment");
        }
        if interaction.provider_states.len() > 1 {
            self.needs(Specification::V3, "more than one provider state");
        }
        if interaction.provider_states.iter().any(|state| !state.params.is_empty()) {
            self.needs(Specification::V3, "a provider state with parameters");
        }
    }

    fn http(&mut self, http: &HttpInteraction) {
        let HttpInteraction { request, response } = http;
        if request.query.values().flatten().any(Option::is_none) {
            self.needs(Specification::V3, "a query parameter without a value");
        }
        self.rules(&request.rules, "request");
        self.generators(&request.generators, "request");
        self.rules(&response.rules, "response");
        self.generators(&response.generators, "response");
    }

    fn message(&mut self, message: &Message, part: &str) {
        self.rules(&message.rules, part);
        self.generators(&message.generators, part);
    }

    fn rules(&mut self, rules: &MatchingRules, part: &str) {
        for category in Category::ALL {
            for entry in rules.of(category) {
                self.entry(category, entry, part);
            }
        }
    }

    fn entry(&mut self, category: Category, entry: &RuleEntry, part: &str) {
        let place = place(category, entry, part);
        for rule in &entry.rules.rules {
            self.needs(since(rule), format!("the rule {} at {place}", rule.name()));
        }
        if entry.rules.rules.len() > 1 && entry.rules.rules.iter().all(|rule| since(rule) <= Specification::V2) {
            let both = if entry.rules.combine == Combine::And { "all" } else { "one" };
            self.needs(Specification::V3, format!("several rules, of which {both} has to hold, at {place}"));
        }
    }

    fn generators(&mut self, generators: &Generators, part: &str) {
        for entry in generators.iter() {
            let json = entry.generator.to_json();
            let name = json["type"].as_str().unwrap_or("unknown").to_owned();
            let at = if entry.key.is_empty() { String::new() } else { format!(" at {}", entry.key) };
            self.needs(Specification::V3, format!("the generator {name}{at} of the {part}'s {}", entry.category));
        }
    }
}

fn place(category: Category, entry: &RuleEntry, part: &str) -> String {
    match (category, entry.path.tokens()) {
        (Category::Path | Category::Status, _) => format!("the {part}'s {}", category.as_str()),
        (Category::Body, _) => format!("{} of the {part}'s body", entry.path),
        (_, [Token::Field(name), ..]) => format!("{name} of the {part}'s {}", category.as_str()),
        _ => format!("the {part}'s {}", category.as_str()),
    }
}

/// The first version of the specification that has a rule.
fn since(rule: &Rule) -> Specification {
    match rule {
        Rule::Type(_) | Rule::Regex(_) => Specification::V2,
        Rule::Equality
        | Rule::Include(_)
        | Rule::Integer
        | Rule::Decimal
        | Rule::Number
        | Rule::Boolean
        | Rule::Null
        | Rule::DateTime(_)
        | Rule::ContentType(_)
        | Rule::Values => Specification::V3,
        Rule::NotEmpty
        | Rule::Semver
        | Rule::StatusCode(_)
        | Rule::EachKey(_)
        | Rule::EachValue(_)
        | Rule::ArrayContains(_)
        | Rule::Schema(_)
        | Rule::Other(_) => Specification::V4,
    }
}
