//! HTTP answers, made ready before the first request comes.

use bytes::Bytes;
use countersign_core::generator::{self, apply_to_response};
use countersign_core::pact::{Fields, HttpResponse};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use super::answer_body::AnswerBody;

/// An agreed response, ready to be sent any number of times.
#[derive(Debug)]
pub(super) struct HttpAnswer {
    ready: Parts,
    /// The agreed response, when it has generators, which make new values each time.
    template: Option<Box<HttpResponse>>,
}

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl HttpAnswer {
    pub(super) fn prepare(response: &HttpResponse) -> Result<Self, String> {
        let ready = Parts::of(response)?;
        let template = (!response.generators.is_empty()).then(|| Box::new(response.clone()));
        Ok(Self { ready, template })
    }

    /// `url` is where this server listens, for links to it.
    pub(super) fn response(&self, url: Option<&str>) -> Response<AnswerBody> {
        let generated = self.template.as_ref().and_then(|template| {
            // a generated value that no header can carry leaves the example in place
            Parts::of(&apply_to_response(template, &draws(url))).ok()
        });
        let parts = generated.unwrap_or_else(|| self.ready.clone());
        let mut response = Response::new(AnswerBody::new(parts.body));
        *response.status_mut() = parts.status;
        *response.headers_mut() = parts.headers;
        response
    }
}

/// What generators draw on in an answer. There is no provider here whose state could be asked.
fn draws(url: Option<&str>) -> generator::Context {
    generator::Context {
        now: Some(jiff::Zoned::now()),
        seed: Some(fastrand::u64(..)),
        mock_server_url: url.map(str::to_owned),
        mode: generator::Mode::Consumer,
        ..generator::Context::default()
    }
}

impl Parts {
    fn of(response: &HttpResponse) -> Result<Self, String> {
        let status = StatusCode::from_u16(response.status)
            .ok()
            .filter(|status| !status.is_informational())
            .ok_or_else(|| format!("{} is no status that a response can end with", response.status))?;
        let mut headers = header_map(&response.headers)?;
        if let Some(content_type) = response.body.content_type()
            && !headers.contains_key(CONTENT_TYPE)
        {
            let value = HeaderValue::from_str(content_type.as_str())
                .map_err(|_| format!("the content type {:?} is no header value", content_type.as_str()))?;
            headers.insert(CONTENT_TYPE, value);
        }
        Ok(Self { status, headers, body: Bytes::copy_from_slice(response.body.bytes()) })
    }
}

/// The header fields, without those that say how the body travels: the server sets them itself.
fn header_map(fields: &Fields) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    for (name, values) in fields {
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("{name:?} is no header name"))?;
        if header == CONTENT_LENGTH || header == TRANSFER_ENCODING {
            continue;
        }
        for value in values {
            let value = HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| format!("{value:?} is no value for the header {name}"))?;
            headers.append(header.clone(), value);
        }
    }
    Ok(headers)
}
