//! Can I deploy? And the matrix that answers it.
//!
//! [`question`] reads what a form or a link asks; [`answer`] is the verdict in one sentence with what stands in the way;
//! [`advice`] says what to do about it; [`table`] is the matrix.

mod advice;
mod answer;
mod can_i_deploy;
mod form;
mod matrix;
mod question;
mod table;

pub(super) use can_i_deploy::page as can_i_deploy;
pub(super) use matrix::{of_pair as matrix_of_pair, page as matrix};
