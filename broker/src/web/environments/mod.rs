//! Environments: what runs where [`side_by_side`], what could move from one to another ([`promotion`], decided in
//! [`verdicts`]), and what ran where and when ([`history`]).

mod history;
mod promotion;
mod side_by_side;
mod verdicts;

pub(super) use history::page as history;
pub(super) use promotion::page as promotion;
pub(super) use side_by_side::page as side_by_side;

use crate::domain::environment::Environment;
use crate::store::{Conn, StoreError, environments};

/// Every environment, those for production last: versions move towards them.
pub(super) async fn in_order(conn: &mut Conn) -> Result<Vec<Environment>, StoreError> {
    let mut all = environments::list(conn, None).await?;
    all.sort_by_key(|environment| environment.fields.production);
    Ok(all)
}
