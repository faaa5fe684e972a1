//! A request, response or message with all that rules and generators can speak of.

use prost_reflect::MessageDescriptor;

use super::example::Example;
use crate::generator::Generators;
use crate::pact::{Attributes, HttpRequest, HttpResponse, Message};
use crate::rule::{Category, MatchingRules};

pub(super) struct Part<'a> {
    pub(super) at: String,
    /// The name of the body's attribute.
    pub(super) body_name: &'static str,
    pub(super) example: Example,
    pub(super) rules: &'a MatchingRules,
    pub(super) generators: &'a Generators,
    pub(super) unknown: &'a Attributes,
    /// Whose names there are in each category of names; a category that is not here has no meaning for the part.
    names: Vec<(Category, Vec<&'a str>)>,
    single: Option<Category>,
}

impl<'a> Part<'a> {
    pub(super) fn request(request: &'a HttpRequest, at: String) -> Self {
        let headers = request.headers.keys().map(String::as_str).collect();
        let query = request.query.keys().map(String::as_str).collect();
        Self {
            at,
            body_name: "body",
            example: Example::of(&request.body),
            rules: &request.rules,
            generators: &request.generators,
            unknown: &request.unknown,
            names: vec![(Category::Header, headers), (Category::Query, query)],
            single: Some(Category::Path),
        }
    }

    pub(super) fn response(response: &'a HttpResponse, at: String) -> Self {
        let headers = response.headers.keys().map(String::as_str).collect();
        Self {
            at,
            body_name: "body",
            example: Example::of(&response.body),
            rules: &response.rules,
            generators: &response.generators,
            unknown: &response.unknown,
            names: vec![(Category::Header, headers)],
            single: Some(Category::Status),
        }
    }

    pub(super) fn message(message: &'a Message, at: String) -> Self {
        let metadata = message.metadata.keys().map(String::as_str).collect();
        Self {
            at,
            body_name: "contents",
            example: Example::of(&message.contents),
            rules: &message.rules,
            generators: &message.generators,
            unknown: &message.unknown,
            names: vec![(Category::Metadata, metadata)],
            single: None,
        }
    }

    /// The part with a protobuf message of that type in it, where one is known.
    #[must_use]
    pub(super) fn of_type(mut self, message: Option<MessageDescriptor>) -> Self {
        if let Some(message) = message {
            self.example = Example::Message(message);
        }
        self
    }

    /// The part with contents that belong to a plugin, unless they are of a kind that is read without one.
    #[must_use]
    pub(super) fn of_plugin(mut self) -> Self {
        if self.example.is_unstructured() {
            self.example = Example::Opaque;
        }
        self
    }

    /// Why nothing in the part is named so, if nothing is. A name that is missing stands for the whole category.
    pub(super) fn misses_name(&self, category: Category, name: Option<&str>) -> Option<String> {
        if category.is_single() {
            let has = self.single == Some(category);
            return (!has).then(|| format!("there is no {} here", category.as_str()));
        }
        let Some((_, names)) = self.names.iter().find(|(known, _)| *known == category) else {
            return Some(format!("there is no {} here", category.as_str()));
        };
        let fits = |known: &&str| match (category, name) {
            (_, None) => true,
            (Category::Query, Some(name)) => *known == name,
            (_, Some(name)) => known.eq_ignore_ascii_case(name),
        };
        if names.iter().any(fits) {
            return None;
        }
        let what = match category {
            Category::Header => "header",
            Category::Query => "query parameter",
            _ => "metadata entry",
        };
        Some(match name {
            Some(name) => format!("the example has no {what} '{name}'"),
            None => format!("the example has no {what}"),
        })
    }
}
