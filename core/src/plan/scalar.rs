//! Lists of rules over one value.

use super::rule_tree::CompiledList;
use crate::mismatch::Problem;
use crate::rule::{Combine, Rule, Typing};
use crate::value::Value;

/// Runs the list; with AND each broken rule is reported, with OR all of them unless one holds.
pub(super) fn check_list<'l>(
    list: &'l CompiledList,
    expected: &Value,
    actual: &Value,
    typing: Typing,
    mut report: impl FnMut(Problem, &'l Rule),
) {
    if list.combine == Combine::Or
        && list.rules.iter().any(|compiled| compiled.rule.check(expected, actual, typing).is_ok())
    {
        return;
    }
    for compiled in &list.rules {
        if let Err(problem) = compiled.rule.check(expected, actual, typing) {
            report(problem, &compiled.rule);
        }
    }
}
