//! Reading a pact file interaction by interaction.
//!
//! A document of ten thousand interactions takes many times the memory of the pact that it is. Therefore the file is gone
//! through once for everything but the interactions, which says of what version they are, and where each of them stands; then
//! each is turned into the model before the next one is read.

use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json};

use super::{interaction, metadata, participant};
use crate::content::json::{DEEPEST, is_deeper_than};
use crate::pact::{Interaction, Pact, Specification};

/// The lists of interactions, in the order in which they are read.
const LISTS: [&str; 2] = ["interactions", "messages"];

/// A pact file whose interactions are not read yet.
pub(super) struct Unread<'b> {
    /// What is around the interactions, of which it has none.
    pub(super) pact: Pact,
    lists: Lists<'b>,
}

/// Where the interactions stand, for each of [`LISTS`].
type Lists<'b> = [Option<Vec<&'b RawValue>>; 2];

/// The text of an interaction, and what decides how it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item<'b> {
    pub(super) text: &'b str,
    pub(super) dialect: Dialect,
}

/// The same text is another interaction in another version of the specification, or in another list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Dialect {
    specification: Specification,
    is_v3_message: bool,
}

impl<'b> Unread<'b> {
    /// Nothing when anything at all is odd about the file: then the document is read as a whole, to say what.
    pub(super) fn new(bytes: &'b [u8]) -> Option<Self> {
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let (mut object, lists) = deserializer.deserialize_map(TopLevel).ok()?;
        deserializer.end().ok()?;
        let (specification, metadata) =
            metadata::read(object.remove("metadata"), lists.iter().any(Option::is_some)).ok()?;
        let consumer = participant(&mut object, "consumer").ok()?;
        let provider = participant(&mut object, "provider").ok()?;
        if object.values().any(|value| is_deeper_than(value, DEEPEST - 1)) {
            return None;
        }
        let pact = Pact { consumer, provider, interactions: Vec::new(), specification, metadata, unknown: object };
        Some(Self { pact, lists })
    }

    /// The interactions in the order in which they are read.
    pub(super) fn items(&self) -> impl Iterator<Item = Item<'b>> {
        let specification = self.pact.specification;
        self.lists.iter().zip([false, true]).flat_map(move |(list, is_v3_message)| {
            let dialect = Dialect { specification, is_v3_message };
            list.iter().flatten().map(move |raw| Item { text: raw.get(), dialect })
        })
    }
}

impl Item<'_> {
    /// Nothing when anything is odd about it.
    pub(super) fn read(self) -> Option<Interaction> {
        let json: Json = serde_json::from_str(self.text).ok()?;
        // it stands in two levels more, and the parser refuses a document of exactly so many levels
        if is_deeper_than(&json, DEEPEST - 3) {
            return None;
        }
        interaction::read(json, self.dialect.specification, self.dialect.is_v3_message, "").ok()
    }
}

/// The pact, or nothing when anything at all is odd about it.
pub(super) fn read(bytes: &[u8]) -> Option<Pact> {
    let unread = Unread::new(bytes)?;
    let mut interactions = unread.items().map(Item::read).collect::<Option<Vec<_>>>()?;
    interactions.shrink_to_fit();
    Some(Pact { interactions, ..unread.pact })
}

/// Everything but the interactions; of their lists, where their items stand.
struct TopLevel;

impl<'de> Visitor<'de> for TopLevel {
    type Value = (Map<String, Json>, Lists<'de>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a pact")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut object = Map::new();
        let mut lists = Lists::default();
        while let Some(name) = entries.next_key::<String>()? {
            match LISTS.iter().position(|list| *list == name) {
                None => {
                    object.insert(name, entries.next_value()?);
                }
                Some(list) if lists[list].is_none() => lists[list] = Some(entries.next_value()?),
                Some(_) => return Err(serde::de::Error::custom("a list that is there twice")),
            }
        }
        Ok((object, lists))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::from_json;

    #[test]
    fn reads_what_is_read_as_a_whole() {
        for text in [
            r#"{"consumer":{"name":"a"},"provider":{"name":"b"},"interactions":[{"description":"c"}]}"#,
            r#"{"interactions":[{"description":"c","providerState":"s","request":{"path":"/x","query":"a=1"}}],
                "metadata":{"pactSpecification":{"version":"2.0.0"},"x":1.50},"extra":[1],"provider":{"name":"b"},
                "more":{},"consumer":{"name":"a"}}"#,
            r#"{"messages":[{"description":"m","contents":{"a":1e3}}],"interactions":[{"description":"i"}],
                "consumer":{"name":"a"},"provider":{"name":"b"},"metadata":{"pactSpecification":{"version":"3.0.0"}}}"#,
            r#"{"consumer":{"name":"a"},"provider":{"name":"b"},"metadata":{"pactSpecification":{"version":"4.0"}}}"#,
        ] {
            let whole = from_json(serde_json::from_str(text).unwrap()).unwrap();
            assert_eq!(read(text.as_bytes()), Some(whole), "{text}");
        }
    }

    #[test]
    fn leaves_what_is_odd_to_be_read_as_a_whole() {
        let deep = format!(
            r#"{{"consumer":{{"name":"a"}},"provider":{{"name":"b"}},"interactions":[{{"x":{}1{}}}]}}"#,
            "[".repeat(125),
            "]".repeat(125)
        );
        for text in [
            "",
            "[]",
            "{",
            r#"{"interactions":[{"description":"first"}],"interactions":[{"description":"last"}],
                "consumer":{"name":"a"},"provider":{"name":"b"}}"#,
            r#"{"consumer":{"name":"a"},"provider":{"name":"b"},"interactions":{}}"#,
            r#"{"consumer":{"name":"a"},"provider":{"name":"b"},"interactions":[1]}"#,
            r#"{"consumer":{"name":"a"},"interactions":[]}"#,
            r#"{"consumer":{"name":"a"},"provider":{"name":"b"},"interactions":[]} x"#,
            r#"{"consumer":{"name":"a"},"provider":{"name":"b"},"interactions":[{"description":"\ud800"}]}"#,
            &deep,
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }
}
