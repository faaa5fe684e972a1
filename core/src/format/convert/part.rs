//! Requests, responses and messages in another version.

use super::note::{Effect, NotesAbout};
use crate::generator::{Generator, Generators};
use crate::pact::{
    Body, Fields, HttpRequest, HttpResponse, Interaction, InteractionKind, Message, Specification, is_list_field,
};
use crate::rule::{Category, Combine, MatchingRules, Rule, RuleEntry, RuleList};

pub(super) fn request(request: &mut HttpRequest, from: Specification, to: Specification, notes: &mut NotesAbout<'_>) {
    fields(&request.headers, to, "request", notes);
    foreign_rules(&mut request.rules, from, "request", notes);
    rules(&mut request.rules, to, "request", notes);
    generators(&request.generators, to, "request", notes);
}

pub(super) fn response(
    response: &mut HttpResponse,
    from: Specification,
    to: Specification,
    notes: &mut NotesAbout<'_>,
) {
    fields(&response.headers, to, "response", notes);
    foreign_rules(&mut response.rules, from, "response", notes);
    rules(&mut response.rules, to, "response", notes);
    generators(&response.generators, to, "response", notes);
}

pub(super) fn message(message: &mut Message, to: Specification, place: &str, notes: &mut NotesAbout<'_>) {
    rules(&mut message.rules, to, place, notes);
    generators(&message.generators, to, place, notes);
}

fn below(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_owned() } else { format!("{place}.{name}") }
}

/// Before V4, the values of a field are one text, which is taken apart again for the fields that are lists by definition.
fn fields(headers: &Fields, to: Specification, place: &str, notes: &mut NotesAbout<'_>) {
    if to >= Specification::V4 {
        return;
    }
    for (name, values) in headers {
        if values.len() != 1 && !is_list_field(name) {
            let message = format!("its {} values become the one text '{}'", values.len(), values.join(", "));
            notes.add(Effect::Changed, &format!("{place}.headers['{name}']"), message);
        }
    }
}

/// What V1 knows nothing of would begin to apply.
fn foreign_rules(rules: &mut MatchingRules, from: Specification, place: &str, notes: &mut NotesAbout<'_>) {
    if from <= Specification::V1_1 && rules.drop_kept() {
        let message = format!("version {from} has no rules, so they never applied");
        notes.add(Effect::Dropped, &below(place, "matchingRules"), message);
    }
}

fn rules(rules: &mut MatchingRules, to: Specification, place: &str, notes: &mut NotesAbout<'_>) {
    if to >= Specification::V4 {
        return;
    }
    let mut converted = MatchingRules::default();
    for category in Category::ALL {
        for entry in rules.of(category) {
            let at = match (category.is_single(), entry.path.tokens()) {
                (true, _) | (_, []) if category != Category::Body => category.as_str().to_owned(),
                _ => format!("{}['{}']", category.as_str(), entry.path),
            };
            let at = below(place, &format!("matchingRules.{at}"));
            let list = if to < Specification::V3 { first_rule(entry, &at, notes) } else { Some(entry.rules.clone()) };
            let Some(list) = list else { continue };
            for rule in &list.rules {
                note_younger(rule, category, to, &at, notes);
            }
            converted.add(category, entry.path.clone(), list);
        }
    }
    for (key, value) in rules.kept() {
        converted.keep(key.clone(), value.clone());
    }
    *rules = converted;
}

/// V2 has one rule at a path.
fn first_rule(entry: &RuleEntry, at: &str, notes: &mut NotesAbout<'_>) -> Option<RuleList> {
    let (first, rest) = entry.rules.rules.split_first()?;
    if !rest.is_empty() {
        let names: Vec<&str> = rest.iter().map(Rule::name).collect();
        let (effect, or) = match entry.rules.combine {
            Combine::And => (Effect::Dropped, ""),
            Combine::Or => (Effect::Changed, ", so that it has to hold, where one of them was enough"),
        };
        let message =
            format!("version 2 has one rule at a path: '{}' stays, without '{}'{or}", first.name(), names.join("', '"));
        notes.add(effect, at, message);
    }
    let unknown = entry.rules.unknown.first().cloned().into_iter().filter(|unknown| !unknown.is_empty()).collect();
    Some(RuleList { rules: vec![first.clone()], combine: Combine::And, unknown })
}

fn note_younger(rule: &Rule, category: Category, to: Specification, at: &str, notes: &mut NotesAbout<'_>) {
    let message = match since(rule, category) {
        None => format!("the rule '{}' is of no version", rule.name()),
        Some(since) if since > to => {
            let name = rule.name();
            format!("the rule '{name}' is of version {since}; the official tools apply it in version {to} as well")
        }
        Some(_) => return,
    };
    notes.add(Effect::Kept, at, message);
}

/// The first version that names the rule; `None` for extensions and what is unknown.
fn since(rule: &Rule, category: Category) -> Option<Specification> {
    let since = match rule {
        Rule::Type(_) | Rule::Regex(_) => Specification::V2,
        Rule::Equality
        | Rule::Include(_)
        | Rule::Integer
        | Rule::Decimal
        | Rule::Number
        | Rule::Null
        | Rule::DateTime(_) => Specification::V3,
        Rule::Boolean
        | Rule::NotEmpty
        | Rule::Semver
        | Rule::ContentType(_)
        | Rule::StatusCode(_)
        | Rule::Values
        | Rule::EachKey(_)
        | Rule::EachValue(_)
        | Rule::ArrayContains(_) => Specification::V4,
        Rule::Schema(_) | Rule::Other(_) => return None,
    };
    Some(if category == Category::Status { Specification::V4 } else { since })
}

/// Generators came with V3, those of URLs and status codes with V4.
fn generators(generators: &Generators, to: Specification, place: &str, notes: &mut NotesAbout<'_>) {
    for entry in generators.iter() {
        let is_v4 = matches!(entry.generator, Generator::MockServerUrl(_)) || entry.category == "status";
        let since = if is_v4 { Specification::V4 } else { Specification::V3 };
        if since > to {
            let key = if entry.key.is_empty() { String::new() } else { format!("['{}']", entry.key) };
            let at = below(place, &format!("generators.{}{key}", entry.category));
            let message =
                format!("this generator is of version {since}; the official tools run it in version {to} as well");
            notes.add(Effect::Kept, &at, message);
        }
    }
}

/// Notes bodies that the new file does not read as the original did.
pub(super) fn check_bodies(before: &Interaction, after: &Interaction, notes: &mut NotesAbout<'_>) {
    let mut check = |place: &str, before: &Body, after: &Body| {
        if let Some(message) = difference(before, after) {
            notes.add(Effect::Changed, place, message);
        }
    };
    match (&before.kind, &after.kind) {
        (InteractionKind::Http(before), InteractionKind::Http(after)) => {
            check("request.body", &before.request.body, &after.request.body);
            check("response.body", &before.response.body, &after.response.body);
        }
        (InteractionKind::AsynchronousMessage(before), InteractionKind::AsynchronousMessage(after)) => {
            check("contents", &before.contents, &after.contents);
        }
        (InteractionKind::SynchronousMessage(before), InteractionKind::SynchronousMessage(after)) => {
            check("request.contents", &before.request.contents, &after.request.contents);
            for (index, (before, after)) in before.responses.iter().zip(&after.responses).enumerate() {
                check(&format!("response[{index}].contents"), &before.contents, &after.contents);
            }
        }
        _ => {}
    }
}

fn difference(before: &Body, after: &Body) -> Option<String> {
    let (Body::Present(before), Body::Present(after)) = (before, after) else {
        return (before != after).then(|| "it is read as another kind of body".to_owned());
    };
    let json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).ok();
    let same_bytes = before.bytes == after.bytes
        || json(&before.bytes).is_some_and(|before| json(&after.bytes).is_some_and(|after| before == after));
    let essence = |contents: &crate::pact::Contents| {
        let stated = contents.content_type.clone();
        let content_type = stated.or_else(|| crate::content::detect(&contents.bytes));
        content_type.map(|content_type| content_type.as_str().to_ascii_lowercase())
    };
    let (stated, read) = (essence(before), essence(after));
    let named = |content_type: Option<String>| content_type.unwrap_or_else(|| "nothing known".to_owned());
    if stated != read {
        return Some(format!(
            "without a header for it, its content type {} is lost, and it is read as {}",
            named(stated),
            named(read)
        ));
    }
    (!same_bytes).then(|| "its bytes are read differently".to_owned())
}
