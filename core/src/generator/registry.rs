//! The generators of an interaction, by category and path.

use serde_json::{Map, Value as Json};

use crate::pact::Specification;

/// One generator as the file spells it.
#[derive(Debug, Clone, PartialEq)]
pub enum Generator {
    /// A value from the provider's state handler: an expression with `${name}` in it, or a bare name.
    ProviderState {
        /// The expression.
        expression: String,
        /// V3's `dataType`, such as `STRING` or `INTEGER`; kept for writing back.
        data_type: Option<String>,
    },
    /// A generator this version does not run; it is kept.
    Other(Json),
}

impl Generator {
    pub(crate) fn from_json(json: &Json) -> Self {
        let text = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
        match (text("type").as_deref(), text("expression")) {
            (Some("ProviderState"), Some(expression)) => {
                Self::ProviderState { expression, data_type: text("dataType") }
            }
            _ => Self::Other(json.clone()),
        }
    }

    pub(crate) fn to_json(&self) -> Json {
        match self {
            Self::ProviderState { expression, data_type } => {
                let mut json = serde_json::json!({ "type": "ProviderState", "expression": expression });
                if let Some(data_type) = data_type {
                    json["dataType"] = data_type.as_str().into();
                }
                json
            }
            Self::Other(json) => json.clone(),
        }
    }
}

/// A generator and where it writes.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratorEntry {
    /// `body`, `header`, `query`, `path`, `status` or `metadata`.
    pub category: String,
    /// The path or name within the category; empty for categories with a single value.
    pub key: String,
    /// What to write.
    pub generator: Generator,
}

/// All generators of one request, response or message.
#[derive(Debug, Clone, Default)]
pub struct Generators {
    entries: Vec<GeneratorEntry>,
}

/// Equal whatever the order of their keys, which files do not keep.
impl PartialEq for Generators {
    fn eq(&self, other: &Self) -> bool {
        let within = |a: &Self, b: &Self| a.entries.iter().all(|entry| b.entries.contains(entry));
        self.entries.len() == other.entries.len() && within(self, other) && within(other, self)
    }
}

impl Generators {
    /// Reads the `generators` attribute; what does not look like generators is left out.
    #[must_use]
    pub fn from_json(json: Option<&Json>) -> Self {
        let mut entries = Vec::new();
        for (category, value) in json.and_then(Json::as_object).into_iter().flatten() {
            if value.get("type").is_some_and(Json::is_string) {
                let generator = Generator::from_json(value);
                entries.push(GeneratorEntry { category: category.clone(), key: String::new(), generator });
                continue;
            }
            for (key, value) in value.as_object().into_iter().flatten() {
                let generator = Generator::from_json(value);
                entries.push(GeneratorEntry { category: category.clone(), key: key.clone(), generator });
            }
        }
        Self { entries }
    }

    /// Adds one.
    pub fn add(&mut self, category: &str, key: impl Into<String>, generator: Generator) {
        self.entries.push(GeneratorEntry { category: category.to_owned(), key: key.into(), generator });
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The generators in file order.
    pub fn iter(&self) -> impl Iterator<Item = &GeneratorEntry> {
        self.entries.iter()
    }

    /// Writes the `generators` attribute; versions before 3 have none.
    pub(crate) fn write(&self, specification: Specification, object: &mut Map<String, Json>) {
        if self.entries.is_empty() || specification < Specification::V3 {
            return;
        }
        let mut categories = Map::new();
        for entry in &self.entries {
            if entry.key.is_empty() {
                categories.insert(entry.category.clone(), entry.generator.to_json());
                continue;
            }
            let category = categories.entry(entry.category.clone()).or_insert_with(|| Json::Object(Map::new()));
            if let Some(category) = category.as_object_mut() {
                category.insert(entry.key.clone(), entry.generator.to_json());
            }
        }
        object.insert("generators".to_owned(), Json::Object(categories));
    }
}
