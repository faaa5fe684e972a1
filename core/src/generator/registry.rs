//! The generators of an interaction, by category and path.

use fastrand::Rng;
use serde_json::{Map, Value as Json};

use super::attributes::text;
use super::{
    Context, MockServerUrl, Mode, Moment, RandomDecimal, RandomHexadecimal, RandomInt, RandomString, RegexText,
    UuidFormat, provider_state, uuid,
};
use crate::rule::DateTimeKind;

/// One generator.
#[derive(Debug, Clone, PartialEq)]
pub enum Generator {
    /// A value from the provider's state handler: an expression with `${name}` in it, or a bare name.
    ProviderState {
        /// The expression.
        expression: String,
        /// V3's `dataType`, such as `STRING` or `INTEGER`.
        data_type: Option<String>,
    },
    /// An integer.
    RandomInt(RandomInt),
    /// A number with a fraction.
    RandomDecimal(RandomDecimal),
    /// Hexadecimal digits.
    RandomHexadecimal(RandomHexadecimal),
    /// Letters and digits.
    RandomString(RandomString),
    /// `true` or `false`.
    RandomBoolean,
    /// A text that an expression matches.
    Regex(RegexText),
    /// A UUID; `None` where the file names no format.
    Uuid(Option<UuidFormat>),
    /// `Date`, `Time`, `DateTime`.
    Moment(Moment),
    /// A URL of the mock server.
    MockServerUrl(MockServerUrl),
    /// A generator this version does not run; it is kept.
    Other(Json),
}

impl Generator {
    /// Reads a generator as it stands in a pact file. What is no generator, or lacks what it needs, becomes
    /// [`Self::Other`].
    #[must_use]
    pub fn from_json(json: &Json) -> Self {
        Self::known_from_json(json).unwrap_or_else(|| Self::Other(json.clone()))
    }

    fn known_from_json(json: &Json) -> Option<Self> {
        let object = json.as_object()?;
        Some(match object.get("type")?.as_str()? {
            "ProviderState" => {
                Self::ProviderState { expression: text(object, "expression")?, data_type: text(object, "dataType") }
            }
            "RandomInt" => Self::RandomInt(RandomInt::from_json(object)),
            "RandomDecimal" => Self::RandomDecimal(RandomDecimal::from_json(object)),
            "RandomHexadecimal" => Self::RandomHexadecimal(RandomHexadecimal::from_json(object)),
            "RandomString" => Self::RandomString(RandomString::from_json(object)),
            "RandomBoolean" => Self::RandomBoolean,
            "Regex" => Self::Regex(RegexText::new(&text(object, "regex")?)),
            "Uuid" => Self::Uuid(UuidFormat::from_json(object)),
            "Date" => Self::Moment(Moment::from_json(object, DateTimeKind::Date)),
            "Time" => Self::Moment(Moment::from_json(object, DateTimeKind::Time)),
            "DateTime" | "Timestamp" => Self::Moment(Moment::from_json(object, DateTimeKind::DateTime)),
            "MockServerURL" => Self::MockServerUrl(MockServerUrl::from_json(object)?),
            _ => return None,
        })
    }

    /// The generator as V3 and V4 files spell it.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::ProviderState { expression, data_type } => {
                let mut json = serde_json::json!({ "type": "ProviderState", "expression": expression });
                if let Some(data_type) = data_type {
                    json["dataType"] = data_type.as_str().into();
                }
                json
            }
            Self::RandomInt(generator) => generator.to_json(),
            Self::RandomDecimal(generator) => generator.to_json(),
            Self::RandomHexadecimal(generator) => generator.to_json(),
            Self::RandomString(generator) => generator.to_json(),
            Self::RandomBoolean => serde_json::json!({ "type": "RandomBoolean" }),
            Self::Regex(regex) => serde_json::json!({ "type": "Regex", "regex": regex.as_str() }),
            Self::Uuid(format) => uuid::to_json(*format),
            Self::Moment(moment) => moment.to_json(),
            Self::MockServerUrl(generator) => generator.to_json(),
            Self::Other(json) => json.clone(),
        }
    }

    /// Why the generator cannot make values whatever the context, if it cannot: an expression or format that is none.
    #[must_use]
    pub fn defect(&self) -> Option<String> {
        match self {
            Self::Regex(regex) => regex.defect(),
            Self::Moment(moment) => moment.defect(),
            Self::MockServerUrl(generator) => generator.defect(),
            _ => None,
        }
    }

    /// A value by itself, where no example tells its type; `None` when the context has nothing that the generator draws on.
    #[must_use]
    pub fn generate(&self, context: &Context) -> Option<Json> {
        self.draw(context, context.seed.map(Rng::with_seed).as_mut())
    }

    pub(super) fn draw(&self, context: &Context, rng: Option<&mut Rng>) -> Option<Json> {
        match self {
            Self::ProviderState { .. } if context.mode == Mode::Consumer => None,
            Self::ProviderState { expression, data_type } => {
                provider_state::generate(expression, data_type.as_deref(), &context.provider_state)
            }
            Self::RandomInt(generator) => Some(generator.generate(rng?)),
            Self::RandomDecimal(generator) => Some(generator.generate(rng?)),
            Self::RandomHexadecimal(generator) => Some(generator.generate(rng?)),
            Self::RandomString(generator) => Some(generator.generate(rng?)),
            Self::RandomBoolean => Some(rng?.bool().into()),
            Self::Regex(regex) => regex.generate(rng?),
            Self::Uuid(format) => Some(uuid::generate(*format, rng?)),
            Self::Moment(moment) => moment.generate(context.now.as_ref()?),
            Self::MockServerUrl(generator) => generator.generate(context.mock_server_url.as_deref()?),
            Self::Other(_) => None,
        }
    }
}

/// A generator and where it writes. Two are equal when a file would say the same.
#[derive(Debug, Clone)]
pub struct GeneratorEntry {
    /// `body`, `header`, `query`, `path`, `status` or `metadata`.
    pub category: String,
    /// The path or name within the category; empty for categories with a single value.
    pub key: String,
    /// What to write.
    pub generator: Generator,
    /// What the file says, for writing back with all its attributes.
    source: Option<Json>,
}

impl PartialEq for GeneratorEntry {
    fn eq(&self, other: &Self) -> bool {
        (&self.category, &self.key) == (&other.category, &other.key) && self.to_json() == other.to_json()
    }
}

impl GeneratorEntry {
    fn from_json(category: &str, key: &str, json: &Json) -> Self {
        let generator = Generator::from_json(json);
        Self { category: category.to_owned(), key: key.to_owned(), generator, source: Some(json.clone()) }
    }

    fn to_json(&self) -> Json {
        self.source.clone().unwrap_or_else(|| self.generator.to_json())
    }
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
                entries.push(GeneratorEntry::from_json(category, "", value));
                continue;
            }
            for (key, value) in value.as_object().into_iter().flatten() {
                entries.push(GeneratorEntry::from_json(category, key, value));
            }
        }
        Self { entries }
    }

    /// Adds one.
    pub fn add(&mut self, category: &str, key: impl Into<String>, generator: Generator) {
        let category = category.to_owned();
        self.entries.push(GeneratorEntry { category, key: key.into(), generator, source: None });
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

    /// Writes the `generators` attribute. Versions before 3 do not name it, but it is read there, here and by the official
    /// tools.
    pub(crate) fn write(&self, object: &mut Map<String, Json>) {
        if self.entries.is_empty() {
            return;
        }
        let mut categories = Map::new();
        for entry in &self.entries {
            if entry.key.is_empty() {
                categories.insert(entry.category.clone(), entry.to_json());
                continue;
            }
            let category = categories.entry(entry.category.clone()).or_insert_with(|| Json::Object(Map::new()));
            if let Some(category) = category.as_object_mut() {
                category.insert(entry.key.clone(), entry.to_json());
            }
        }
        object.insert("generators".to_owned(), Json::Object(categories));
    }
}
