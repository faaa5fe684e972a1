//! Choices about how contracts are treated.

use std::time::Duration;

/// Choices about how contracts are treated; the defaults are those of the official broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Refuse a new pacticipant whose name differs from a known one only in case, separators, a plural or a word such
    /// as "service" (default: yes).
    pub check_for_duplicate_names: bool,
    /// Let a publication replace the contract of a version that has one already (default: no).
    pub allow_contract_modification: bool,
    /// Take the first tag of a fresh version without a branch as its branch (default: yes).
    pub use_first_tag_as_branch: bool,
    /// How soon after its creation a version's first tag also names its branch (default: 10 s).
    pub use_first_tag_as_branch_within: Duration,
    /// Give a pacticipant without a main branch the first branch or tag named like one (default: yes).
    pub auto_detect_main_branch: bool,
    /// What main branches are called (default: develop, main, master).
    pub main_branch_candidates: Vec<String>,
    /// Record a deployment when a version is tagged with an environment's name (default: yes).
    pub create_deployed_versions_for_tags: bool,
    /// How far back successes on other branches keep a pact from being work in progress (default: 30 days).
    pub wip_look_back: Duration,
    /// Ignore the date verifiers ask work in progress from, and look at what 80 % of it is younger than, at least 7
    /// and at most 14 days (default: no).
    pub dynamic_wip_window: bool,
    /// How long two contracts are compared in detail (default: 15 s); what is left then counts as replaced.
    pub diff_timeout: Duration,
    /// How many pacticipants a network diagram shows, at most (default: 150).
    pub network_max_pacticipants: usize,
    /// Give a new database the environments `test` and `production` (default: yes).
    pub seed_environments: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            check_for_duplicate_names: true,
            allow_contract_modification: false,
            use_first_tag_as_branch: true,
            use_first_tag_as_branch_within: Duration::from_secs(10),
            auto_detect_main_branch: true,
            main_branch_candidates: ["develop", "main", "master"].map(str::to_owned).to_vec(),
            create_deployed_versions_for_tags: true,
            wip_look_back: Duration::from_secs(30 * 24 * 60 * 60),
            dynamic_wip_window: false,
            diff_timeout: Duration::from_secs(15),
            network_max_pacticipants: 150,
            seed_environments: true,
        }
    }
}

impl Rules {
    /// Whether a branch or tag of this name becomes the main branch of a pacticipant that has `main_branch`.
    #[must_use]
    pub fn adopts_as_main_branch(&self, main_branch: Option<&str>, name: &str) -> bool {
        self.auto_detect_main_branch
            && main_branch.is_none()
            && self.main_branch_candidates.iter().any(|candidate| candidate == name)
    }
}
