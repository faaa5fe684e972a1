//! Whether a failure should break the provider's build.
//!
//! A pact is pending for a provider until the provider has kept it once. The question is asked per provider branch
//! (or tag, where branches are not in use): a branch that inherits code which already kept the pact elsewhere may not
//! break it.

/// A successful verification, as far as these rules look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Success {
    /// The branches or tags (see [`Lines`]) of the provider version that kept the contract.
    pub lines: Vec<String>,
    /// When it was recorded, in microseconds since 1970.
    pub at: i64,
    /// Whether the contract was handed out as work in progress.
    pub wip: bool,
}

/// A provider branch or tag, and since when it exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// When it was first used, in microseconds since 1970; `None` when it is not known to the broker yet.
    pub since: Option<i64>,
}

/// What the provider version being verified belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Neither branch nor tags were given.
    Unknown,
    /// A branch.
    Branch(Line),
    /// Tags, standing in for branches.
    Tags(Vec<Line>),
}

impl Lines {
    fn each(&self) -> &[Line] {
        match self {
            Self::Unknown => &[],
            Self::Branch(line) => std::slice::from_ref(line),
            Self::Tags(lines) => lines,
        }
    }
}

/// Whether a contract with these successes is pending: a failure now tells the provider something new and must not
/// break its build.
#[must_use]
pub fn is_pending(successes: &[Success], lines: &Lines) -> bool {
    match lines {
        Lines::Unknown => successes.is_empty(),
        _ => lines.each().iter().any(|line| !kept(successes, line)),
    }
}

/// Whether a contract is still work in progress for these lines. Successes recorded while it was work in progress do
/// not end that; and those of other lines do only when they are not older than `elsewhere_since`.
#[must_use]
pub fn is_work_in_progress(successes: &[Success], lines: &Lines, elsewhere_since: i64) -> bool {
    lines.each().iter().any(|line| {
        let counts =
            |success: &&Success| !success.wip && (success.lines.contains(&line.name) || success.at >= elsewhere_since);
        let settled: Vec<Success> = successes.iter().filter(counts).cloned().collect();
        !kept(&settled, line)
    })
}

/// Kept on the line itself, or elsewhere before the line began.
fn kept(successes: &[Success], line: &Line) -> bool {
    successes.iter().any(|success| {
        success.lines.contains(&line.name)
            || success.lines.iter().any(|other| *other != line.name)
                && line.since.is_none_or(|since| success.at < since)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn success(line: &str, at: i64) -> Success {
        Success { lines: vec![line.to_owned()], at, wip: false }
    }

    fn branch(name: &str, since: Option<i64>) -> Lines {
        Lines::Branch(Line { name: name.to_owned(), since })
    }

    #[test]
    fn pending_until_kept_here_or_elsewhere_before_this_line_began() {
        for (successes, lines, pending) in [
            (vec![], Lines::Unknown, true),
            (vec![success("any", 1)], Lines::Unknown, false),
            (vec![], branch("main", Some(5)), true),
            (vec![success("main", 9)], branch("main", Some(5)), false),
            (vec![success("other", 9)], branch("main", Some(5)), true),
            (vec![success("other", 3)], branch("main", Some(5)), false),
            (vec![success("other", 9)], branch("new", None), false),
            (vec![Success { lines: vec![], at: 3, wip: false }], branch("main", Some(5)), true),
        ] {
            assert_eq!(is_pending(&successes, &lines), pending, "{successes:?} {lines:?}");
        }
    }

    #[test]
    fn pending_for_one_tag_is_pending() {
        let line = |name: &str| Line { name: name.to_owned(), since: Some(5) };
        let lines = Lines::Tags(vec![line("a"), line("b")]);
        assert!(is_pending(&[success("a", 9)], &lines));
        assert!(!is_pending(&[success("a", 9), success("b", 9)], &lines));
    }

    #[test]
    fn a_success_while_work_in_progress_does_not_end_it() {
        let wip = Success { wip: true, ..success("main", 9) };
        assert!(is_work_in_progress(std::slice::from_ref(&wip), &branch("main", Some(5)), 0));
        assert!(!is_pending(&[wip], &branch("main", Some(5))));
        assert!(!is_work_in_progress(&[success("main", 9)], &branch("main", Some(5)), 0));
    }

    #[test]
    fn successes_elsewhere_count_for_a_while() {
        let line = branch("main", Some(50));
        assert!(!is_work_in_progress(&[success("other", 20)], &line, 10));
        assert!(is_work_in_progress(&[success("other", 20)], &line, 30));
        assert!(!is_work_in_progress(&[success("main", 20)], &line, 30));
    }
}
