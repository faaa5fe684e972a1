//! Telling the story: numbered steps, with what happened indented below each.

use std::time::{Duration, Instant};

use crate::output::{Style, print};

/// How far everything below a step's title is indented.
const INDENT: &str = "    ";

/// Prints the story and counts its steps.
#[derive(Debug)]
pub(super) struct Narrator {
    pub(super) style: Style,
    step: usize,
    began: Instant,
}

impl Narrator {
    /// Opens the story.
    pub(super) fn open(style: Style) -> Self {
        print("\nA small shop: order-service asks inventory-service what is in stock, over REST and gRPC.");
        Self { style, step: 0, began: Instant::now() }
    }

    /// Begins the next step.
    pub(super) fn step(&mut self, title: &str) {
        self.step += 1;
        print(&format!("\n{} {title}", self.style.prompt(&format!("{:>2} ", self.step))));
    }

    /// Something to know about the step.
    pub(super) fn say(&self, text: &str) {
        print(&format!("{INDENT}{text}"));
    }

    /// Something the step achieved.
    pub(super) fn done(&self, text: &str) {
        self.say(&format!("{} {text}", self.style.good("✓")));
    }

    /// How a reader would do the step by hand; the options of a long command go on further lines.
    pub(super) fn by_hand(&self, command: &[&str]) {
        let lines = command.join(" \\\n        ");
        for line in format!("$ countersign {lines}").lines() {
            self.say(&self.style.quiet(line));
        }
    }

    /// What a part of the product has to say, line by line, whatever it was indented by.
    pub(super) fn show(&self, text: &str) {
        let lines = || text.trim_matches('\n').lines();
        let indented = |line: &str| line.len() - line.trim_start().len();
        let margin = lines().filter(|line| !line.trim().is_empty()).map(indented).min().unwrap_or(0);
        for line in lines() {
            print(format!("{INDENT}{}", line.get(margin..).unwrap_or_default()).trim_end());
        }
    }

    /// Closes the story.
    pub(super) fn close(&self) {
        let told = format!("All {} steps went as told, in {}.", self.step, seconds(self.began.elapsed()));
        print(&format!("\n{}", self.style.good(&told)));
    }

    /// The step that is being told.
    pub(super) fn current(&self) -> usize {
        self.step
    }
}

/// A duration as people say it, such as `0.3 s`.
pub(super) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
