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
    /// Header fields in order, names in lower case, without `Content-Disposition`.
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
    let boundary = boundary.ok_or_else(|| ContentError::new("the content type names no boundary"))?;
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
            Some((name, value)) => part.headers.push((name, value.to_owned())),
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
