//! Reading many pacts that agree on the same things.

use std::collections::HashMap;
use std::sync::Arc;

use super::FormatError;
use super::stream::{Dialect, Item, Unread};
use crate::pact::{Interaction, Pact};

/// Reads pact files, and an interaction that several of them have to the letter only once: the consumers of one provider
/// often share what they rely on.
///
/// ```
/// # use countersign_core::format::SharedReader;
/// let file = br#"{"consumer":{"name":"web"},"provider":{"name":"stock"},"interactions":[{"description":"a check"}]}"#;
/// let mut reader = SharedReader::default();
/// let (pact, interactions) = reader.read(file)?;
/// assert_eq!((pact.consumer.as_str(), interactions[0].description.as_str()), ("web", "a check"));
/// # Ok::<(), countersign_core::format::FormatError>(())
/// ```
#[derive(Debug, Default)]
pub struct SharedReader {
    known: HashMap<Dialect, HashMap<Box<str>, Arc<Interaction>>>,
}

impl SharedReader {
    /// The pact without its interactions, and beside it the interactions in file order.
    ///
    /// # Errors
    ///
    /// As [`read`](super::read).
    pub fn read(&mut self, bytes: &[u8]) -> Result<(Pact, Vec<Arc<Interaction>>), FormatError> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        if let Some(unread) = Unread::new(bytes)
            && let Some(interactions) = unread.items().map(|item| self.interaction(item)).collect()
        {
            return Ok((unread.pact, interactions));
        }
        let mut pact = super::read(bytes)?;
        let interactions = std::mem::take(&mut pact.interactions);
        Ok((pact, interactions.into_iter().map(Arc::new).collect()))
    }

    fn interaction(&mut self, item: Item<'_>) -> Option<Arc<Interaction>> {
        let known = self.known.entry(item.dialect).or_default();
        if let Some(interaction) = known.get(item.text) {
            return Some(Arc::clone(interaction));
        }
        let interaction = Arc::new(item.read()?);
        known.insert(item.text.into(), Arc::clone(&interaction));
        Some(interaction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pact(version: &str, lists: &str) -> String {
        format!(
            r#"{{"consumer":{{"name":"a"}},"provider":{{"name":"b"}},{lists},
                "metadata":{{"pactSpecification":{{"version":"{version}"}}}}}}"#
        )
    }

    #[test]
    fn what_is_equal_to_the_letter_is_read_once() {
        let mut reader = SharedReader::default();
        let mut read = |text: &str| reader.read(text.as_bytes()).unwrap();
        let (hollow, first) = read(&pact("3.0.0", r#""interactions":[{"description":"x"},{"description":"y"}]"#));
        assert!(hollow.interactions.is_empty());
        let (_, second) = read(&pact("3.0.0", r#""interactions":[{"description":"y"}]"#));
        assert!(Arc::ptr_eq(&first[1], &second[0]));
        // the same text, and yet another interaction
        let (_, newer) = read(&pact("4.0", r#""interactions":[{"description":"y","pending":true}]"#));
        let (_, older) = read(&pact("3.0.0", r#""interactions":[{"description":"y","pending":true}]"#));
        assert!(newer[0].pending && !older[0].pending);
        let (_, message) = read(&pact("3.0.0", r#""messages":[{"description":"y"}]"#));
        assert!(first[1].http().is_some() && message[0].http().is_none());
    }

    #[test]
    fn what_is_odd_is_read_or_refused_as_ever() {
        for text in [
            pact("3.0.0", r#""interactions":[{"description":1}]"#),
            pact("3.0.0", r#""interactions":[1]"#),
            pact("3.0.0", r#""interactions":{}"#),
            "{".to_owned(),
        ] {
            let whole = super::super::read(text.as_bytes()).map_err(|error| error.to_string());
            let shared = SharedReader::default().read(text.as_bytes()).map_err(|error| error.to_string());
            let shared = shared.map(|(pact, interactions)| Pact {
                interactions: interactions.into_iter().map(|it| (*it).clone()).collect(),
                ..pact
            });
            assert_eq!(shared, whole, "{text}");
        }
    }
}
