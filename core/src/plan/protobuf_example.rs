//! The example of a protobuf message, made ready for comparing: what the ecosystem's plugin does to lists, maps and texts.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};
use serde_json::Value as Json;

use super::rule_tree::{Cursor, RuleTree, Selected};
use crate::path::{PathExpression, Token};
use crate::protobuf::float_as_text;
use crate::rule::{Bounds, Rule, RuleEntry};
use crate::value::{Map, Value};

/// An example ready for comparing, with the rules that take the place of what it leaves unsaid.
pub(super) struct Example {
    pub(super) value: Value,
    pub(super) further_rules: Vec<RuleEntry>,
}

impl Example {
    /// Finds what needs care in an example:
    ///
    /// * Lists that neither a rule nor `expectations` speak of stand for any list. They are emptied: with a `type` rule, an
    ///   empty example takes everything.
    /// * `notEmpty` of a message is asked of the lists and maps in it too.
    /// * A fraction on which a rule on text was put is compared as text.
    pub(super) fn prepare(
        descriptor: &MessageDescriptor,
        mut value: Value,
        entries: &[RuleEntry],
        expectations: Option<&Json>,
    ) -> Self {
        let mut visit = Visit { rules: RuleTree::new(entries), stack: Vec::new(), found: Vec::new() };
        let root = visit.rules.root(&mut visit.stack);
        visit.message(descriptor, &mut value, root, &PathExpression::root(), expectations);
        Self { value, further_rules: visit.found }
    }
}

struct Visit {
    rules: RuleTree,
    stack: Vec<u32>,
    found: Vec<RuleEntry>,
}

impl Visit {
    fn message(
        &mut self,
        descriptor: &MessageDescriptor,
        value: &mut Value,
        cursor: Cursor,
        path: &PathExpression,
        written: Option<&Json>,
    ) {
        let Value::Map(fields) = value else { return };
        for (name, value) in &mut *fields {
            let Some(field) = descriptor.get_field_by_name(name) else { continue };
            let end = self.stack.len();
            let below = self.rules.key(cursor, name, &mut self.stack);
            let path = path.join(Token::Field(name.clone()));
            self.field(&field, value, below, &path, written.and_then(|written| written.get(name)));
            self.stack.truncate(end);
        }
        let agreed = fields.len();
        self.add_empty_lists(descriptor, fields, cursor, written);
        self.add_empty_maps(descriptor, fields, cursor, path);
        if fields.len() > agreed {
            // messages are read along with the example, in the schema's order
            fields.sort_by_cached_key(|name, _| descriptor.fields().position(|field| field.name() == name));
        }
    }

    /// A map that the example does not have is compared all the same, which only `notEmpty` further up notices.
    fn add_empty_maps(
        &mut self,
        descriptor: &MessageDescriptor,
        fields: &mut Map,
        cursor: Cursor,
        path: &PathExpression,
    ) {
        for field in descriptor.fields().filter(FieldDescriptor::is_map) {
            if fields.contains_key(field.name()) {
                continue;
            }
            let end = self.stack.len();
            let below = self.rules.key(cursor, field.name(), &mut self.stack);
            let asked = self.found.len();
            self.ask_of_whole(below, &path.join(Token::Field(field.name().to_owned())));
            if self.found.len() > asked {
                fields.insert(field.name().to_owned(), Value::Map(Map::default()));
            }
            self.stack.truncate(end);
        }
    }

    /// A list that was written as empty leaves no bytes, yet it says that nothing may come.
    fn add_empty_lists(
        &mut self,
        descriptor: &MessageDescriptor,
        fields: &mut Map,
        cursor: Cursor,
        written: Option<&Json>,
    ) {
        for (name, _) in
            written.and_then(Json::as_object).into_iter().flatten().filter(|(_, value)| is_empty_list(value))
        {
            let is_list = descriptor.get_field_by_name(name).is_some_and(|field| field.is_list());
            let end = self.stack.len();
            let below = self.rules.key(cursor, name, &mut self.stack);
            if is_list && !fields.contains_key(name) && self.rules.selected(below).is_none() {
                fields.insert(name.clone(), Value::List(Vec::new()));
            }
            self.stack.truncate(end);
        }
    }

    fn field(
        &mut self,
        field: &FieldDescriptor,
        value: &mut Value,
        cursor: Cursor,
        path: &PathExpression,
        written: Option<&Json>,
    ) {
        if field.is_map() {
            return self.ask_of_whole(cursor, path);
        }
        if field.is_list() && self.open(value, cursor, path, written) {
            return;
        }
        match (value, field.kind()) {
            (Value::List(items), kind) => {
                self.ask_of_whole(cursor, path);
                for (index, item) in items.iter_mut().enumerate() {
                    let end = self.stack.len();
                    let below = self.rules.index(cursor, index, &mut self.stack);
                    let written = written.and_then(|written| written.get(index));
                    self.single(&kind, item, below, &path.join(Token::Index(index)), written);
                    self.stack.truncate(end);
                }
            }
            (value, kind) => self.single(&kind, value, cursor, path, written),
        }
    }

    fn single(
        &mut self,
        kind: &Kind,
        value: &mut Value,
        cursor: Cursor,
        path: &PathExpression,
        written: Option<&Json>,
    ) {
        match kind {
            Kind::Message(descriptor) if !is_json(descriptor) => self.message(descriptor, value, cursor, path, written),
            Kind::Double | Kind::Float if self.rules.selected(cursor).is_some_and(is_on_text) => {
                *value = float_as_text(kind, value);
            }
            _ => {}
        }
    }

    /// `notEmpty` further up is asked of a list or map as well.
    fn ask_of_whole(&mut self, cursor: Cursor, path: &PathExpression) {
        let Some(Selected { list, cascaded: true }) = self.rules.selected(cursor) else { return };
        if list.rules.iter().any(|compiled| compiled.rule == Rule::NotEmpty) {
            self.found.push(RuleEntry { path: path.clone(), rules: Rule::NotEmpty.into() });
        }
    }

    /// Whether the list was opened.
    fn open(&mut self, value: &mut Value, cursor: Cursor, path: &PathExpression, written: Option<&Json>) -> bool {
        if written.is_some() || self.rules.selected(cursor).is_some() {
            return false;
        }
        *value = Value::List(Vec::new());
        self.found.push(RuleEntry { path: path.clone(), rules: Rule::Type(Bounds::default()).into() });
        true
    }
}

fn is_empty_list(json: &Json) -> bool {
    json.as_array().is_some_and(Vec::is_empty)
}

/// A message that is compared as the JSON it stands for.
fn is_json(descriptor: &MessageDescriptor) -> bool {
    descriptor.full_name() == "google.protobuf.Struct"
}

fn is_on_text(selected: Selected<'_>) -> bool {
    selected.list.rules.iter().any(|compiled| matches!(compiled.rule, Rule::Regex(_) | Rule::Include(_)))
}
