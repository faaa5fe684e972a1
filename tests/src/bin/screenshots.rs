//! Takes pictures of the web UI: `screenshots FOLDER` takes those of the documentation, `screenshots FOLDER --all` every
//! page with no, a little and much data, for admins and others, with and without scripts, wide and narrow, light and
//! dark. `--all WORD` takes those only whose name contains the word, such as `network-360`.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use countersign_broker::RunningBroker;
use countersign_tests::browser::Browser;
use countersign_tests::tools::chromium;
use countersign_tests::tour::{Scene, address_of};

/// What the documentation shows: scene, page, width, dark.
const DOCUMENTED: [(Scene, &str, u32, bool); 14] = [
    (Scene::Shop, "overview", 1440, false),
    (Scene::Shop, "overview", 360, false),
    (Scene::Shop, "pact", 1440, false),
    (Scene::Shop, "pact", 360, true),
    (Scene::Shop, "diff", 1440, true),
    (Scene::Shop, "network", 1440, false),
    (Scene::Large, "network-whole", 1440, false),
    (Scene::Large, "network-teams", 1440, true),
    (Scene::Shop, "application", 1440, false),
    (Scene::Shop, "environments", 1440, false),
    (Scene::Shop, "promotion", 1440, false),
    (Scene::Shop, "can-i-deploy", 1440, false),
    (Scene::Admin, "webhook", 1440, false),
    (Scene::Admin, "audit", 1440, true),
];

/// Which pictures to take.
struct Wanted {
    all: bool,
    word: String,
}

impl Wanted {
    /// What a picture is called, if it is wanted.
    fn name(&self, scene: Scene, page: &str, (width, dark): (u32, bool)) -> Option<String> {
        let theme = if dark { "-dark" } else { "" };
        if !self.all {
            let start = if scene == Scene::Large { "large-" } else { "" };
            return DOCUMENTED.contains(&(scene, page, width, dark)).then(|| format!("{start}{page}-{width}{theme}"));
        }
        let name = format!("{}-{page}-{width}{theme}", scene.name());
        name.contains(&self.word).then_some(name)
    }

    fn is_any(&self, scene: Scene) -> bool {
        let looks = LOOKS.into_iter().flat_map(|look| scene.pages().iter().map(move |(page, _)| (*page, look)));
        looks.into_iter().any(|(page, look)| self.name(scene, page, look).is_some())
    }
}

const LOOKS: [(u32, bool); 4] = [(1440, false), (1440, true), (360, false), (360, true)];

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = PathBuf::from(arguments.first().context("give the folder for the pictures")?);
    let all = arguments.get(1).is_some_and(|argument| argument == "--all");
    let wanted = Wanted { all, word: arguments.get(2).cloned().unwrap_or_default() };
    std::fs::create_dir_all(&folder)?;
    let executable = chromium().context("Chromium is needed: apt-get install chromium")?;
    let data = tempfile::tempdir()?;
    let mut brokers: Vec<(Scene, RunningBroker)> = Vec::new();
    for scene in Scene::ALL.into_iter().filter(|scene| wanted.is_any(*scene)) {
        brokers.push((scene, scene.start(data.path()).await?));
    }
    let visits: Vec<_> = brokers.iter().map(|(scene, broker)| (*scene, broker.url().to_owned())).collect();
    tokio::task::spawn_blocking(move || -> Result<()> {
        for (scene, address) in visits {
            // whoever signed in before is forgotten with the browser
            let mut browser = Browser::launch(&executable)?;
            scene.prepare(&mut browser, &address)?;
            for look in LOOKS {
                take(&mut browser, &folder, (scene, &address), look, &wanted)?;
            }
        }
        Ok(())
    })
    .await??;
    for (_, broker) in brokers {
        broker.stop().await?;
    }
    Ok(())
}

fn take(
    browser: &mut Browser,
    folder: &Path,
    (scene, broker): (Scene, &str),
    look: (u32, bool),
    wanted: &Wanted,
) -> Result<()> {
    browser.resize(look.0)?;
    browser.prefer_dark(look.1)?;
    for (page, path) in scene.pages() {
        let Some(name) = wanted.name(scene, page, look) else { continue };
        let address = address_of(broker, path, |list| browser.html(list))?;
        browser.visit(&address)?;
        browser.save(&folder.join(format!("{name}.png")))?;
    }
    Ok(())
}
