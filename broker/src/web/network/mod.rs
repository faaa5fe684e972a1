//! The network of applications as a drawing: [`graph`] is who calls whom, [`layout`] where everything stands, [`svg`] and
//! [`dot`] what it looks like, [`page`] the page around it.

mod dot;
mod graph;
mod layout;
mod page;
mod svg;
mod teams;

pub(super) use page::{as_dot, as_svg, page};
