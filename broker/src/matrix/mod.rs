//! Versions × versions → verdict: the matrix, can-i-deploy, and its explanation.
//!
//! [`query`] says what is asked. The store resolves it to [`selector::ResolvedSelector`]s, publications and
//! verifications; [`rows`] joins those into rows; [`decision`] decides over them; [`explain`] puts it in words. Nothing here
//! touches a table, so every rule is tested as a function.

pub mod decision;
pub mod explain;
pub mod query;
pub mod remedy;
pub mod rows;
pub mod selector;

pub use decision::{Verdict, decide};
pub use query::MatrixQuery;
pub use rows::Row;
