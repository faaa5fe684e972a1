//! `Date`, `Time`, `DateTime`: a moment relative to now.

use jiff::Zoned;
use serde_json::{Map, Value as Json, json};

use super::attributes::text;
use super::expression::{Expression, ExpressionError};
use crate::rule::{DateTimeFormat, DateTimeKind};

/// A moment and how it is written.
#[derive(Debug, Clone, PartialEq)]
pub struct Moment {
    kind: DateTimeKind,
    format: DateTimeFormat,
    stated_format: bool,
    expression: Option<String>,
    parsed: Result<Expression, ExpressionError>,
}

impl Moment {
    /// A moment by an expression (now, without one), written by a format ([`DateTimeKind::default_format`], without one).
    #[must_use]
    pub fn new(kind: DateTimeKind, format: Option<DateTimeFormat>, expression: Option<&str>) -> Self {
        let parsed = match (kind, expression) {
            (_, None) => Ok(Expression::default()),
            (DateTimeKind::Time, Some(expression)) => Expression::parse_time(expression),
            (_, Some(expression)) => Expression::parse(expression),
        };
        Self {
            kind,
            stated_format: format.is_some(),
            format: format.unwrap_or_else(|| DateTimeFormat::lenient(kind.default_format())),
            expression: expression.map(str::to_owned),
            parsed,
        }
    }

    pub(super) fn from_json(object: &Map<String, Json>, kind: DateTimeKind) -> Self {
        let format = text(object, "format").filter(|format| !format.is_empty());
        let format = format.as_deref().map(DateTimeFormat::lenient);
        Self::new(kind, format, text(object, "expression").as_deref())
    }

    pub(super) fn to_json(&self) -> Json {
        let mut json = json!({ "type": self.type_name() });
        if self.stated_format {
            json["format"] = self.format.as_str().into();
        }
        if let Some(expression) = &self.expression {
            json["expression"] = expression.as_str().into();
        }
        json
    }

    fn type_name(&self) -> &'static str {
        match self.kind {
            DateTimeKind::Date => "Date",
            DateTimeKind::Time => "Time",
            DateTimeKind::DateTime | DateTimeKind::Timestamp => "DateTime",
        }
    }

    /// The format that the moment is written by.
    #[must_use]
    pub fn format(&self) -> &DateTimeFormat {
        &self.format
    }

    pub(super) fn defect(&self) -> Option<String> {
        let expression = self.parsed.as_ref().err().map(ToString::to_string);
        expression.or_else(|| self.format.defect().map(ToString::to_string))
    }

    pub(super) fn generate(&self, now: &Zoned) -> Option<Json> {
        let moment = self.parsed.as_ref().ok()?.apply(now)?;
        self.format.write(&moment).ok().map(Json::from)
    }
}
