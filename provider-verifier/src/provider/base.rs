//! Where the provider is, and addresses below that.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::{HeaderValue, Uri};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use url::Url;

use crate::VerifyError;

/// What cannot stand in a path as it is. Percent signs can: what the pact has encoded stays so.
const NOT_IN_PATHS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'\\').add(b'`').add(b'{').add(b'}');

/// An `http` or `https` address, with the path that all paths are below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// Scheme, host and port, such as `http://localhost:8080`.
    origin: String,
    /// Without a slash at its end.
    prefix: String,
    /// The `Authorization` of a user name and password in the address.
    login: Option<HeaderValue>,
}

impl Base {
    /// Reads an address of the setting called `what`.
    ///
    /// # Errors
    ///
    /// Why it is no address.
    pub(crate) fn parse(what: &str, text: &str) -> Result<Self, VerifyError> {
        let invalid = |reason: &str| VerifyError::InvalidSetting {
            what: format!("{what} '{}'", crate::mask::text(text)),
            reason: reason.to_owned(),
        };
        let url = Url::parse(text).map_err(|error| invalid(&format!("{error}; give it as http://host:port")))?;
        if !is_web(&url) {
            return Err(invalid("it is not of the form http://host:port or https://host:port"));
        }
        Ok(Self { origin: origin(&url), prefix: url.path().trim_end_matches('/').to_owned(), login: login(&url) })
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.origin.starts_with("https")
    }

    pub(crate) fn login(&self) -> Option<&HeaderValue> {
        self.login.as_ref()
    }

    /// The address of a path below. It travels as it is written, dot segments and all; only what cannot stand in a path is
    /// percent-encoded.
    ///
    /// # Errors
    ///
    /// Why there is no such address, in words.
    pub(crate) fn below(&self, path: &str, query: &str) -> Result<Uri, String> {
        let slash = if path.starts_with('/') { "" } else { "/" };
        let mark = if query.is_empty() { "" } else { "?" };
        let path = utf8_percent_encode(path, NOT_IN_PATHS);
        let text = format!("{}{}{slash}{path}{mark}{query}", self.origin, self.prefix);
        Uri::try_from(&text).map_err(|error| format!("'{text}' is no address: {error}"))
    }
}

/// Whether it is an address that requests can go to.
pub(crate) fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.host().is_some()
}

/// Scheme, host and port.
pub(crate) fn origin(url: &Url) -> String {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

/// The `Authorization` of a user name and password in an address.
pub(crate) fn login(url: &Url) -> Option<HeaderValue> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pair = format!("{}:{}", decoded(url.username()), decoded(url.password().unwrap_or_default()));
    HeaderValue::try_from(format!("Basic {}", BASE64.encode(pair))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_queries_travel_as_agreed() {
        for (base, path, query, expected) in [
            ("http://h", "/", "", "http://h/"),
            ("http://h", "", "", "http://h/"),
            ("http://h/", "/a%2Fb/%c3%a9", "", "http://h/a%2Fb/%c3%a9"),
            ("http://h/api/", "/x", "a=1", "http://h/api/x?a=1"),
            ("http://h/api", "x y", "a=%2B&a=%20", "http://h/api/x%20y?a=%2B&a=%20"),
            ("http://h", "/what?#", "flag", "http://h/what%3F%23?flag"),
            ("http://h", "//a//b", "", "http://h//a//b"),
            ("http://h", "/a/../b/./c", "", "http://h/a/../b/./c"),
            ("http://h:81", "/é|^[]", "", "http://h:81/%C3%A9|^[]"),
            ("http://[::1]:81", "/", "", "http://[::1]:81/"),
        ] {
            let base = Base::parse("the address", base).unwrap();
            assert_eq!(base.below(path, query).unwrap().to_string(), expected, "{path}");
        }
    }

    #[test]
    fn addresses_have_to_be_web_addresses() {
        for wrong in ["", "localhost:8080", "ftp://h", "/x"] {
            assert!(Base::parse("the address", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_user_in_the_address_becomes_a_header() {
        let base = Base::parse("the address", "http://me:p%40ss@h").unwrap();
        assert_eq!(base.login().unwrap(), "Basic bWU6cEBzcw==");
        assert_eq!(base.below("/x", "").unwrap(), "http://h/x");
    }
}
