//! The options of can-i-deploy whose order matters: each `--version`, `--branch`, … belongs to the `--pacticipant` or
//! `--ignore` before it.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use countersign_broker_client::{Ignored, MatrixSelector, VersionChoice};

/// The order-dependent options as typed.
#[derive(Debug, Clone, Default)]
pub(crate) struct MatrixSelectors {
    words: Vec<Word>,
}

/// One option with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    Pacticipant(String),
    Ignore(String),
    Version(String),
    Latest(Option<String>),
    Tag(String),
    Branch(String),
    MainBranch,
}

/// Name, short flag, value name and help of each option, in the order help shows them.
const OPTIONS: [(&str, Option<char>, &str, &str); 7] = [
    (
        "pacticipant",
        Some('a'),
        "PACTICIPANT",
        "The application asked about (can be repeated). What says which version of it is meant comes after it",
    ),
    ("version", Some('e'), "VERSION", "The version with this number"),
    ("latest", Some('l'), "TAG", "The newest version, or the newest with this tag"),
    ("tag", None, "TAG", "Every version with this tag"),
    ("branch", None, "BRANCH", "The newest version of this branch"),
    ("main-branch", None, "", "The newest version of the main branch"),
    (
        "ignore",
        None,
        "PACTICIPANT",
        "An application whose results do not count (can be repeated); a --version after it restricts that to one version",
    ),
];

/// Options of the official command that ask for what happens anyway.
const NEEDLESS: [&str; 2] = ["no-main-branch", "skip-main-branch"];

impl Args for MatrixSelectors {
    fn augment_args(command: Command) -> Command {
        let command = command.args(NEEDLESS.map(|name| {
            Arg::new(name)
                .long(name)
                .hide(true)
                .num_args(0..=1)
                .action(ArgAction::Append)
                .help("Taken for compatibility")
        }));
        command.args(OPTIONS.map(|(name, short, value_name, help)| {
            let option = Arg::new(name).long(name).help(help).action(ArgAction::Append).help_heading("What is asked");
            let option = short.map_or(option.clone(), |short| option.short(short));
            match name {
                "latest" => option.value_name(value_name).num_args(0..=1).default_missing_value(""),
                "main-branch" => option.num_args(0).default_missing_value("true"),
                "ignore" => option.value_name(value_name).value_delimiter(',').env("PACT_BROKER_CAN_I_DEPLOY_IGNORE"),
                _ => option.value_name(value_name),
            }
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for MatrixSelectors {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut placed: Vec<(usize, Word)> = Vec::new();
        for (name, ..) in OPTIONS {
            let indices = matches.indices_of(name).into_iter().flatten();
            let values = matches.get_many::<String>(name).into_iter().flatten();
            placed.extend(indices.zip(values).map(|(index, value)| (index, Word::new(name, value.clone()))));
        }
        placed.sort_by_key(|(index, _)| *index);
        Ok(Self { words: placed.into_iter().map(|(_, word)| word).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Word {
    fn new(option: &str, value: String) -> Self {
        match option {
            "pacticipant" => Self::Pacticipant(value),
            "ignore" => Self::Ignore(value),
            "version" => Self::Version(value),
            "latest" => Self::Latest(Some(value).filter(|tag| !tag.is_empty())),
            "tag" => Self::Tag(value),
            "branch" => Self::Branch(value),
            _ => Self::MainBranch,
        }
    }

    fn option(&self) -> &'static str {
        match self {
            Self::Pacticipant(_) => "--pacticipant",
            Self::Ignore(_) => "--ignore",
            Self::Version(_) => "--version",
            Self::Latest(_) => "--latest",
            Self::Tag(_) => "--tag",
            Self::Branch(_) => "--branch",
            Self::MainBranch => "--main-branch",
        }
    }

    fn choice(self) -> Option<VersionChoice> {
        Some(match self {
            Self::Pacticipant(_) | Self::Ignore(_) => return None,
            Self::Version(number) => VersionChoice::Number(number),
            Self::Latest(None) => VersionChoice::Latest,
            Self::Latest(Some(tag)) => VersionChoice::LatestTagged(tag),
            Self::Tag(tag) => VersionChoice::Tagged(tag),
            Self::Branch(branch) => VersionChoice::Branch(branch),
            Self::MainBranch => VersionChoice::MainBranch,
        })
    }
}

/// What the last `--pacticipant` or `--ignore` was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    None,
    Pacticipant,
    Ignored,
}

impl MatrixSelectors {
    /// What was meant, or everything that makes no sense about it.
    pub(crate) fn interpret(self) -> Result<(Vec<MatrixSelector>, Vec<Ignored>), Vec<String>> {
        let mut selectors: Vec<MatrixSelector> = Vec::new();
        let mut ignored: Vec<Ignored> = Vec::new();
        let mut problems = Vec::new();
        let mut subject = Subject::None;
        for word in self.words {
            let option = word.option();
            match (word, subject) {
                (Word::Pacticipant(pacticipant), _) => {
                    selectors.push(MatrixSelector { pacticipant, version: VersionChoice::Any });
                    subject = Subject::Pacticipant;
                }
                (Word::Ignore(pacticipant), _) => {
                    ignored.push(Ignored { pacticipant, version: None });
                    subject = Subject::Ignored;
                }
                (Word::Version(number), Subject::Ignored) => {
                    if let Some(last) = ignored.last_mut() {
                        last.version = Some(number);
                    }
                }
                (word, Subject::Pacticipant) => {
                    if let (Some(last), Some(choice)) = (selectors.last_mut(), word.choice()) {
                        problems.extend(refine(last, choice).err().map(|reason| format!("{option}: {reason}")));
                    }
                }
                (_, Subject::Ignored) => {
                    problems.push(format!("{option} cannot follow --ignore: only --version restricts what is ignored"));
                }
                (_, Subject::None) => {
                    problems.push(format!("{option} must come after the --pacticipant it belongs to"))
                }
            }
        }
        if selectors.is_empty() {
            problems.push("name the application with --pacticipant (-a)".to_owned());
        }
        if problems.is_empty() { Ok((selectors, ignored)) } else { Err(problems) }
    }
}

/// Puts a choice on a selector; two go together only when one is "the newest of" the other.
fn refine(selector: &mut MatrixSelector, choice: VersionChoice) -> Result<(), String> {
    use VersionChoice::{Any, Branch, Latest, LatestTagged, MainBranch, Tagged};
    selector.version = match (std::mem::replace(&mut selector.version, Any), choice) {
        (Any, choice) => choice,
        (Latest, Tagged(tag)) | (Tagged(tag), Latest) => LatestTagged(tag),
        (Latest, Branch(branch)) | (Branch(branch), Latest) => Branch(branch),
        (Latest, MainBranch) | (MainBranch, Latest) => MainBranch,
        (first, _) => {
            selector.version = first;
            return Err(format!("another option already says which version of `{}` is meant", selector.pacticipant));
        }
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<(Vec<MatrixSelector>, Vec<Ignored>), Vec<String>> {
        let command = MatrixSelectors::augment_args(Command::new("test").no_binary_name(true));
        let matches = command.try_get_matches_from(line.split_whitespace()).unwrap();
        MatrixSelectors::from_arg_matches(&matches).unwrap().interpret()
    }

    #[track_caller]
    fn check(line: &str, expected: &[(&str, VersionChoice)]) {
        let selectors = parse(line).unwrap().0;
        let found: Vec<_> = selectors.iter().map(|s| (s.pacticipant.as_str(), s.version.clone())).collect();
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn options_belong_to_the_pacticipant_before_them() {
        use VersionChoice::{Any, Branch, Latest, LatestTagged, MainBranch, Number, Tagged};
        let text = |text: &str| text.to_owned();
        check("-a Foo -e 1", &[("Foo", Number(text("1")))]);
        check(
            "--pacticipant Foo --latest --pacticipant Bar -l prod",
            &[("Foo", Latest), ("Bar", LatestTagged(text("prod")))],
        );
        check("-a Foo --main-branch -a Bar --version 2", &[("Foo", MainBranch), ("Bar", Number(text("2")))]);
        check("-a Foo -a Bar --branch x", &[("Foo", Any), ("Bar", Branch(text("x")))]);
        check("-a Foo --tag t -a Foo --main-branch", &[("Foo", Tagged(text("t"))), ("Foo", MainBranch)]);
        check("-a Foo --tag t --latest", &[("Foo", LatestTagged(text("t")))]);
        check("-a Foo --latest --branch b", &[("Foo", Branch(text("b")))]);
    }

    #[test]
    fn ignored_pacticipants_may_be_restricted_to_a_version() {
        let ignored = parse("-a Foo -e 1 --ignore Bar --ignore Baz --version 3 --ignore A,B").unwrap().1;
        let found: Vec<_> = ignored.iter().map(|i| (i.pacticipant.as_str(), i.version.as_deref())).collect();
        assert_eq!(found, [("Bar", None), ("Baz", Some("3")), ("A", None), ("B", None)]);
    }

    #[test]
    fn everything_that_makes_no_sense_is_told() {
        let cases: [(&str, &[&str]); 4] = [
            ("", &["name the application with --pacticipant (-a)"]),
            (
                "--version 1 --latest",
                &[
                    "--version must come after the --pacticipant it belongs to",
                    "--latest must come after the --pacticipant it belongs to",
                    "name the application with --pacticipant (-a)",
                ],
            ),
            (
                "-a Foo --version 1 --main-branch",
                &["--main-branch: another option already says which version of `Foo` is meant"],
            ),
            (
                "-a Foo --ignore Bar --branch x",
                &["--branch cannot follow --ignore: only --version restricts what is ignored"],
            ),
        ];
        for (line, expected) in cases {
            assert_eq!(parse(line).unwrap_err(), expected, "{line}");
        }
    }
}
