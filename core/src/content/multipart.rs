//! Multipart bodies (RFC 2046 §5.1) and what names their parts (RFC 7578).

use super::ContentError;
use crate::pact::ContentType;

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// What `Content-Disposition` calls it.
    pub(crate) name: Option<String>,
    /// It carries a file: it has a file name, or nothing says that it is a form field.
    pub(crate) is_file: bool,
    /// Header fields in order, names in lower case, without `Content-Disposition` and `Content-Transfer-Encoding`.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) content: Vec<u8>,
}

impl Part {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn content_type(&self) -> Option<ContentType> {
        self.header("content-type").map(ContentType::new)
    }
}

/// Splits a body at the boundary that its content type names. What stands before the first and after the last boundary
/// is ignored.
pub(crate) fn parse(bytes: &[u8], content_type: &ContentType) -> Result<Vec<Part>, ContentError> {
    let boundary = content_type.parameter("boundary").filter(|boundary| !boundary.is_empty());
    split(bytes, boundary.ok_or_else(|| ContentError::new("the content type names no boundary"))?)
}

/// Reads an example, whose content type may leave out the boundary: then its first line tells.
pub(crate) fn parse_example(bytes: &[u8], content_type: &ContentType) -> Result<Vec<Part>, ContentError> {
    let first_line = bytes.strip_prefix(b"--").and_then(|bytes| Some(&bytes[..find(bytes, b"\r\n")?]));
    match first_line.and_then(|line| std::str::from_utf8(line).ok()) {
        Some(boundary) if content_type.parameter("boundary").is_none() => split(bytes, boundary.trim_end()),
        _ => parse(bytes, content_type),
    }
}

fn split(bytes: &[u8], boundary: &str) -> Result<Vec<Part>, ContentError> {
    let delimiter = format!("--{boundary}");
    let mut rest = match next_delimiter(bytes, &delimiter) {
        Some((_, After::Part(rest))) => rest,
        Some((_, After::End)) => return Ok(Vec::new()),
        None => return Err(ContentError::new(format!("there is no line {delimiter} that ends in CRLF"))),
    };
    let mut parts = Vec::new();
    loop {
        let Some((content, after)) = next_delimiter(rest, &delimiter) else {
            return Err(ContentError::new(format!("part {} is not closed by {delimiter}--", parts.len() + 1)));
        };
        parts.push(part(content).map_err(|error| ContentError::new(format!("part {}: {error}", parts.len() + 1)))?);
        match after {
            After::Part(next) => rest = next,
            After::End => return Ok(parts),
        }
    }
}

/// What follows a delimiter.
enum After<'a> {
    /// The next part, from its first header line on.
    Part(&'a [u8]),
    /// Nothing that counts.
    End,
}

/// The bytes before the next delimiter line, without the line break that belongs to it.
fn next_delimiter<'a>(bytes: &'a [u8], delimiter: &str) -> Option<(&'a [u8], After<'a>)> {
    let delimiter = delimiter.as_bytes();
    let mut from = 0;
    loop {
        let at = from + find(bytes.get(from..)?, delimiter)?;
        let rest = &bytes[at + delimiter.len()..];
        let before = if at == 0 { Some(&bytes[..0]) } else { bytes[..at].strip_suffix(b"\r\n") };
        if let Some(before) = before {
            if rest.starts_with(b"--") {
                return Some((before, After::End));
            }
            let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            if let Some(part) = rest[blanks..].strip_prefix(b"\r\n") {
                return Some((before, After::Part(part)));
            }
        }
        from = at + 1;
    }
}

fn part(bytes: &[u8]) -> Result<Part, ContentError> {
    let (head, content) = if let Some(content) = bytes.strip_prefix(b"\r\n") {
        (&bytes[..0], content)
    } else {
        let end = find(bytes, b"\r\n\r\n").ok_or_else(|| ContentError::new("no empty line ends its headers"))?;
        (&bytes[..end], &bytes[end + 4..])
    };
    let mut part = Part { name: None, is_file: true, headers: Vec::new(), content: content.to_vec() };
    for line in String::from_utf8_lossy(head).split("\r\n").filter(|line| !line.is_empty()) {
        let header = line.split_once(':').map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()));
        match header {
            Some((name, value)) if name == "content-disposition" => {
                part.name = parameter(value, "name");
                part.is_file = parameter(value, "filename").or_else(|| parameter(value, "filename*")).is_some();
            }
            // how a part was wrapped for its journey says nothing of it (RFC 7578 §4.7)
            Some((name, _)) if name == "content-transfer-encoding" => {}
            Some((name, value)) => match part.headers.iter_mut().find(|(known, _)| *known == name) {
                None => part.headers.push((name, value.to_owned())),
                // of several types the first counts; other fields are one list (RFC 9110 §5.3)
                Some((known, values)) if known != "content-type" => *values = format!("{values}, {value}"),
                Some(_) => {}
            },
            None => return Err(ContentError::new(format!("{line:?} is no header line"))),
        }
    }
    Ok(part)
}

/// A parameter of `Content-Disposition`; in quotes, `\"` stands for a quote.
fn parameter(value: &str, name: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (key, after) = rest.split_once('=')?;
        let (text, next) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => unquote(quoted),
            None => {
                let (token, next) = after.split_once(';').unwrap_or((after, ""));
                (token.trim().to_owned(), next)
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(text);
        }
        rest = next.trim_start().trim_start_matches(';');
    }
}

/// The text up to the closing quote, and what follows it.
fn unquote(quoted: &str) -> (String, &str) {
    let mut text = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return (text, &quoted[at + 1..]),
            // browsers leave the backslashes of Windows paths alone
            '\\' if quoted[at + 1..].starts_with('"') => text.extend(chars.next().map(|(_, quote)| quote)),
            char => text.push(char),
        }
    }
    (text, "")
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn form_data(boundary: &str) -> ContentType {
        ContentType::new(format!("multipart/form-data; boundary={boundary}"))
    }

    fn names(body: &str) -> Vec<(Option<String>, bool, String)> {
        let parts = parse(body.as_bytes(), &form_data("B")).unwrap();
        parts.into_iter().map(|part| (part.name, part.is_file, String::from_utf8(part.content).unwrap())).collect()
    }

    #[test]
    fn parts_have_names_headers_and_contents() {
        let body = "preamble\r\n--B  \r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B\r\n\
            content-disposition: form-data; filename=\"x;\\\"y.png\"; NAME=p\r\nContent-Type: image/png\r\nX-A: b\r\n\r\n\
            line\r\n--Bx\r\n\r\n--B\r\n\r\nbare\r\n--B--\r\nepilogue";
        let parts = parse(body.as_bytes(), &form_data("\"B\"")).unwrap();
        insta::assert_debug_snapshot!(
            parts.iter().map(|part| (&part.name, part.is_file, &part.headers, String::from_utf8_lossy(&part.content))).collect::<Vec<_>>(),
            @r#"
        [
            (
                Some(
                    "a",
                ),
                false,
                [],
                "1",
            ),
            (
                Some(
                    "p",
                ),
                true,
                [
                    (
                        "content-type",
                        "image/png",
                    ),
                    (
                        "x-a",
                        "b",
                    ),
                ],
                "line\r\n--Bx\r\n",
            ),
            (
                None,
                true,
                [],
                "bare",
            ),
        ]
        "#
        );
        assert_eq!(parts[1].content_type(), Some(ContentType::new("image/png")));
    }

    #[test]
    fn dispositions_name_parts() {
        for (disposition, name, is_file) in [
            ("form-data; name=\"a\"", Some("a"), false),
            ("form-data; name=a; other=b", Some("a"), false),
            ("form-data; name=\"a b;c=d\"", Some("a b;c=d"), false),
            ("form-data; name=\"é\"; filename=\"\"", Some("é"), true),
            ("form-data; filename=\"C:\\x\\y.png\"; name=\"a\"", Some("a"), true),
            ("form-data; name=\"a\"; filename*=UTF-8''x", Some("a"), true),
            ("form-data", None, false),
            ("form-data; name", None, false),
            ("form-data; name=\"open", Some("open"), false),
        ] {
            let body = format!("--B\r\nContent-Disposition: {disposition}\r\n\r\n\r\n--B--");
            assert_eq!(names(&body), [(name.map(str::to_owned), is_file, String::new())], "{disposition}");
        }
        assert_eq!(names("--B--"), []);
    }

    #[test]
    fn says_why_a_body_is_refused() {
        for (body, reason) in [
            ("", "there is no line --B that ends in CRLF"),
            ("--B\n\n1\n--B--\n", "there is no line --B that ends in CRLF"),
            ("--B\r\n\r\n1\r\n--B\r\n\r\n2", "part 2 is not closed by --B--"),
            ("--B\r\nX: 1\r\n--B--", "part 1: no empty line ends its headers"),
            ("--B\r\nX\r\n\r\n1\r\n--B--", "part 1: \"X\" is no header line"),
        ] {
            assert_eq!(parse(body.as_bytes(), &form_data("B")).unwrap_err().reason, reason, "{body:?}");
        }
        let error = parse(b"--B--", &ContentType::new("multipart/mixed")).unwrap_err();
        assert_eq!(error.reason, "the content type names no boundary");
        assert_eq!(parse_example(b"--B\r\n\r\n1\r\n--B--", &ContentType::new("multipart/mixed")).unwrap().len(), 1);
    }

    #[test]
    fn repeated_headers_are_one() {
        let text = b"--b\r\nContent-Type: text/a\r\nX: 1\r\nContent-Type: text/b\r\nx: 2\r\n\r\n\r\n--b--";
        let parts = parse(text, &ContentType::new("multipart/mixed; boundary=b")).unwrap();
        let headers = [("content-type", "text/a"), ("x", "1, 2")].map(|(name, value)| (name.into(), value.into()));
        assert_eq!(parts[0].headers, headers);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes: Vec<u8>, boundary in ".{0,8}") {
            let _ = parse(&bytes, &form_data(&boundary));
            let _ = parse_example(&bytes, &ContentType::new("multipart/mixed"));
        }

        #[test]
        fn anything_like_parts_is_read_or_refused(
            body in "(--B|--|\r\n|\r|\n|Content-Disposition:|form-data;|name=|\"|\\\\|;|a| |é){0,30}",
        ) {
            let _ = parse(body.as_bytes(), &form_data("B"));
            let _ = parse_example(body.as_bytes(), &ContentType::new("multipart/mixed"));
        }

        #[test]
        fn contents_come_back_as_they_went(contents: Vec<Vec<u8>>) {
            let boundary = "a boundary that no contents have";
            let mut body = Vec::new();
            for content in &contents {
                body.extend(format!("--{boundary}\r\nX-A: 1\r\n\r\n").bytes());
                body.extend(content);
                body.extend(b"\r\n");
            }
            body.extend(format!("--{boundary}--\r\n").bytes());
            let parts = parse(&body, &form_data(&format!("\"{boundary}\""))).unwrap();
            prop_assert_eq!(parts.into_iter().map(|part| part.content).collect::<Vec<_>>(), contents);
        }
    }
}
