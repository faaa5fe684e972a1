//! The status codes of gRPC.

use std::fmt;

/// A status code of gRPC, by the number it has on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusCode(u8);

/// The names in the order of their numbers.
const NAMES: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

impl StatusCode {
    /// Success, number 0.
    pub const OK: Self = Self(0);
    /// Number 2; also stands for anything that is no code.
    pub const UNKNOWN: Self = Self(2);

    /// The code of a number; numbers that gRPC does not define are [`UNKNOWN`](Self::UNKNOWN).
    #[must_use]
    pub fn from_number(number: i32) -> Self {
        u8::try_from(number).ok().filter(|number| usize::from(*number) < NAMES.len()).map_or(Self::UNKNOWN, Self)
    }

    /// The code of a name such as `NOT_FOUND`, or of a number's text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let index = text.parse().ok().or_else(|| NAMES.iter().position(|name| *name == text))?;
        u8::try_from(index).ok().filter(|index| usize::from(*index) < NAMES.len()).map(Self)
    }

    /// The number on the wire.
    #[must_use]
    pub fn number(self) -> i32 {
        i32::from(self.0)
    }

    /// The name, such as `NOT_FOUND`.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES[usize::from(self.0)]
    }
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_names_and_numbers() {
        for (text, number) in [("NOT_FOUND", 5), ("5", 5), ("OK", 0), (" 16 ", 16)] {
            assert_eq!(StatusCode::parse(text).map(StatusCode::number), Some(number), "{text}");
        }
        for text in ["", "17", "-1", "256", "NotFound"] {
            assert_eq!(StatusCode::parse(text), None, "{text}");
        }
        for number in 0..17 {
            assert_eq!(StatusCode::parse(StatusCode::from_number(number).name()).unwrap().number(), number);
        }
        assert_eq!(StatusCode::from_number(99), StatusCode::UNKNOWN);
    }
}
