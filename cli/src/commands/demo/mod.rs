//! `countersign demo`: the whole story on a small shop.

mod narrator;
mod shop;
mod story;

use clap::Args;

use crate::app::Exit;
use crate::failure::Failure;
use story::Story;

/// Plays the whole story on a small shop: record, publish, verify, deploy, break, and be told so
///
/// The broker it starts stays up for browsing until Ctrl-C.
#[derive(Debug, Clone, Args)]
pub(crate) struct Demo {
    /// Leave at the end instead of keeping the broker up for browsing; exit code 0 only if every step went as told
    #[arg(long)]
    pub(crate) exit: bool,
    /// The port of the demo's broker; 0 takes any free one
    #[arg(long, value_name = "PORT", default_value_t = 9292)]
    pub(crate) port: u16,
}

impl Demo {
    /// Plays the story.
    pub(crate) async fn run(self) -> Result<Exit, Failure> {
        let mut story = Story::begin(self.port).await?;
        let played = story.play().await;
        if played.is_ok() && !self.exit {
            story.linger().await;
        }
        let ended = story.end().await;
        played.and(ended).map(|()| Exit::Well)
    }
}
