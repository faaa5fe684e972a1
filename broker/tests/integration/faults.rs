//! What survives when things break.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::postgres::Cluster;
use crate::process::{Process, client, get, publish};
use crate::support::{each, pact};

/// How many pacts are published, each with a result.
const WRITES: usize = 2000;

/// Publishes and verifies from many sides until the broker dies; what it acknowledged.
async fn write_until_it_dies(url: &str, acknowledged: Arc<Mutex<BTreeSet<String>>>, next: Arc<AtomicUsize>) {
    let client = client();
    loop {
        let number = next.fetch_add(1, Ordering::SeqCst);
        if number >= WRITES {
            return;
        }
        let version = number.to_string();
        match publish(&client, url, &version).await {
            Ok(status) => assert_eq!(status.as_u16(), 200),
            Err(_) => return,
        }
        acknowledged.lock().await.insert(format!("pact {version}"));
        let place = format!("{url}/pacts/provider/orders/consumer/web/version/{version}");
        let Ok(response) = client.get(&place).header("Accept", "application/hal+json").send().await else { return };
        let Ok(text) = response.text().await else { return };
        let pact: Value = serde_json::from_str(&text).unwrap();
        let results = pact["_links"]["pb:publish-verification-results"]["href"].as_str().unwrap().to_owned();
        let body = json!({ "success": true, "providerApplicationVersion": version });
        match client.post(results).json(&body).send().await {
            Ok(answer) => assert_eq!(answer.status().as_u16(), 201),
            Err(_) => return,
        }
        acknowledged.lock().await.insert(format!("result {version}"));
    }
}

/// Kills a broker several times while 2,000 pacts and their results are written.
async fn nothing_acknowledged_is_lost(database: &str) {
    let (acknowledged, next) = (Arc::new(Mutex::new(BTreeSet::new())), Arc::new(AtomicUsize::new(0)));
    for enough in [300, 1500, 3000, usize::MAX] {
        let mut broker = Process::start(database).ready().await;
        let writers: Vec<_> = (0..8)
            .map(|_| {
                let (url, acknowledged, next) = (broker.url.clone(), acknowledged.clone(), next.clone());
                tokio::spawn(async move { write_until_it_dies(&url, acknowledged, next).await })
            })
            .collect();
        let begun = Instant::now();
        while acknowledged.lock().await.len() < enough && next.load(Ordering::SeqCst) < WRITES {
            assert!(begun.elapsed() < Duration::from_secs(120), "too little was written");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(enough == usize::MAX || next.load(Ordering::SeqCst) < WRITES, "it was to die before all was written");
        broker.kill();
        for writer in writers {
            writer.await.unwrap();
        }
    }
    let broker = Process::start(database).ready().await;
    let client = client();
    let rows = get(
        &client,
        &format!("{}/matrix?q[][pacticipant]=web&q[][pacticipant]=orders&latestby=cvpv&limit=10000", broker.url),
    )
    .await;
    let mut kept = BTreeSet::new();
    for row in rows["matrix"].as_array().unwrap() {
        let version = row["consumer"]["version"]["number"].as_str().unwrap();
        kept.insert(format!("pact {version}"));
        if row["verificationResult"]["success"] == true {
            kept.insert(format!("result {version}"));
        }
    }
    let lost: Vec<String> = acknowledged.lock().await.difference(&kept).cloned().collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    // a version without its pact would be half a publication
    let versions = get(&client, &format!("{}/pacticipants/web/versions", broker.url)).await;
    for number in each(&versions["_embedded"]["versions"], "/number") {
        assert!(kept.contains(&format!("pact {number}")), "version {number} has no pact");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_lost_nothing_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    nothing_acknowledged_is_lost(&folder.path().join("b.sqlite").display().to_string()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_lost_nothing_on_postgresql() {
    let Some(cluster) = Cluster::start() else { return };
    nothing_acknowledged_is_lost(&cluster.database()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_replicas_one_may_die() {
    let Some(cluster) = Cluster::start() else { return };
    let database = cluster.database();
    // both start on the empty database at once
    let (one, other) = (Process::start(&database), Process::start(&database));
    let (mut one, other) = (one.ready().await, other.ready().await);
    let urls = [one.url.clone(), other.url.clone()];
    let done = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..8usize)
        .map(|writer| {
            let (urls, done) = (urls.clone(), done.clone());
            tokio::spawn(async move {
                let client = client();
                for number in 0..40 {
                    let version = format!("{writer}-{number}");
                    // what a client does: once more, elsewhere
                    for attempt in 0..=5 {
                        assert!(attempt < 5, "version {version} was not taken");
                        match publish(&client, &urls[(writer + number + attempt) % 2], &version).await {
                            Ok(status) if status.as_u16() == 200 => break,
                            Ok(status) => assert_eq!(status.as_u16(), 503),
                            Err(_) => {}
                        }
                    }
                    done.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    while done.load(Ordering::SeqCst) < 60 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    one.kill();
    for writer in writers {
        writer.await.unwrap();
    }
    let versions = get(&client(), &format!("{}/pacticipants/web/versions", other.url)).await;
    assert_eq!(versions["_embedded"]["versions"].as_array().unwrap().len(), 320);
}

/// Waits until a publication is answered like this, and returns what was said last.
async fn publishing_answers(url: &str, status: u16) -> String {
    let (client, begun) = (client(), Instant::now());
    loop {
        let version = uuid::Uuid::new_v4().simple().to_string();
        let body = pact("web", "orders", &"x".repeat(20_000)).to_string().replace("/xx", &format!("/{version}"));
        let place = format!("{url}/pacts/provider/orders/consumer/web/version/{version}");
        let request = client.put(place).header("Content-Type", "application/json").body(body);
        let answer = request.send().await.unwrap();
        let got = answer.status().as_u16();
        assert!(matches!(got, 201 | 503), "{got}");
        let text = answer.text().await.unwrap();
        if got == status {
            return text;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "still {got}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_and_survived() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.sqlite").display().to_string();
    Process::start(&file).ready().await.kill();
    // files may grow to a megabyte, which is what a full disk is to SQLite
    let broker = Process::wrapped(&file, &["trap '' XFSZ", "ulimit -S -f 1024"], &[]).ready().await;
    let told = publishing_answers(&broker.url, 503).await;
    assert!(told.contains("try again in a moment"), "{told}");
    get(&client(), &format!("{}/pacts/latest", broker.url)).await;
    let raised = Command::new("prlimit").args(["--pid", &broker.child.id().to_string(), "--fsize=unlimited"]).status();
    if raised.is_ok_and(|status| status.success()) {
        publishing_answers(&broker.url, 201).await;
    } else {
        eprintln!("skipped the recovery, prlimit is missing: apt-get install util-linux");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_down_is_told_and_survived() {
    let Some(mut cluster) = Cluster::start() else { return };
    let broker = Process::start(&cluster.database()).ready().await;
    publishing_answers(&broker.url, 201).await;
    cluster.interrupt();
    let told = publishing_answers(&broker.url, 503).await;
    assert!(told.contains("try again in a moment"), "{told}");
    let ready = client().get(format!("{}/ready", broker.url)).send().await.unwrap();
    assert_eq!(ready.status().as_u16(), 503);
    let dependencies = client().get(format!("{}/diagnostic/status/dependencies", broker.url)).send().await.unwrap();
    assert_eq!(dependencies.status().as_u16(), 500);
    for page in ["/", "/environments", "/pacticipants/web", "/can-i-deploy?pacticipant=web&version=1"] {
        let answer = client().get(format!("{}{page}", broker.url)).header("Accept", "text/html").send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 503, "{page}");
        let text = answer.text().await.unwrap();
        assert!(text.contains("Not right now") && text.contains("database does not answer"), "{page}: {text}");
    }
    cluster.resume();
    publishing_answers(&broker.url, 201).await;
}
