//! A version of a pacticipant, and where it has been seen.

/// One build of a pacticipant. Versions are ordered by when the broker first heard of them.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    /// Its row, and its place in the order.
    pub id: i64,
    /// Whose version it is.
    pub pacticipant_id: i64,
    /// Its number: a commit, a semantic version, anything unique to the pacticipant.
    pub number: String,
    /// The build that made it.
    pub build_url: Option<String>,
    /// When the broker first heard of it, in microseconds since 1970.
    pub created_at: i64,
    /// When it last changed.
    pub updated_at: i64,
}

/// A branch that holds a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchMembership {
    /// The branch.
    pub name: String,
    /// Whether the version is the branch's head.
    pub latest: bool,
    /// When the version joined.
    pub created_at: i64,
}

/// A tag on a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagMembership {
    /// The tag.
    pub name: String,
    /// Whether no later version carries it.
    pub latest: bool,
    /// When the version was tagged.
    pub created_at: i64,
}

/// How a version runs in an environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Running {
    /// Deployed, on one application instance (`None` is the unnamed one).
    Deployed(Option<String>),
    /// Released and supported.
    Released,
}

/// An environment a version runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveIn {
    /// The environment's uuid.
    pub environment_uuid: String,
    /// The environment's name.
    pub environment: String,
    /// The environment's name for people.
    pub environment_display_name: Option<String>,
    /// Whether it is a production environment.
    pub production: bool,
    /// How.
    pub running: Running,
}

/// Everything said about a version besides its number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionDetails {
    /// The branches that hold it, oldest membership first.
    pub branches: Vec<BranchMembership>,
    /// Its tags, oldest first.
    pub tags: Vec<TagMembership>,
    /// Where it runs.
    pub live_in: Vec<LiveIn>,
}

impl VersionDetails {
    /// The branch to name when there is room for one: the last the version joined.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.branches.last().map(|branch| branch.name.as_str())
    }
}
