//! The outcome for people and for programs. Reports are texts made of data: nothing here prints.

mod console;
mod html;
mod json;
mod junit;
mod markdown;
#[cfg(test)]
mod sample;
mod words;

pub use console::{Colours, console};
pub use html::html;
pub use json::json;
pub(crate) use json::title;
pub use junit::junit;
pub use markdown::{github_annotations, markdown};
