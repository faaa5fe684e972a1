//! Where paths lead in a multipart body: to parts by name, to their headers and into their contents.

use super::example::Example;
use crate::content::ContentKind;
use crate::content::multipart::Part;
use crate::path::{PathExpression, Token};
use crate::value::Value;

/// A part of a multipart body.
pub(super) struct PartExample {
    name: String,
    headers: Vec<String>,
    contents: Example,
}

impl PartExample {
    /// A part without a name is called by its position.
    pub(super) fn new((index, part): (usize, Part)) -> Self {
        let name = part.name.clone().unwrap_or_else(|| index.to_string());
        let headers = part.headers.iter().map(|(name, _)| name.clone()).collect();
        let contents = match part.is_file {
            true => Example::of_contents(&part.content, part.content_type().as_ref()),
            false => Example::Value { kind: ContentKind::Text, value: Value::Null },
        };
        Self { name, headers, contents }
    }
}

/// Why the path leads nowhere, if it does.
pub(super) fn dead_end(parts: &[PartExample], path: &PathExpression) -> Option<String> {
    let (first, rest) = path.tokens().split_first()?;
    let is_named = |part: &&PartExample| match first {
        Token::Field(name) => part.name == *name,
        Token::Index(index) => part.name == index.to_string(),
        Token::Star | Token::StarIndex => true,
    };
    let named: Vec<&PartExample> = parts.iter().filter(is_named).collect();
    let here = PathExpression::root().join(first.clone());
    if named.is_empty() {
        return Some(format!("the example has no part at {here}"));
    }
    let is_header = |part: &&PartExample| match rest {
        [Token::Field(name)] => part.headers.iter().any(|header| header.eq_ignore_ascii_case(name)),
        _ => false,
    };
    let rest = PathExpression::from_tokens(rest.to_vec());
    let ends = |part: &&PartExample| part.contents.dead_end(&rest).is_some();
    if named.iter().any(|part| is_header(part) || !ends(part)) {
        return None;
    }
    Some(format!("the part at {here} has nothing at {rest}"))
}
