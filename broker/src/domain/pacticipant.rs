//! An application that takes part in contracts.

/// An application that takes part in contracts, as consumer, provider or both.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Pacticipant {
    /// Its row.
    pub id: i64,
    /// Its unique name.
    pub name: String,
    /// How people like it written, if not derived from the name.
    pub display_name: Option<String>,
    /// The branch whose head counts as "what is on main".
    pub main_branch: Option<String>,
    /// Where its source lives.
    pub repository_url: Option<String>,
    /// The repository's name.
    pub repository_name: Option<String>,
    /// The repository's owner or group.
    pub repository_namespace: Option<String>,
    /// When it was first heard of, in microseconds since 1970.
    pub created_at: i64,
    /// When one of these fields last changed.
    pub updated_at: i64,
}

impl Pacticipant {
    /// The display name, derived from the name when none was given.
    #[must_use]
    pub fn shown_name(&self) -> String {
        match self.display_name.as_deref().map(str::trim) {
            Some(given) if !given.is_empty() => given.to_owned(),
            _ => display_name_of(&self.name),
        }
    }
}

/// The fields of a pacticipant that its owners may set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PacticipantFields {
    /// See [`Pacticipant::display_name`].
    pub display_name: Option<String>,
    /// See [`Pacticipant::main_branch`].
    pub main_branch: Option<String>,
    /// See [`Pacticipant::repository_url`].
    pub repository_url: Option<String>,
    /// See [`Pacticipant::repository_name`].
    pub repository_name: Option<String>,
    /// See [`Pacticipant::repository_namespace`].
    pub repository_namespace: Option<String>,
}

impl From<&Pacticipant> for PacticipantFields {
    fn from(pacticipant: &Pacticipant) -> Self {
        Self {
            display_name: pacticipant.display_name.clone(),
            main_branch: pacticipant.main_branch.clone(),
            repository_url: pacticipant.repository_url.clone(),
            repository_name: pacticipant.repository_name.clone(),
            repository_namespace: pacticipant.repository_namespace.clone(),
        }
    }
}

/// `order-service` and `orderService` are shown as "Order Service".
#[must_use]
pub fn display_name_of(name: &str) -> String {
    let shown: Vec<String> = words(name)
        .into_iter()
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        })
        .collect();
    if shown.is_empty() { name.to_owned() } else { shown.join(" ") }
}

/// The known names a new name is probably a misspelling of: equal once case, separators, a plural `s` and the words
/// "api", "provider" and "service" are left aside.
#[must_use]
pub fn probable_duplicates<'n>(new: &str, known: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let wanted = distinctive_words(new);
    known.into_iter().filter(|name| *name != new && distinctive_words(name) == wanted).collect()
}

fn distinctive_words(name: &str) -> Vec<String> {
    let all: Vec<String> = words(name)
        .into_iter()
        .map(|word| {
            let word = word.to_lowercase();
            word.strip_suffix('s').map_or(word.clone(), str::to_owned)
        })
        .collect();
    let kept: Vec<String> =
        all.iter().filter(|word| !matches!(word.as_str(), "api" | "provider" | "service")).cloned().collect();
    // a name made of nothing else is as distinctive as it gets
    if kept.is_empty() { all } else { kept }
}

/// Splits at spaces, dashes, underscores and humps.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut after_lower = false;
    for letter in name.chars() {
        let separator = letter.is_whitespace() || letter == '-' || letter == '_';
        if (separator || (letter.is_uppercase() && after_lower)) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if !separator {
            word.push(letter);
        }
        after_lower = letter.is_lowercase() || letter.is_numeric();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_words() {
        for (name, shown) in [
            ("order-service", "Order Service"),
            ("orderService", "Order Service"),
            ("Foo_bar baz", "Foo Bar Baz"),
            ("HTTPGateway", "HTTPGateway"),
            ("--", "--"),
            ("", ""),
        ] {
            assert_eq!(display_name_of(name), shown, "{name}");
        }
    }

    #[test]
    fn names_that_are_probably_the_same() {
        for (new, known, same) in [
            ("orders", "order", true),
            ("Order Service", "order", true),
            ("order-api", "OrderProvider", true),
            ("order", "order", false),
            ("orders-ui", "orders", false),
            ("service", "provider", false),
            ("Foo", "Bar", false),
        ] {
            assert_eq!(!probable_duplicates(new, [known]).is_empty(), same, "{new} / {known}");
        }
    }
}
