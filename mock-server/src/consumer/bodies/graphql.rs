//! GraphQL over HTTP (GraphQL Foundation's draft of May 2023, §6): a `POST` whose JSON body has query and variables.

use countersign_core::pattern::{Matcher, regex};
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::graphql_tokens::expression;
use crate::consumer::text::to_json;

/// What a GraphQL client sends.
pub(in crate::consumer) struct GraphQl(Json);

impl GraphQl {
    /// # Panics
    ///
    /// When the query is no GraphQL, does not have the operation, or the variables are no object.
    #[track_caller]
    pub(in crate::consumer) fn new(operation: Option<&str>, query: &str, variables: impl Serialize) -> Self {
        if let Err(error) = graphql_parser::parse_query::<&str>(query) {
            panic!("the query is no GraphQL: {}", error.to_string().trim_start_matches("query parse error: ").trim());
        }
        let mut body = json!({});
        if let Some(operation) = operation {
            assert!(has_operation(query, operation), "the query has no operation {operation:?}");
            body["operationName"] = operation.into();
        }
        body["query"] = in_any_layout(query).into();
        match to_json(variables) {
            Json::Null => {}
            variables @ Json::Object(_) => body["variables"] = variables,
            other => panic!("variables have names, such as {{ \"sku\": \"ABC-1\" }}, but these are {other}"),
        }
        Self(body)
    }

    pub(in crate::consumer) fn into_body(self) -> Json {
        self.0
    }
}

fn in_any_layout(query: &str) -> Matcher {
    regex(&expression(query), query)
}

fn has_operation(query: &str, wanted: &str) -> bool {
    use graphql_parser::query::{Definition, OperationDefinition};
    let Ok(document) = graphql_parser::parse_query::<&str>(query) else { return false };
    document.definitions.iter().any(|definition| match definition {
        Definition::Operation(OperationDefinition::Query(query)) => query.name == Some(wanted),
        Definition::Operation(OperationDefinition::Mutation(mutation)) => mutation.name == Some(wanted),
        Definition::Operation(OperationDefinition::Subscription(subscription)) => subscription.name == Some(wanted),
        _ => false,
    })
}
