//! A response as the verifier checks it.

use super::body::{BodyPlan, ReceivedBody};
use super::fields::FieldsPlan;
use super::rule_tree::CompiledList;
use super::{ReceivedHeaders, Unexpected, scalar};
use crate::mismatch::{Location, Mismatch, Problem};
use crate::pact::HttpResponse;
use crate::rule::{Category, Typing};
use crate::value::{Number, Value};

/// A response as it came over the wire.
#[derive(Debug, Clone)]
pub struct ReceivedResponse<'a> {
    /// The status code.
    pub status: u16,
    /// Header fields in order.
    pub headers: ReceivedHeaders<'a>,
    /// The body; empty when there is none.
    pub body: &'a [u8],
}

/// A response, ready to be compared with many. A provider may answer more than was agreed.
#[derive(Debug, Clone)]
pub struct ResponsePlan {
    status: u16,
    status_rules: Option<CompiledList>,
    headers: FieldsPlan,
    body: BodyPlan,
}

impl ResponsePlan {
    /// Compiles a response.
    #[must_use]
    pub fn compile(response: &HttpResponse) -> Self {
        Self {
            status: response.status,
            status_rules: response.rules.single(Category::Status).map(CompiledList::new),
            headers: FieldsPlan::compile(&response.headers, &response.rules),
            body: BodyPlan::compile(&response.body, &response.rules),
        }
    }

    /// All differences between what was agreed and what came.
    #[must_use]
    pub fn check(&self, received: &ReceivedResponse<'_>) -> Vec<Mismatch> {
        let mut found = Vec::new();
        self.check_status(received.status, &mut found);
        self.headers.check(&received.headers, &mut found);
        let content_type = super::request::content_type(&received.headers);
        let received_body = ReceivedBody::new(received.body, content_type.as_ref(), &self.headers);
        self.body.check(&received_body, Unexpected::Allowed, &mut found);
        found
    }

    fn check_status(&self, actual: u16, found: &mut Vec<Mismatch>) {
        if self.status_rules.is_none() && self.status == actual {
            return;
        }
        let number = |status: u16| Value::Number(Number::from(i64::from(status)));
        let (expected, actual_value) = (number(self.status), number(actual));
        let mut report = |problem, rule| {
            let (expected, actual) = (Some(expected.clone()), Some(actual_value.clone()));
            found.push(Mismatch { location: Location::Status, problem, expected, actual, rule });
        };
        match &self.status_rules {
            None => report(Problem::NotEqual, None),
            Some(list) => scalar::check_list(list, &expected, &actual_value, Typing::Typed, |problem, rule| {
                report(problem, Some(rule.clone()));
            }),
        }
    }
}
