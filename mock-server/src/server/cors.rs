//! Cross-origin requests of browsers, answered as the official mock and stub servers do.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ORIGIN, REFERER,
};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use super::answer_body::AnswerBody;

const METHODS: &str = "GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH";

/// What browsers are told about requests from pages of other origins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cors {
    /// Nothing that was not agreed on.
    #[default]
    Off,
    /// Answers may be read by pages of any origin, unless an agreed answer says otherwise itself.
    AnyOrigin,
    /// As [`Cors::AnyOrigin`]; and an OPTIONS request that no interaction expects is answered with permission to go on.
    Preflight(AllowedOrigin),
}

/// Which origin a preflight request is told may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AllowedOrigin {
    /// The one in `Origin`, with credentials; status 204, like the official mock server.
    Caller,
    /// `*`; status 200, like the official stub server.
    Any,
    /// What stands in `Referer`; status 200.
    Referer,
}

impl Cors {
    /// The answer to an OPTIONS request that no interaction expects, if it is to have one.
    pub(super) fn preflight(self, headers: &HeaderMap) -> Option<Response<AnswerBody>> {
        let Self::Preflight(allowed) = self else { return None };
        let any = HeaderValue::from_static("*");
        let origin = match allowed {
            AllowedOrigin::Caller => headers.get(ORIGIN).cloned(),
            AllowedOrigin::Any => None,
            AllowedOrigin::Referer => headers.get(REFERER).cloned(),
        };
        let mut response = Response::new(AnswerBody::default());
        let fields = response.headers_mut();
        fields.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.unwrap_or(any));
        fields.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
        fields.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"));
        if allowed == AllowedOrigin::Caller {
            add_credentials(fields);
            *response.status_mut() = StatusCode::NO_CONTENT;
        }
        Some(response)
    }

    /// Lets pages of other origins read an answer.
    pub(super) fn allow(self, headers: &mut HeaderMap) {
        if self == Self::Off {
            return;
        }
        add(headers, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
        if self == Self::Preflight(AllowedOrigin::Caller) {
            add(headers, ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            add(headers, ACCESS_CONTROL_ALLOW_HEADERS, "*");
            add_credentials(headers);
        }
    }
}

fn add_credentials(headers: &mut HeaderMap) {
    add(headers, ACCESS_CONTROL_EXPOSE_HEADERS, "Location, Link");
    add(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
}

/// What was agreed stays.
fn add(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(cors: Cors, header: (HeaderName, &'static str)) -> Option<(u16, String)> {
        let headers = [(header.0, HeaderValue::from_static(header.1))].into_iter().collect();
        let response = cors.preflight(&headers)?;
        let origin = response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN].to_str().unwrap().to_owned();
        Some((response.status().as_u16(), origin))
    }

    #[test]
    fn preflight_requests() {
        let (origin, referer) = ((ORIGIN, "http://a"), (REFERER, "http://b/c"));
        for (cors, header, expected) in [
            (Cors::Off, &origin, None),
            (Cors::AnyOrigin, &origin, None),
            (Cors::Preflight(AllowedOrigin::Caller), &origin, Some((204, "http://a"))),
            (Cors::Preflight(AllowedOrigin::Caller), &referer, Some((204, "*"))),
            (Cors::Preflight(AllowedOrigin::Any), &origin, Some((200, "*"))),
            (Cors::Preflight(AllowedOrigin::Referer), &referer, Some((200, "http://b/c"))),
        ] {
            let expected = expected.map(|(status, origin)| (status, origin.to_owned()));
            assert_eq!(told(cors, header.clone()), expected, "{cors:?}");
        }
    }

    #[test]
    fn an_agreed_origin_stays() {
        let mut headers: HeaderMap =
            [(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("http://agreed"))].into_iter().collect();
        Cors::Preflight(AllowedOrigin::Caller).allow(&mut headers);
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], "http://agreed");
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
    }
}
