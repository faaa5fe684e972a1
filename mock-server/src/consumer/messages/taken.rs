//! What a handler says of a message.

use std::fmt::Display;

/// What a handler may return: nothing, or a result whose error can be displayed, such as that of the code under test.
pub trait Taken {
    /// Why the message was not taken, in words; errors of `anyhow` with all their causes.
    ///
    /// # Errors
    ///
    /// The message was not taken.
    fn taken(self) -> Result<(), String>;
}

impl Taken for () {
    fn taken(self) -> Result<(), String> {
        Ok(())
    }
}

impl<T, E: Display> Taken for Result<T, E> {
    fn taken(self) -> Result<(), String> {
        self.map(drop).map_err(|error| format!("{error:#}"))
    }
}
