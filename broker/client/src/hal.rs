//! HAL documents: links, link templates and embedded resources.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use url::Url;

use crate::Error;

/// Everything that means something in a path segment or query value is encoded; RFC 3986's unreserved marks are not.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes `text` so that it is one path segment or one query value.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// Fills `{name}` places of a link template, percent-encoding each value. Places without a value become empty.
///
/// ```
/// use countersign_broker_client::expand_template;
///
/// let href = expand_template("/pacticipants/{pacticipant}/versions/{version}", &[("pacticipant", "a b"), ("version", "1/2")]);
/// assert_eq!(href, "/pacticipants/a%20b/versions/1%2F2");
/// ```
#[must_use]
pub fn expand_template(template: &str, values: &[(&str, &str)]) -> String {
    let mut expanded = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else {
            break;
        };
        expanded.push_str(before);
        if let Some((_, value)) = values.iter().find(|(key, _)| *key == name) {
            expanded.push_str(&encode(value));
        }
        rest = tail;
    }
    expanded.push_str(rest);
    expanded
}

/// One link of a HAL document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads; a template when it has `{…}` places.
    pub href: String,
    /// Machine-readable name, for example an environment's name or a version number.
    pub name: Option<String>,
    /// Words for people.
    pub title: Option<String>,
}

impl Link {
    fn from_value(value: &Value) -> Option<Self> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        Some(Self { href: text("href")?, name: text("name"), title: text("title") })
    }
}

/// A HAL document together with the address it came from, against which its links are resolved.
#[derive(Debug, Clone)]
pub struct Resource {
    url: Url,
    body: Value,
}

impl Resource {
    pub(crate) fn new(url: Url, body: Value) -> Self {
        Self { url, body }
    }

    /// The address this document came from.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The document as received; `null` when the answer had no content.
    #[must_use]
    pub fn body(&self) -> &Value {
        &self.body
    }

    /// The document as received, given away.
    #[must_use]
    pub fn into_body(self) -> Value {
        self.body
    }

    /// The link of relation `rel`, the first one when there are several.
    #[must_use]
    pub fn link(&self, rel: &str) -> Option<Link> {
        self.links(rel).into_iter().next()
    }

    /// Every link of relation `rel`, in the document's order.
    #[must_use]
    pub fn links(&self, rel: &str) -> Vec<Link> {
        match self.body.get("_links").and_then(|links| links.get(rel)) {
            Some(Value::Array(items)) => items.iter().filter_map(Link::from_value).collect(),
            Some(single) => Link::from_value(single).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// The absolute address of relation `rel`, its template places filled with `values`.
    ///
    /// # Errors
    /// [`Error::MissingLink`] when the document has no such link, or one that leads nowhere.
    pub fn target(&self, rel: &str, values: &[(&str, &str)]) -> Result<Url, Error> {
        let link = self.link(rel).ok_or_else(|| self.missing(rel))?;
        self.resolve(&expand_template(&link.href, values)).ok_or_else(|| self.missing(rel))
    }

    /// `href` as an absolute address.
    pub(crate) fn resolve(&self, href: &str) -> Option<Url> {
        self.url.join(href).ok()
    }

    /// The embedded resources called `name`; a single one counts as a list of one.
    #[must_use]
    pub fn embedded(&self, name: &str) -> Vec<Self> {
        let embedded = self.body.get("_embedded").and_then(|all| all.get(name));
        let items = match embedded {
            Some(Value::Array(items)) => items.clone(),
            Some(single @ Value::Object(_)) => vec![single.clone()],
            _ => Vec::new(),
        };
        items.into_iter().map(|body| Self { url: self.url.clone(), body }).collect()
    }

    /// A text property of the document.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.body.get(key).and_then(Value::as_str).map(str::to_owned)
    }

    /// A boolean property of the document; `false` when absent.
    pub(crate) fn flag(&self, key: &str) -> bool {
        self.body.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A text at a JSON pointer.
    pub(crate) fn text_at(&self, pointer: &str) -> Option<String> {
        self.body.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
    }

    pub(crate) fn missing(&self, rel: &str) -> Error {
        Error::MissingLink { url: self.url.to_string(), rel: rel.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn templates() {
        let cases = [
            ("/p/{a}/v/{b}", "/p/x%2Fy/v/1%2B2"),
            ("/p/{a}{?tag}", "/p/x%2Fy"),
            ("/p", "/p"),
            ("/p/{a", "/p/{a"),
            ("/c?p={a}&v={b}", "/c?p=x%2Fy&v=1%2B2"),
        ];
        for (template, expected) in cases {
            assert_eq!(expand_template(template, &[("a", "x/y"), ("b", "1+2")]), expected);
        }
    }

    #[test]
    fn links_may_be_single_several_or_relative() {
        let url = Url::parse("https://b.example/prefix/pacts/1").unwrap();
        let resource = Resource::new(
            url,
            json!({"_links": {
                "one": {"href": "/x/{n}", "name": "first"},
                "many": [{"href": "http://a/"}, {"title": "no href"}, {"href": "http://b/"}],
            }, "_embedded": {"single": {"k": "v"}, "list": [{"k": "a"}, {"k": "b"}]}}),
        );
        assert_eq!(resource.target("one", &[("n", "ä")]).unwrap().as_str(), "https://b.example/x/%C3%A4");
        assert_eq!(resource.links("many").len(), 2);
        assert_eq!(resource.embedded("single")[0].text("k").as_deref(), Some("v"));
        assert_eq!(resource.embedded("list").len(), 2);
        assert!(matches!(resource.target("none", &[]), Err(Error::MissingLink { .. })));
    }
}
