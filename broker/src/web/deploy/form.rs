//! The form that asks.

use super::question::Asked;
use crate::store::{Conn, StoreError, environments, pacticipants};
use crate::web::site::Site;

/// What there is to choose from, and what was chosen.
pub(super) struct Form {
    pub(super) action: String,
    pub(super) asked: Asked,
    pub(super) pacticipants: Vec<String>,
    pub(super) environments: Vec<EnvironmentOption>,
}

/// An environment to choose.
pub(super) struct EnvironmentOption {
    pub(super) name: String,
    pub(super) shown: String,
    pub(super) selected: bool,
}

impl Form {
    pub(super) async fn load(conn: &mut Conn, site: &Site, asked: Asked) -> Result<Self, StoreError> {
        let mut pacticipants = pacticipants::names(conn).await?;
        pacticipants.sort_by_key(|name| name.to_lowercase());
        let environments = environments::list(conn, None).await?;
        // what people ask about most is production
        let preset = environments.iter().find(|environment| environment.fields.production && asked.to.is_empty());
        let chosen = if asked.environment.is_empty() {
            preset.map(|environment| environment.fields.name.clone()).unwrap_or_default()
        } else {
            asked.environment.clone()
        };
        Ok(Self {
            action: site.to(&["can-i-deploy"]),
            pacticipants,
            environments: environments
                .into_iter()
                .map(|environment| EnvironmentOption {
                    selected: environment.fields.name == chosen,
                    shown: environment.fields.display_name.unwrap_or_else(|| environment.fields.name.clone()),
                    name: environment.fields.name,
                })
                .collect(),
            asked,
        })
    }
}
