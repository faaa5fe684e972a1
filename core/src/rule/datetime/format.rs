//! A format, compiled: fields and the text between them.

use std::fmt;
use std::sync::Arc;

use super::field::{Field, FieldError};

/// A format such as `yyyy-MM-dd'T'HH:mm:ssXXX`, compiled. Cloning shares it.
#[derive(Clone)]
pub struct DateTimeFormat {
    pattern: Arc<str>,
    parts: Result<Arc<[Part]>, FormatError>,
}

/// A piece of a format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Text that stands for itself.
    Literal(String),
    /// A value.
    Field(Field),
}

/// Why a text is no format. Positions count characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// A letter stands for nothing.
    #[error("'{letter}' at position {at} means nothing in a date format; text belongs in quotes ('…')")]
    UnknownLetter {
        /// The character.
        letter: char,
        /// Where.
        at: usize,
    },
    /// A letter stands too often.
    #[error("'{letter}' stands {count} times at position {at}, which means nothing in a date format")]
    TooMany {
        /// The letter.
        letter: char,
        /// How often.
        count: usize,
        /// Where the letters begin.
        at: usize,
    },
    /// A quote is not closed.
    #[error("the quote at position {at} is not closed")]
    OpenQuote {
        /// Where it was opened.
        at: usize,
    },
}

impl DateTimeFormat {
    /// Compiles a format.
    ///
    /// # Errors
    ///
    /// The first character that cannot be part of a format.
    pub fn new(pattern: &str) -> Result<Self, FormatError> {
        let format = Self::lenient(pattern);
        match &format.parts {
            Ok(_) => Ok(format),
            Err(error) => Err(error.clone()),
        }
    }

    /// A format from a pact file, where one that does not compile matches nothing.
    pub(crate) fn lenient(pattern: &str) -> Self {
        Self { pattern: pattern.into(), parts: compile(pattern).map(Into::into) }
    }

    /// The format as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    /// Why it is no format, if it is none.
    #[must_use]
    pub fn defect(&self) -> Option<&FormatError> {
        self.parts.as_ref().err()
    }

    pub(super) fn parts(&self) -> Result<&[Part], &FormatError> {
        self.parts.as_deref()
    }
}

impl fmt::Debug for DateTimeFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pattern)
    }
}

impl PartialEq for DateTimeFormat {
    fn eq(&self, other: &Self) -> bool {
        self.pattern == other.pattern
    }
}

fn compile(pattern: &str) -> Result<Vec<Part>, FormatError> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        match char {
            '\'' => {
                let (text, next) = quoted(&chars, at)?;
                push_text(&mut parts, &text);
                at = next;
            }
            'a'..='z' | 'A'..='Z' => {
                let count = chars[at..].iter().take_while(|other| **other == char).count();
                let field = Field::of(char, count).map_err(|error| match error {
                    FieldError::Unknown => FormatError::UnknownLetter { letter: char, at: at + 1 },
                    FieldError::TooMany => FormatError::TooMany { letter: char, count, at: at + 1 },
                })?;
                parts.push(Part::Field(field));
                at += count;
            }
            '0'..='9' | '[' | ']' | '{' | '}' => {
                return Err(FormatError::UnknownLetter { letter: char, at: at + 1 });
            }
            _ => {
                push_text(&mut parts, char.encode_utf8(&mut [0; 4]));
                at += 1;
            }
        }
    }
    Ok(parts)
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Literal(known)) => known.push_str(text),
        _ => parts.push(Part::Literal(text.to_owned())),
    }
}

/// The text in quotes that opens at `open`, and where the format goes on; `''` is a quote, inside quotes too.
fn quoted(chars: &[char], open: usize) -> Result<(String, usize), FormatError> {
    let mut text = String::new();
    let mut at = open + 1;
    loop {
        match (chars.get(at), chars.get(at + 1)) {
            (None, _) => return Err(FormatError::OpenQuote { at: open + 1 }),
            (Some('\''), Some('\'')) => {
                text.push('\'');
                at += 2;
            }
            (Some('\''), _) => {
                let text = if at == open + 1 { "'".to_owned() } else { text };
                return Ok((text, at + 1));
            }
            (Some(char), _) => {
                text.push(*char);
                at += 1;
            }
        }
    }
}
