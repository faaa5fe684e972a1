//! Which part of an interaction a rule speaks of, and the lists of rules at a path.

use serde_json::{Value as Json, json};

use super::{Rule, RuleError};
use crate::pact::Attributes;
use crate::path::PathExpression;

/// The part of a request, response or message that a rule speaks of (specification V3, "Matching rules").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Category {
    /// The request's path.
    Path,
    /// Query parameters, by name.
    Query,
    /// Header fields, by name.
    Header,
    /// The body, by path.
    Body,
    /// A message's metadata, by name.
    Metadata,
    /// The response's status code.
    Status,
}

impl Category {
    /// All categories in the order they are written.
    pub const ALL: [Self; 6] = [Self::Body, Self::Header, Self::Metadata, Self::Path, Self::Query, Self::Status];

    /// The category's name in pact files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Body => "body",
            Self::Metadata => "metadata",
            Self::Status => "status",
        }
    }

    /// The category of that name; `headers` and `contents` are taken too.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "path" => Self::Path,
            "query" => Self::Query,
            "header" | "headers" => Self::Header,
            "body" | "contents" | "content" => Self::Body,
            "metadata" => Self::Metadata,
            "status" => Self::Status,
            _ => return None,
        })
    }

    /// Whether there is one value only, so that rules stand at the category itself and not at paths below.
    #[must_use]
    pub fn is_single(self) -> bool {
        matches!(self, Self::Path | Self::Status)
    }

    /// Whether names, not path expressions, are the keys.
    #[must_use]
    pub fn is_named(self) -> bool {
        matches!(self, Self::Query | Self::Header | Self::Metadata)
    }
}

/// How the rules of one list work together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Combine {
    /// All have to hold.
    #[default]
    And,
    /// One has to hold.
    Or,
}

/// The rules at one path.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RuleList {
    /// In file order.
    pub rules: Vec<Rule>,
    /// How they work together.
    pub combine: Combine,
    /// Attributes of each rule that the specification does not name, written back as they were; shorter than the list, or
    /// empty, where the rules have none.
    pub unknown: Vec<Attributes>,
}

impl From<Rule> for RuleList {
    fn from(rule: Rule) -> Self {
        Self { rules: vec![rule], ..Self::default() }
    }
}

impl RuleList {
    /// The rules as V3 and V4 files spell them, each with its unknown attributes.
    pub(crate) fn rules_to_json(&self) -> impl Iterator<Item = Json> {
        self.rules.iter().enumerate().map(|(index, rule)| {
            let mut json = rule.to_json();
            if let (Some(object), Some(unknown)) = (json.as_object_mut(), self.unknown.get(index)) {
                object.extend(unknown.clone());
            }
            json
        })
    }

    fn join(&mut self, other: Self) {
        if !other.unknown.is_empty() {
            self.unknown.resize(self.rules.len(), Attributes::new());
            self.unknown.extend(other.unknown);
        }
        self.rules.extend(other.rules);
    }
}

/// Rules and where they apply.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleEntry {
    /// Below the category's root.
    pub path: PathExpression,
    /// What applies there.
    pub rules: RuleList,
}

/// All rules of one request, response or message.
#[derive(Debug, Clone, Default)]
pub struct MatchingRules {
    entries: Vec<(Category, RuleEntry)>,
    kept: Attributes,
}

/// Equal whatever the order of their paths, which files do not keep.
impl PartialEq for MatchingRules {
    fn eq(&self, other: &Self) -> bool {
        // a path is there once per category, so equal lengths and containment make equal sets
        self.entries.len() == other.entries.len() && self.entries.iter().all(|entry| other.entries.contains(entry))
    }
}

impl MatchingRules {
    /// Whether there is no rule at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.kept.is_empty()
    }

    /// Keeps an entry that speaks of no known part, for writing back.
    pub(crate) fn keep(&mut self, key: String, value: Json) {
        self.kept.insert(key, value);
    }

    /// Entries that speak of no known part.
    #[must_use]
    pub fn kept(&self) -> &Attributes {
        &self.kept
    }

    /// Forgets the entries that speak of no known part, and says whether there were any.
    pub(crate) fn drop_kept(&mut self) -> bool {
        !std::mem::take(&mut self.kept).is_empty()
    }

    /// Adds rules at a path; further rules at the same path join the list that is there.
    pub fn add(&mut self, category: Category, path: PathExpression, rules: RuleList) {
        let known = self.entries.iter_mut().find(|(known, entry)| *known == category && entry.path == path);
        match known {
            Some((_, entry)) => entry.rules.join(rules),
            None => self.entries.push((category, RuleEntry { path, rules })),
        }
    }

    /// The rules of categories that nobody knows. The specification gives them no meaning; the tools in use apply them to the
    /// body, and so does comparing.
    pub(crate) fn of_unknown_categories(&self) -> Vec<RuleEntry> {
        let paths = self.kept.values().filter_map(Json::as_object).flatten();
        let entry = |(path, list): (&String, &Json)| {
            let rules = list.get("matchers").and_then(|_| rule_list_from_json(list).ok())?;
            Some(RuleEntry { path: PathExpression::parse(path).ok()?, rules })
        };
        paths.filter_map(entry).collect()
    }

    /// The rules of one category in file order.
    pub fn of(&self, category: Category) -> impl Iterator<Item = &RuleEntry> {
        self.entries.iter().filter(move |(known, _)| *known == category).map(|(_, entry)| entry)
    }

    /// The list of a category with a single value ([`Category::is_single`]).
    #[must_use]
    pub fn single(&self, category: Category) -> Option<&RuleList> {
        self.of(category).next().map(|entry| &entry.rules)
    }
}

/// Reads `{"combine": "AND", "matchers": […]}`, or a rule by itself.
pub(crate) fn rule_list_from_json(json: &Json) -> Result<RuleList, RuleError> {
    let Some(matchers) = json.get("matchers") else {
        return rules_from_json(std::slice::from_ref(json), Combine::And);
    };
    let matchers = matchers.as_array().ok_or_else(|| RuleError::NotARule { rule: json.to_string() })?;
    let combine = match json.get("combine").and_then(Json::as_str) {
        Some(combine) if combine.eq_ignore_ascii_case("or") => Combine::Or,
        _ => Combine::And,
    };
    rules_from_json(matchers, combine)
}

fn rules_from_json(matchers: &[Json], combine: Combine) -> Result<RuleList, RuleError> {
    let rules = matchers.iter().map(Rule::from_json).collect::<Result<Vec<_>, _>>()?;
    let mut unknown: Vec<Attributes> =
        rules.iter().zip(matchers).map(|(rule, json)| rule.unknown_attributes(json)).collect();
    if unknown.iter().all(Attributes::is_empty) {
        unknown = Vec::new();
    }
    Ok(RuleList { rules, combine, unknown })
}

/// The list as V3 and V4 files spell it.
pub(crate) fn rule_list_to_json(list: &RuleList) -> Json {
    let combine = match list.combine {
        Combine::And => "AND",
        Combine::Or => "OR",
    };
    json!({ "combine": combine, "matchers": list.rules_to_json().collect::<Vec<_>>() })
}
