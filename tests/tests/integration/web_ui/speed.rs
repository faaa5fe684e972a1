//! Pages stay small and quick at 150 services with 1,000 integrations.

use std::time::{Duration, Instant};

use countersign_tests::browser::get;

use super::{Data, stocked};

/// How large a page may be.
const LARGEST: usize = 100 * 1024;

/// How long a page may take in an optimised build. A debug build takes several times as long, and other tests run beside.
const SLOWEST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 3_000 } else { 100 });

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_large_or_slow() {
    let stocked = stocked(Data::Landscape(150, 1_000)).await;
    let address = stocked.broker.url().to_owned();
    let pages = tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        let home = get(&format!("{address}/"))?;
        let pact = home.split("href=\"/pacts/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let app = "/pacticipants/order-gateway";
        for page in [
            "/",
            "/?status=failed&sort=verified",
            "/?environment=production&q=order&label=team:risk",
            "/?branch=main&page=5",
            &format!("/pacts/{pact}"),
            app,
            "/network",
            "/network?environment=production",
            "/network?focus=order-gateway&steps=2",
            "/environments",
            "/environments/promotion?from=staging&to=production",
            "/environments/history",
            "/can-i-deploy?pacticipant=order-gateway&branch=main&environment=production",
            "/matrix",
        ] {
            // the best of three: what else the machine does is no matter here
            let mut best = Duration::MAX;
            let mut size = 0;
            for _ in 0..3 {
                let asked = Instant::now();
                size = get(&format!("{address}{page}"))?.len();
                best = best.min(asked.elapsed());
            }
            eprintln!("{page}: {} KB, {} ms", size / 1024, best.as_millis());
            assert!(size <= LARGEST, "{page} has {size} bytes");
            assert!(best <= SLOWEST, "{page} takes {best:?}");
        }
        Ok(())
    });
    pages.await.unwrap().unwrap();
    stocked.broker.stop().await.unwrap();
}
