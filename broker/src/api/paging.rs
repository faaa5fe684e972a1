//! Pages of lists.

use serde_json::{Map, Value, json};

use super::hal::link;
use super::links::Links;
use super::problem::ApiError;
use super::query::Query;
use crate::domain::field_problem::FieldProblem;
use crate::store::Page;

/// The size of a page when only its number is given.
const DEFAULT_SIZE: i64 = 100;

/// The page a query asks for, if it asks for one.
pub(super) fn page(query: &Query) -> Result<Option<Page>, ApiError> {
    let mut problems = Vec::new();
    let mut number = |names: [&str; 2]| {
        let (name, text) = names.iter().find_map(|name| Some((*name, query.text(name)?)))?;
        let what = "must be a whole number, 1 or more";
        match text.parse::<i64>() {
            Ok(number) if number >= 1 => return Some(number),
            Ok(_) => problems.push(FieldProblem::invalid(name, what)),
            Err(_) => problems.push(FieldProblem::unreadable(name, what)),
        }
        None
    };
    let (page, size) = (number(["page", "pageNumber"]), number(["size", "pageSize"]));
    if !problems.is_empty() {
        return Err(ApiError::Parameters(problems));
    }
    if page.is_none() && size.is_none() {
        return Ok(None);
    }
    Ok(Some(Page { number: page.unwrap_or(1), size: size.unwrap_or(DEFAULT_SIZE) }))
}

/// The page a query asks for, or the first.
pub(super) fn page_or_first(query: &Query) -> Result<Page, ApiError> {
    Ok(page(query)?.unwrap_or(Page { number: 1, size: DEFAULT_SIZE }))
}

/// Adds what a client needs to turn pages.
pub(super) fn add_page(document: &mut Map<String, Value>, links: &Links, page: Option<Page>, total: i64) {
    let Some(page) = page else { return };
    let pages = (total + page.size - 1) / page.size;
    let at = |number: i64| link(format!("{}?pageNumber={number}&pageSize={}", links.here_without_query(), page.size));
    if let Some(Value::Object(rels)) = document.get_mut("_links") {
        if page.number < pages {
            rels.insert("next".to_owned(), at(page.number + 1));
        }
        if page.number > 1 {
            rels.insert("previous".to_owned(), at(page.number - 1));
        }
    }
    document.insert(
        "page".to_owned(),
        json!({ "number": page.number, "size": page.size, "totalElements": total, "totalPages": pages }),
    );
}
