//! Reading a pact file interaction by interaction.
//!
//! A document of ten thousand interactions takes many times the memory of the pact that it is. Therefore the file is read
//! several times: once for everything but the interactions, which says of what version they are, and once for each list of
//! interactions, each of which is turned into the model before the next one is read.

use std::fmt;

use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use super::{interaction, metadata, participant};
use crate::content::json::{DEEPEST, is_deeper_than};
use crate::pact::{Interaction, Pact};

/// The lists of interactions, in the order in which they are read.
const LISTS: [&str; 2] = ["interactions", "messages"];

/// The pact, or nothing when anything at all is odd about it: then the document is read as a whole, to say what.
pub(super) fn read(bytes: &[u8]) -> Option<Pact> {
    let mut interactions = Vec::new();
    let mut pact = read_each(bytes, &mut |_, interaction| interactions.push(interaction))?;
    interactions.shrink_to_fit();
    pact.interactions = interactions;
    Some(pact)
}

/// Hands out the interactions one by one, each with the pact around it, which has none. Returns nothing when anything is odd
/// about the file; what was handed out by then counts for nothing.
pub(super) fn read_each(bytes: &[u8], each: &mut dyn FnMut(&Pact, Interaction)) -> Option<Pact> {
    let mut object = walk(bytes, TopLevel)?;
    let (specification, metadata) = metadata::read(object.remove("metadata"), &object).ok()?;
    let consumer = participant(&mut object, "consumer").ok()?;
    let provider = participant(&mut object, "provider").ok()?;
    let there = LISTS.map(|list| object.remove(list).is_some());
    if object.values().any(|value| is_deeper_than(value, DEEPEST - 1)) {
        return None;
    }
    let pact = Pact { consumer, provider, interactions: Vec::new(), specification, metadata, unknown: object };
    for (name, _) in LISTS.into_iter().zip(there).filter(|(_, there)| *there) {
        walk(bytes, OneList { pact: &pact, name, each: &mut *each })?;
    }
    Some(pact)
}

fn walk<'de, V: Visitor<'de>>(bytes: &'de [u8], visitor: V) -> Option<V::Value> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = deserializer.deserialize_map(visitor).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

/// Everything but the interactions; of their lists, only that they are there.
struct TopLevel;

impl<'de> Visitor<'de> for TopLevel {
    type Value = Map<String, Json>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a pact")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = if LISTS.contains(&name.as_str()) {
                entries.next_value::<IgnoredAny>()?;
                Json::Null
            } else {
                entries.next_value()?
            };
            object.insert(name, value);
        }
        Ok(object)
    }
}

/// The interactions of one list.
struct OneList<'p> {
    pact: &'p Pact,
    name: &'static str,
    each: &'p mut dyn FnMut(&Pact, Interaction),
}

impl<'de> Visitor<'de> for OneList<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a pact")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut found = false;
        while let Some(name) = entries.next_key::<String>()? {
            if name != self.name {
                entries.next_value::<IgnoredAny>()?;
                continue;
            }
            if std::mem::replace(&mut found, true) {
                return Err(serde::de::Error::custom("a list that is there twice"));
            }
            entries.next_value_seed(Items { pact: self.pact, name: self.name, each: &mut *self.each })?;
        }
        Ok(())
    }
}

/// The items of the list.
struct Items<'p> {
    pact: &'p Pact,
    name: &'static str,
    each: &'p mut dyn FnMut(&Pact, Interaction),
}

impl<'de> DeserializeSeed<'de> for Items<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(item) = items.next_element_seed(Whole)? {
            let at = format!("{}[{index}]", self.name);
            let read = interaction::read(item, self.pact.specification, self.name == "messages", &at);
            // what is wrong is said when the document is read as a whole
            (self.each)(self.pact, read.map_err(|_| serde::de::Error::custom("not an interaction"))?);
            index += 1;
        }
        Ok(())
    }
}

/// A value that is not nested too deeply.
struct Whole;

impl<'de> DeserializeSeed<'de> for Whole {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        let json = Json::deserialize(deserializer)?;
        if is_deeper_than(&json, DEEPEST - 2) {
            return Err(serde::de::Error::custom("nested too deeply"));
        }
        Ok(json)
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
