//! What keeps people from using a page, as far as a program can find it out.

use anyhow::Result;

use crate::browser::Browser;

/// Runs in the page.
const CHECK: &str = include_str!("accessibility.js");

/// Every problem of the page that the browser shows, a sentence each: names, roles, references, landmarks, headings,
/// lists, tables, keys and contrast.
///
/// # Errors
///
/// The browser has gone away, or the page keeps the check from running.
pub fn problems(browser: &mut Browser) -> Result<Vec<String>> {
    let found = browser.value(CHECK)?;
    let sentences = found.as_array().into_iter().flatten();
    Ok(sentences.filter_map(|sentence| sentence.as_str().map(str::to_owned)).collect())
}
