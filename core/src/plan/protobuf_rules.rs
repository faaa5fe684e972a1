//! The rules on a protobuf message, as those mean them who wrote them.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use crate::path::Token;
use crate::rule::{Bounds, Category, Combine, MatchingRules, Rule, RuleEntry};
use crate::value::Value;

/// Who wrote a message's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Author {
    /// This implementation: all rules count, wherever they stand.
    Ours,
    /// The ecosystem's plugin, or nobody knows: what counts with the plugin counts here.
    Others,
}

/// The rules on a message, ready to be looked up by path.
pub(super) fn rules_of(descriptor: &MessageDescriptor, rules: &MatchingRules, author: Author) -> Vec<RuleEntry> {
    let mut entries: Vec<RuleEntry> = rules.of(Category::Body).cloned().collect();
    if author == Author::Ours {
        // for readers who do not know an `Any`'s type, any bytes fit where its fields have rules of their own
        let all = entries.clone();
        entries.retain(|entry| {
            !is_value_of_any(descriptor, entry.path.tokens()) || !all.iter().any(|other| is_below(other, entry))
        });
        return entries;
    }
    let hiding: Vec<RuleEntry> =
        entries.iter().filter(|entry| each_value_decides_alone(descriptor, entry)).cloned().collect();
    entries.retain(|entry| !hiding.iter().any(|hiding| is_below(entry, hiding)));
    for entry in &mut entries {
        // with the plugin, alternatives are for single values; of a list or map all that is asked has to hold
        if field_at(descriptor, entry.path.tokens()).is_some_and(|field| field.is_list() || field.is_map()) {
            entry.rules.combine = Combine::And;
        }
    }
    entries
}

/// With the plugin, `eachValue` compares items by its own rules and no others, unless a further rule asks for them.
fn each_value_decides_alone(descriptor: &MessageDescriptor, entry: &RuleEntry) -> bool {
    let rules = &entry.rules.rules;
    let speaks_of_items = |rule: &Rule| matches!(rule, Rule::EachValue(each) if !each.rules.is_empty());
    let only_each = rules.iter().all(|rule| matches!(rule, Rule::EachKey(_) | Rule::EachValue(_)));
    only_each
        && rules.iter().any(speaks_of_items)
        && field_at(descriptor, entry.path.tokens()).is_some_and(|field| field.is_list() || field.is_map())
}

fn is_below(entry: &RuleEntry, above: &RuleEntry) -> bool {
    let (tokens, prefix) = (entry.path.tokens(), above.path.tokens());
    tokens.len() > prefix.len() && tokens.starts_with(prefix)
}

/// The kind of the value at a path: of a field, a list's item or a map's value.
fn kind_at(descriptor: &MessageDescriptor, path: &[Token]) -> Option<Kind> {
    let (Token::Field(name), mut rest) = path.split_first()? else { return None };
    let field = descriptor.get_field_by_name(name)?;
    let mut kind = field.kind();
    if (field.is_map() || field.is_list())
        && let Some((_, below)) = rest.split_first()
    {
        rest = below;
    }
    if field.is_map()
        && let Kind::Message(entry) = &kind
    {
        kind = entry.map_entry_value_field().kind();
    }
    match kind {
        _ if rest.is_empty() => Some(kind),
        Kind::Message(descriptor) => kind_at(&descriptor, rest),
        _ => None,
    }
}

/// The field that a path names as a whole; none for a list's item or a map's value.
pub(super) fn field_at(descriptor: &MessageDescriptor, path: &[Token]) -> Option<FieldDescriptor> {
    let (Token::Field(name), rest) = path.split_first()? else { return None };
    let field = descriptor.get_field_by_name(name)?;
    if rest.is_empty() {
        return Some(field);
    }
    let of_member = if field.is_list() || field.is_map() { &rest[1..] } else { rest };
    let kind = match field.kind() {
        Kind::Message(entry) if field.is_map() => entry.map_entry_value_field().kind(),
        kind => kind,
    };
    match kind {
        Kind::Message(descriptor) => field_at(&descriptor, of_member),
        _ => None,
    }
}

fn is_value_of_any(descriptor: &MessageDescriptor, path: &[Token]) -> bool {
    let Some((Token::Field(last), above)) = path.split_last() else { return false };
    let is_any = |kind| matches!(kind, Kind::Message(message) if message.full_name() == "google.protobuf.Any");
    last == "value" && kind_at(descriptor, above).is_some_and(is_any)
}

/// The example without lists that may be empty, because their author said so.
pub(super) fn without_optional_lists(mut example: Value, entries: &[RuleEntry]) -> Value {
    for entry in entries {
        let may_be_empty = |rule: &Rule| matches!(rule, Rule::Type(Bounds { min: Some(0), .. }));
        if entry.rules.rules.iter().any(may_be_empty) {
            remove(&mut example, entry.path.tokens());
        }
    }
    example
}

fn remove(value: &mut Value, path: &[Token]) {
    let Some((token, below)) = path.split_first() else { return };
    match (value, token) {
        (Value::Map(map), Token::Field(name)) if below.is_empty() => {
            map.shift_remove(name);
        }
        (Value::Map(map), Token::Field(name)) => {
            if let Some(member) = map.get_mut(name) {
                remove(member, below);
            }
        }
        (Value::Map(map), Token::Star) => map.values_mut().for_each(|member| remove(member, below)),
        (Value::List(items), Token::Star | Token::StarIndex) => items.iter_mut().for_each(|item| remove(item, below)),
        (Value::List(items), Token::Index(index)) => {
            if let Some(item) = items.get_mut(*index) {
                remove(item, below);
            }
        }
        _ => {}
    }
}
