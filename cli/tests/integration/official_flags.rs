//! Whatever can be typed after `pact broker` can be typed after `countersign`.

use std::collections::BTreeSet;

use crate::command::run;
use crate::serving::official;
use crate::tools::has_pact;

/// Sub-commands that install and run other software.
const NOT_OURS: [&str; 3] = ["help", "ruby", "docker"];

/// The sub-commands a help text lists.
fn subcommands(help: &str) -> Vec<String> {
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    list.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// The flags a help text lists: each with its short form, if it has one.
fn flags(help: &str) -> BTreeSet<(Option<String>, String)> {
    let mut found = BTreeSet::new();
    for line in help.lines().map(str::trim_start) {
        let (short, rest) = match line.split_once(", ") {
            Some((short, rest)) if short.len() == 2 && short.starts_with('-') => (Some(short.to_owned()), rest),
            _ => (None, line),
        };
        if let Some(name) = rest.strip_prefix("--") {
            let name: String = name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
            found.insert((short, format!("--{name}")));
        }
    }
    found
}

#[tokio::test]
async fn every_flag_of_the_official_command_is_taken() {
    if !has_pact() {
        return;
    }
    let folder = std::env::temp_dir();
    let mut commands = Vec::new();
    for name in subcommands(&official(&folder, "broker --help").await.stdout) {
        let below = official(&folder, &format!("broker {name} --help")).await.stdout;
        match subcommands(&below).as_slice() {
            _ if NOT_OURS.contains(&name.as_str()) => {}
            [] => commands.push(name),
            nested => {
                commands
                    .extend(nested.iter().filter(|nested| *nested != "help").map(|nested| format!("{name} {nested}")));
            }
        }
    }
    assert!(commands.len() > 25, "{commands:?}");
    let mut missing = Vec::new();
    let mut compared = 0;
    for command in commands {
        let theirs = flags(&official(&folder, &format!("broker {command} --help")).await.stdout);
        let help = run(&format!("{command} --help")).await;
        assert_eq!(help.code, 0, "{command}: {}", help.told());
        let ours = flags(&help.stdout);
        for (short, long) in theirs {
            compared += 1;
            let same =
                |(own_short, own): &(Option<String>, String)| *own == long && (short.is_none() || *own_short == short);
            if ours.iter().any(same)
                || matches!(long.as_str(), "--version" | "--help") && short.as_deref() != Some("-e")
            {
                continue;
            }
            // what is taken for compatibility alone is not in the help
            for spelling in short.iter().chain([&long]) {
                let told = run(&format!("{command} {spelling}")).await.stderr;
                if told.contains("unexpected argument") {
                    missing.push(format!("{command} {spelling}"));
                }
            }
        }
    }
    assert!(compared > 400, "{compared}");
    assert!(missing.is_empty(), "{missing:#?}");
}
