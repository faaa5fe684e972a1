//! What the matrix decides over, found by index look-ups however long the history is.
//!
//! A question takes one statement for the names in it, one for the versions of each selector, one for the other side's
//! versions, one or two each for publications and verifications. How many that are depends on the question alone.

mod answer;
mod evidence;
mod names;
mod versions;

pub use answer::{Answer, answer, deployable_instead};
pub use names::{Known, known, unknown_names};
