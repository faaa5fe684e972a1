//! Small things that look the same on every page.

use askama::Template;
use askama::filters::HtmlSafe;

use super::site::Site;
use crate::domain::version::VersionDetails;

/// A status: always a shape, a word and a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// The provider kept the contract.
    Verified,
    /// It did not.
    Failed,
    /// Nobody looked.
    Never,
    /// An earlier contract of the pair was looked at, this one was not.
    Stale,
    /// The provider did not keep it, and does not have to yet.
    Pending,
    /// Does not count.
    Ignored,
    /// The consumer runs there, its provider does not.
    ProviderNotDeployed,
    /// It can go where it was asked about.
    Ready,
    /// It cannot: a result is missing.
    NotYet,
    /// It cannot: something failed.
    Blocked,
}

impl Status {
    /// Of a result that may not be there.
    pub(super) fn of(success: Option<bool>) -> Self {
        match success {
            Some(true) => Self::Verified,
            Some(false) => Self::Failed,
            None => Self::Never,
        }
    }

    /// Class, shape, word.
    fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Verified => ("ok", "✓", "verified"),
            Self::Failed => ("bad", "✗", "failed"),
            Self::Never => ("never", "○", "never verified"),
            Self::Stale => ("stale", "⟳", "stale"),
            Self::Pending => ("pending", "◐", "pending"),
            Self::Ignored => ("never", "–", "ignored"),
            Self::ProviderNotDeployed => ("never", "–", "provider not deployed"),
            Self::Ready => ("ok", "✓", "can go"),
            Self::NotYet => ("pending", "○", "not yet"),
            Self::Blocked => ("bad", "✗", "cannot go"),
        }
    }

    /// As an address has it.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Failed => "failed",
            Self::Never => "never",
            Self::Stale => "stale",
            Self::Pending => "pending",
            Self::Ignored => "ignored",
            Self::ProviderNotDeployed => "not-deployed",
            Self::Ready => "ready",
            Self::NotYet => "not-yet",
            Self::Blocked => "blocked",
        }
    }

    /// The shape that tells it without colour.
    pub(super) fn shape(self) -> &'static str {
        self.parts().1
    }

    /// The class that colours it.
    pub(super) fn class(self) -> &'static str {
        self.parts().0
    }

    /// The status in a word or two.
    pub(super) fn word(self) -> &'static str {
        self.parts().2
    }

    /// Its place when what needs attention comes first.
    pub(super) fn urgency(self) -> u8 {
        match self {
            Self::Failed | Self::Blocked => 0,
            Self::Pending | Self::NotYet => 1,
            Self::Never => 2,
            Self::ProviderNotDeployed => 3,
            Self::Stale => 4,
            Self::Verified | Self::Ready => 5,
            Self::Ignored => 6,
        }
    }

    /// The status as people see it.
    pub(super) fn mark(self) -> Mark {
        let (class, shape, word) = self.parts();
        let hint = match self {
            Self::Pending => "it failed without breaking the provider's build, which never kept this pact before",
            Self::Stale => "the pact changed since it was last verified",
            Self::ProviderNotDeployed => "no version of the provider is recorded in the consumer's environment",
            Self::NotYet => "a result is missing",
            Self::Blocked => "a verification failed",
            _ => "",
        };
        Mark { class, shape, word, hint }
    }
}

/// A status on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Template)]
#[template(
    source = r#"<span class="mark {{ class }}"{% if !hint.is_empty() %} title="{{ hint }}"{% endif %}><span class="shape" aria-hidden="true">{{ shape }}</span> {{ word }}</span>"#,
    ext = "html"
)]
pub(super) struct Mark {
    pub(super) class: &'static str,
    pub(super) shape: &'static str,
    pub(super) word: &'static str,
    hint: &'static str,
}

impl HtmlSafe for Mark {}

/// How many things have which status: in words and, beside it, as a bar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Template)]
#[template(
    source = r#"<div class="tally">{% for share in shares %}{% if let Some(link) = share.link %}<a class="quiet chip" href="{{ link }}"{% if share.chosen %} aria-current="true"{% endif %}>{{ share.mark }} <span class="number">{{ share.count }}</span></a>{% else %}<span class="chip">{{ share.mark }} <span class="number">{{ share.count }}</span></span>{% endif %}{% endfor %}<svg class="shares" viewBox="0 0 1000 4" preserveAspectRatio="none" aria-hidden="true">{% for share in shares %}<rect class="{{ share.mark.class }}" x="{{ share.from }}" width="{{ share.width }}" height="4"/>{% endfor %}</svg></div>"#,
    ext = "html"
)]
pub(super) struct Tally {
    shares: Vec<Share>,
}

impl HtmlSafe for Tally {}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Share {
    mark: Mark,
    count: usize,
    link: Option<String>,
    /// Whether only these are shown.
    chosen: bool,
    /// In thousandths of the bar.
    from: usize,
    width: usize,
}

impl Tally {
    /// What needs attention first; statuses that nothing has are left out. `link` leads to those of one status and says
    /// whether that is where we are.
    pub(super) fn new(
        statuses: impl IntoIterator<Item = Status>,
        link: impl Fn(Status) -> Option<(String, bool)>,
    ) -> Self {
        let mut all: Vec<Status> = statuses.into_iter().collect();
        all.sort_by_key(|status| status.urgency());
        let mut passed = 0;
        let shares = all.chunk_by(|a, b| a == b).map(|these| {
            let (from, to) = (passed * 1000 / all.len(), (passed + these.len()) * 1000 / all.len());
            passed += these.len();
            let (link, chosen) = link(these[0]).unzip();
            let chosen = chosen.unwrap_or_default();
            // a hair between neighbours
            let width = (to - from).saturating_sub(if to == 1000 { 0 } else { 3 }).max(2);
            Share { mark: these[0].mark(), count: these.len(), link, chosen, from, width }
        });
        Self { shares: shares.collect() }
    }
}

/// A version's number: short, whole on hover, ready to be copied.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    source = r#"<span class="version">{% if let Some(link) = link %}<a href="{{ link }}" title="{{ number }}">{{ short }}</a>{% else %}<span title="{{ number }}">{{ short }}</span>{% endif %}<button type="button" class="copy" data-copy="{{ number }}" aria-label="Copy {{ short }}" hidden></button></span>"#,
    ext = "html"
)]
pub(super) struct Version {
    number: String,
    short: String,
    link: Option<String>,
}

impl HtmlSafe for Version {}

impl Version {
    pub(super) fn new(number: &str) -> Self {
        Self { number: number.to_owned(), short: shorten(number), link: None }
    }

    pub(super) fn linked(number: &str, link: String) -> Self {
        Self { link: Some(link), ..Self::new(number) }
    }
}

/// Commits as seven characters, anything else that is long as its beginning.
pub(super) fn shorten(number: &str) -> String {
    let is_commit = number.len() >= 20 && number.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit {
        return number[..7].to_owned();
    }
    if number.chars().count() <= 18 {
        return number.to_owned();
    }
    number.chars().take(12).chain(['…']).collect()
}

/// Where a version has been seen: its branches, tags and environments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Template)]
#[template(
    source = r#"{% for branch in branches %}<span class="pill branch" title="branch {{ branch }}">{{ branch }}</span> {% endfor %}{% for environment in environments %}<span class="pill environment" title="runs in {{ environment }}">{{ environment }}</span> {% endfor %}{% for tag in tags %}<span class="tag" title="tag {{ tag }}">#{{ tag }}</span> {% endfor %}"#,
    ext = "html"
)]
pub(super) struct Places {
    branches: Vec<String>,
    environments: Vec<String>,
    tags: Vec<String>,
}

impl HtmlSafe for Places {}

impl Places {
    pub(super) fn is_empty(&self) -> bool {
        self.branches.is_empty() && self.environments.is_empty() && self.tags.is_empty()
    }

    pub(super) fn of(details: &VersionDetails) -> Self {
        let mut environments: Vec<String> = details.live_in.iter().map(|live| live.environment.clone()).collect();
        environments.dedup();
        Self {
            branches: details.branches.iter().map(|branch| branch.name.clone()).collect(),
            environments,
            tags: details.tags.iter().map(|tag| tag.name.clone()).collect(),
        }
    }
}

/// A badge with the text that shows it in a document.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    source = r#"<div class="badge"><img src="{{ image }}" alt="{{ alt }}" loading="lazy" height="20"><div class="command"><pre tabindex="0"><code>{{ text }}</code></pre><button type="button" class="copy" data-copy="{{ text }}" aria-label="Copy the badge of {{ alt }}" hidden></button></div></div>"#,
    ext = "html"
)]
pub(super) struct Badge {
    image: String,
    alt: String,
    text: String,
}

impl HtmlSafe for Badge {}

impl Badge {
    /// The badge of a pair's newest pact, in Markdown, leading to that pact.
    pub(super) fn of_pact(site: &Site, provider: &str, consumer: &str) -> Self {
        let image = format!("{}/badge", site.latest_pact(provider, consumer));
        let alt = format!("{consumer} → {provider}");
        let plain: String = alt.chars().filter(|char| !"[]\\".contains(*char)).collect();
        let latest = site.absolute(&site.latest_pact(provider, consumer));
        let text = format!("[![{plain}]({latest}/badge)]({latest})");
        Self { image, alt, text }
    }
}

/// A command to copy.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    source = r#"<div class="command"><pre tabindex="0"><code>{{ text }}</code></pre><button type="button" class="copy" data-copy="{{ text }}" aria-label="Copy the command" hidden></button></div>"#,
    ext = "html"
)]
pub(super) struct Command {
    text: String,
}

impl HtmlSafe for Command {}

impl Command {
    /// A command of words; a word that begins a flag begins a line.
    pub(super) fn new(program: &str, arguments: &[&str]) -> Self {
        let mut text = program.to_owned();
        for argument in arguments {
            text.push_str(if argument.starts_with("--") { " \\\n  " } else { " " });
            text.push_str(&shell_word(argument));
        }
        Self { text }
    }

    /// A command as it stands, which must be safe for a shell.
    pub(super) fn verbatim(text: &str) -> Self {
        Self { text: text.to_owned() }
    }
}

/// An entry of a menu.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(
    source = r#"<option value="{{ value }}"{% if selected %} selected{% endif %}>{{ shown }}</option>"#,
    ext = "html"
)]
pub(super) struct Choice {
    value: String,
    shown: String,
    selected: bool,
}

impl HtmlSafe for Choice {}

impl Choice {
    /// The entry that stands for `value`, which is selected when `chosen` is the same.
    pub(super) fn new(value: &str, shown: &str, chosen: &str) -> Self {
        Self { value: value.to_owned(), shown: shown.to_owned(), selected: value == chosen }
    }
}

/// How to get to the other pages of a list; nothing when there is one page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Template)]
#[template(
    source = r#"{% if pages > 1 %}<nav class="pages" aria-label="Pages">{% if let Some(link) = previous %}<a class="button" rel="prev" href="{{ link }}">Previous</a>{% endif %}<span class="faint">page {{ page }} of {{ pages }}</span>{% if let Some(link) = next %}<a class="button" rel="next" href="{{ link }}">Next</a>{% endif %}</nav>{% endif %}"#,
    ext = "html"
)]
pub(super) struct Pages {
    page: usize,
    pages: usize,
    previous: Option<String>,
    next: Option<String>,
}

impl HtmlSafe for Pages {}

impl Pages {
    /// How many pages of `size` hold `total` entries.
    pub(super) fn count(total: usize, size: usize) -> usize {
        total.div_ceil(size)
    }

    /// Page `page` of `pages`, counted from 1; `link` leads to any of them.
    pub(super) fn new(page: usize, pages: usize, link: impl Fn(usize) -> String) -> Self {
        let turn = |to: usize| (to >= 1 && to <= pages).then(|| link(to));
        Self { page, pages, previous: turn(page.saturating_sub(1)), next: turn(page + 1) }
    }
}

/// Whether a link may lead to this address: builds and repositories are named by whoever publishes.
pub(super) fn is_web_address(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

/// "1 row", "3 rows", "1,000 rows"
pub(super) fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{} {noun}s", thousands(count)) }
}

/// A number with commas between its thousands.
pub(super) fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A word as a shell takes it literally.
pub(super) fn shell_word(word: &str) -> String {
    let safe = |char: char| char.is_ascii_alphanumeric() || "-_./:=@%+,".contains(char);
    if !word.is_empty() && word.chars().all(safe) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_short_and_recognisable() {
        for (number, short) in [
            ("1f3c9ab", "1f3c9ab"),
            ("1.2.3-rc.1", "1.2.3-rc.1"),
            ("77aa0123456789abcdef0123456789abcdef0123", "77aa012"),
            ("release-2026-01-01-build-4711", "release-2026…"),
            ("ääääääääääääääääääääääää", "ääääääääääää…"),
        ] {
            assert_eq!(shorten(number), short);
        }
    }

    #[test]
    fn large_numbers_can_be_read() {
        for (count, shown) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(thousands(count), shown);
        }
        assert_eq!((plural(1, "row"), plural(1_000, "row")), ("1 row".to_owned(), "1,000 rows".to_owned()));
    }

    #[test]
    fn what_a_shell_would_understand_is_quoted() {
        for (word, quoted) in [
            ("order-service", "order-service"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$(rm)", "'$(rm)'"),
            ("it's", r"'it'\''s'"),
        ] {
            assert_eq!(shell_word(word), quoted);
        }
    }

    #[test]
    fn names_cannot_become_markup() {
        let version = Version::linked(r#""><script>"#, "/x?a=1&b=2".to_owned()).to_string();
        assert!(!version.contains("<script>") && !version.contains(r#"""#.repeat(2).as_str()), "{version}");
        assert!(version.contains("/x?a=1&#38;b=2"), "{version}");
    }
}
