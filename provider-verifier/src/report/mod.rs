//! The outcome for people and for programs. Reports are texts made of data: nothing here prints.

mod console;
mod json;
mod junit;
#[cfg(test)]
mod sample;

pub use console::{Colours, console};
pub use json::json;
pub(crate) use json::title;
pub use junit::junit;
