//! Colour, only where a person looks at a terminal and has not asked for none.

use std::io::IsTerminal as _;

use owo_colors::OwoColorize as _;

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Coloured,
}

impl Style {
    /// The style of standard output.
    pub(crate) fn for_stdout() -> Self {
        Self::for_terminal(std::io::stdout().is_terminal())
    }

    /// The style of standard error.
    pub(crate) fn for_stderr() -> Self {
        Self::for_terminal(std::io::stderr().is_terminal())
    }

    fn for_terminal(terminal: bool) -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if terminal && !refused { Self::Coloured } else { Self::Plain }
    }

    /// Text about something that went well.
    pub(crate) fn good(self, text: &str) -> String {
        if self == Self::Coloured { text.green().to_string() } else { text.to_owned() }
    }

    /// Text about something that went wrong.
    pub(crate) fn bad(self, text: &str) -> String {
        if self == Self::Coloured { text.red().bold().to_string() } else { text.to_owned() }
    }

    /// Text about something to look out for.
    pub(crate) fn doubtful(self, text: &str) -> String {
        if self == Self::Coloured { text.yellow().to_string() } else { text.to_owned() }
    }

    /// Text that suggests something.
    pub(crate) fn prompt(self, text: &str) -> String {
        if self == Self::Coloured { text.cyan().to_string() } else { text.to_owned() }
    }

    /// Text that matters less.
    pub(crate) fn quiet(self, text: &str) -> String {
        if self == Self::Coloured { text.dimmed().to_string() } else { text.to_owned() }
    }
}
