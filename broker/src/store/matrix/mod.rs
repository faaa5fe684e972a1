//! What the matrix decides over, found by index look-ups however long the history is.
//!
//! A question takes one statement, however much it finds: each statement is a way to the database and back. Names that
//! are not known and ignored ones take more.

mod answer;
mod choices;
mod evidence;
mod names;

pub use answer::{Answer, answer, deployable_instead};
pub use names::{Known, known, unknown_names};
