//! Printing for people and for programs.

mod ago;
mod format;
mod notices;
mod print;
mod style;
mod table;
mod verdict;

pub(crate) use format::{EnvironmentOutput, Output, json_text};
pub(crate) use notices::notice_lines;
pub(crate) use print::{print, print_error};
pub(crate) use style::Style;
pub(crate) use table::{fields, table};
pub(crate) use verdict::render_verdict;
