//! The form that asks.

use super::question::Asked;
use crate::store::{self, Conn, StoreError, branches, environments, pacticipants, version_details, versions};
use crate::web::components::{Places, Version};
use crate::web::site::Site;

/// How many versions and branches are suggested.
const MOST_SUGGESTED: i64 = 10;

/// What there is to choose from, and what was chosen.
pub(super) struct Form {
    pub(super) action: String,
    pub(super) asked: Asked,
    pub(super) pacticipants: Vec<String>,
    pub(super) environments: Vec<EnvironmentOption>,
    /// The branches of the application that was asked about.
    pub(super) branches: Vec<String>,
    /// Its newest versions, each leading to the question about it.
    pub(super) versions: Vec<Suggestion>,
}

/// A version to ask about.
pub(super) struct Suggestion {
    pub(super) version: Version,
    pub(super) places: Places,
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
        let (branches, versions) = suggestions(conn, site, &asked, &chosen).await?;
        Ok(Self {
            branches,
            versions,
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

/// Branches and newest versions of the application, if it is known.
async fn suggestions(
    conn: &mut Conn,
    site: &Site,
    asked: &Asked,
    environment: &str,
) -> Result<(Vec<String>, Vec<Suggestion>), StoreError> {
    let Some(known) = pacticipants::find(conn, &asked.pacticipant).await? else {
        return Ok((Vec::new(), Vec::new()));
    };
    let page = store::Page { number: 1, size: MOST_SUGGESTED };
    let (branches, _) = branches::list(conn, known.id, None, page).await?;
    let (found, _) = versions::list(conn, known.id, Some(page)).await?;
    let ids: Vec<i64> = found.iter().map(|version| version.id).collect();
    let details = version_details::load(conn, &ids).await?;
    let suggestion = |version: &crate::domain::version::Version| Suggestion {
        version: Version::linked(&version.number, site.can_i_deploy(&known.name, &version.number, environment)),
        places: details.get(&version.id).map(Places::of).unwrap_or_default(),
    };
    Ok((branches.into_iter().map(|branch| branch.name).collect(), found.iter().map(suggestion).collect()))
}
