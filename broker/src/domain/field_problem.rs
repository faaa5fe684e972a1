//! What is wrong with a request, field by field.

/// A field of a request and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field, dotted when nested, empty when the problem is not one field's.
    pub field: String,
    /// What is wrong, in words.
    pub message: String,
    /// Whether the field is absent rather than wrong.
    pub missing: bool,
}

impl FieldProblem {
    /// A field with an unusable value.
    #[must_use]
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
            missing: false,
        }
    }

    /// A field that must be given.
    #[must_use]
    pub fn missing(field: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: "is missing".to_owned(),
            missing: true,
        }
    }
}
