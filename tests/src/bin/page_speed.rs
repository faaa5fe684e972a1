//! Measures every page of the web UI at 150 services with 1,000 integrations: the size of its HTML and the time to its
//! first byte, best and median of several. Ends with an error when a page is larger than 100 KB or, in an optimised
//! build, takes longer than 100 ms. `page_speed SERVICES INTEGRATIONS` measures at another size.

use std::time::Duration;

use anyhow::Result;
use countersign_broker::{Broker, Config};
use countersign_tests::browser::timed;
use countersign_tests::seed::landscape;
use countersign_tests::tour::{Scene, address_of};

/// How often each page is asked for.
const TIMES: usize = 15;

const LARGEST: usize = 100 * 1024;
const SLOWEST: Duration = Duration::from_millis(100);

#[tokio::main]
async fn main() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let sizes = std::env::args().skip(1).map(|size| size.parse()).collect::<Result<Vec<usize>, _>>()?;
    let broker = match sizes[..] {
        [services, integrations] => {
            let config = Config::new(folder.path().join("broker.sqlite").to_string_lossy()).port(0);
            landscape::plant(&config, services, integrations).await?;
            Broker::start(config).await?
        }
        _ => Scene::Large.start(folder.path()).await?,
    };
    let address = broker.url().to_owned();
    let bad = tokio::task::spawn_blocking(move || measure(&address)).await??;
    broker.stop().await?;
    anyhow::ensure!(bad.is_empty(), "too large or too slow: {}", bad.join(", "));
    Ok(())
}

fn measure(broker: &str) -> Result<Vec<&'static str>> {
    let mut bad = Vec::new();
    print(&format!("{:<24} {:>9} {:>12} {:>12}", "page", "HTML", "best", "median"));
    for (name, path) in Scene::Large.pages() {
        let address = address_of(broker, path, |list| Ok(timed(list)?.0))?;
        // the first answer warms what later ones use, as the pages people look at are warm
        let size = timed(&address)?.0.len();
        let mut times = (0..TIMES).map(|_| Ok(timed(&address)?.1)).collect::<Result<Vec<Duration>>>()?;
        times.sort_unstable();
        let (best, median) = (times[0], times[TIMES / 2]);
        let shown = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1_000.0);
        print(&format!("{name:<24} {:>6.1} KB {:>12} {:>12}", size as f64 / 1024.0, shown(best), shown(median)));
        if size > LARGEST || (!cfg!(debug_assertions) && median > SLOWEST) {
            bad.push(*name);
        }
    }
    Ok(bad)
}

#[allow(clippy::print_stdout, reason = "a table to read is what this program is for")]
fn print(line: &str) {
    println!("{line}");
}
