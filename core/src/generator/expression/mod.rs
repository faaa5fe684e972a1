//! Expressions for moments relative to now: `today + 1 day`, `next monday @ 10 o'clock`, `- 2 weeks @ + 1 hour`.
//!
//! Before `@` stand steps by days and more, behind it steps by hours and less. Each side is a base (`now`, `today`,
//! `yesterday`, `tomorrow`; `now`, `midnight`, `noon`, `10 o'clock am`) and steps (`+ 2 weeks`, `next june`, `last hour`),
//! and any of it may be missing. Without an `@`, days pass and the time of day stays.

mod parser;
mod step;
mod tokens;

pub use parser::{Expression, ExpressionError};
