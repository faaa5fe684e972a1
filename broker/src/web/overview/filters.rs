//! What people narrow the overview down by. The address says all of it, so that a view can be shared.

use crate::api::Query;
use crate::web::site::Site;

/// What the rows are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    /// The consumer's name, then the provider's.
    #[default]
    Consumer,
    Provider,
    /// Newest pact first.
    Published,
    /// Newest result first.
    Verified,
    /// What needs attention first.
    Status,
}

impl Sort {
    pub(super) const ALL: [Self; 5] = [Self::Consumer, Self::Provider, Self::Published, Self::Verified, Self::Status];

    /// As an address has it.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Provider => "provider",
            Self::Published => "published",
            Self::Verified => "verified",
            Self::Status => "status",
        }
    }
}

/// The statuses to choose from: key and word.
pub(super) const STATUSES: [(&str, &str); 5] = [
    ("failed", "failed"),
    ("pending", "pending"),
    ("never", "never verified"),
    ("stale", "stale"),
    ("verified", "verified"),
];

/// What was chosen; empty texts and zero choose nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filters {
    /// Part of the consumer's or the provider's name.
    pub(super) text: String,
    pub(super) status: String,
    pub(super) label: String,
    pub(super) environment: String,
    pub(super) branch: String,
    pub(super) sort: Sort,
    /// Against the order's own direction.
    pub(super) reversed: bool,
    /// Counted from 1.
    pub(super) page: usize,
}

impl Filters {
    pub(super) fn read(query: &Query) -> Self {
        let text = |key: &str| query.text(key).unwrap_or_default().trim().to_owned();
        let sort = text("sort");
        let (sort, reversed) = sort.strip_prefix('-').map_or((sort.as_str(), false), |sort| (sort, true));
        Self {
            text: text("q"),
            status: Some(text("status")).filter(|key| STATUSES.iter().any(|known| known.0 == key)).unwrap_or_default(),
            label: text("label"),
            environment: text("environment"),
            branch: text("branch"),
            sort: Sort::ALL.into_iter().find(|known| known.key() == sort).unwrap_or_default(),
            reversed,
            page: text("page").parse().ok().filter(|page| *page >= 1).unwrap_or(1),
        }
    }

    /// Whether anything is chosen that leaves rows out.
    pub(super) fn is_narrow(&self) -> bool {
        [&self.text, &self.status, &self.label, &self.environment, &self.branch].iter().any(|chosen| !chosen.is_empty())
    }

    /// The order as an address has it; empty for the usual one.
    pub(super) fn order(&self) -> String {
        match (self.sort, self.reversed) {
            (Sort::Consumer, false) => String::new(),
            (sort, false) => sort.key().to_owned(),
            (sort, true) => format!("-{}", sort.key()),
        }
    }

    /// The address of the overview with these choices.
    pub(super) fn link(&self, site: &Site) -> String {
        let order = self.order();
        let page = if self.page > 1 { self.page.to_string() } else { String::new() };
        let all = [
            ("q", &self.text),
            ("status", &self.status),
            ("label", &self.label),
            ("environment", &self.environment),
            ("branch", &self.branch),
            ("sort", &order),
            ("page", &page),
        ];
        let given: Vec<_> =
            all.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (key, value.as_str())).collect();
        site.query(&[], &given)
    }

    /// The link of a column's head: orders by it, or turns the order round.
    pub(super) fn ordered_by(&self, site: &Site, sort: Sort) -> String {
        let reversed = self.sort == sort && !self.reversed;
        Self { sort, reversed, page: 1, ..self.clone() }.link(site)
    }

    /// The link that chooses a status, or takes that choice back, and whether it is chosen.
    pub(super) fn of_status(&self, site: &Site, status: &str) -> (String, bool) {
        let chosen = self.status == status;
        let status = if chosen { String::new() } else { status.to_owned() };
        (Self { status, page: 1, ..self.clone() }.link(site), chosen)
    }

    /// What a screen reader hears of a column's order.
    pub(super) fn heard(&self, sort: Sort) -> &'static str {
        let falls = matches!(sort, Sort::Published | Sort::Verified);
        match (self.sort == sort, falls == self.reversed) {
            (false, _) => "none",
            (true, true) => "ascending",
            (true, false) => "descending",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_and_written_alike() {
        for query in [
            "q=order&status=failed&label=team%3Aa&environment=production&branch=main&sort=-published&page=3",
            "sort=status",
            "q=a+b%26c",
            "",
        ] {
            let filters = Filters::read(&Query::parse(query));
            assert_eq!(Filters::read(&Query::parse(query)), filters);
            assert_eq!(filters.is_narrow(), query.contains("q="), "{query}");
        }
        let odd = Filters::read(&Query::parse("status=odd&sort=odd&page=0"));
        assert_eq!(odd, Filters { page: 1, ..Filters::default() });
    }

    #[test]
    fn an_order_is_heard_as_it_is() {
        let by = |query: &str, sort: Sort| Filters::read(&Query::parse(query)).heard(sort);
        assert_eq!(by("", Sort::Consumer), "ascending");
        assert_eq!(by("sort=-consumer", Sort::Consumer), "descending");
        assert_eq!(by("sort=published", Sort::Published), "descending");
        assert_eq!(by("sort=published", Sort::Consumer), "none");
    }
}
