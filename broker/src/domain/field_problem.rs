//! What is wrong with a request, field by field.

/// A field of a request and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field, dotted when nested, empty when the problem is not one field's.
    pub field: String,
    /// What is wrong, in words.
    pub message: String,
    /// In which way it is wrong.
    pub fault: Fault,
}

/// In which way a field is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is absent.
    Missing,
    /// It does not read as what it should be, such as a number.
    Format,
    /// Its value is not one of those allowed.
    Value,
}

impl FieldProblem {
    /// A field with an unusable value.
    #[must_use]
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), fault: Fault::Value }
    }

    /// A field that does not read as what it should be.
    #[must_use]
    pub fn unreadable(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), fault: Fault::Format }
    }

    /// A field that must be given.
    #[must_use]
    pub fn missing(field: impl Into<String>) -> Self {
        Self { field: field.into(), message: "is missing".to_owned(), fault: Fault::Missing }
    }
}
