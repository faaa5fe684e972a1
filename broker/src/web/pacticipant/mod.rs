//! An application: [`page`] with its neighbours and the [`timeline`] of its versions, and each [`version`].

mod page;
mod timeline;
mod version;

pub(super) use page::page;
pub(super) use version::page as version;
