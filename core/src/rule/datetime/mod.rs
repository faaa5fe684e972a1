//! `date`, `time`, `datetime` (and its older name `timestamp`): a text written by a format of Java's letters.
//!
//! The format is compiled once, when the rule is read. [`reader`] decides about values, [`writer`] writes moments for
//! generators; both walk the same parts, so that what is written is what is read. Which letters there are, how many of each
//! are allowed and which values they take follows the tools in use, also where Java is more generous: `yyyy` takes one to
//! four digits and no sign, `D` ends at 356, `z` knows no `UTC`, and `V` no zone with more than one part after its region.

mod field;
mod format;
mod reader;
mod rule;
#[cfg(test)]
mod tests;
mod writer;
mod zones;

pub use format::{DateTimeFormat, FormatError};
pub use reader::{Expected, ReadError, Unit};
pub use rule::{DateTimeKind, DateTimeRule};
