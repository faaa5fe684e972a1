//! Several brokers on one database, of which some die: what webhooks notice of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use countersign_broker::{Broker, Config};
use futures::future::join_all;
use serde_json::json;
use tokio::sync::watch;

use crate::postgres::Cluster;
use crate::process::{Process, client, get, publish};

/// A request that came: which delivery, about which version, and when it was answered, if it was.
#[derive(Clone, Debug)]
struct Came {
    delivery: String,
    version: String,
    at: Instant,
    answered: Option<Instant>,
}

/// A receiver that can be told to keep everyone waiting.
#[derive(Clone)]
struct Receiver {
    came: Arc<Mutex<Vec<Came>>>,
    open: watch::Receiver<bool>,
}

impl Receiver {
    async fn start() -> (Self, watch::Sender<bool>, String) {
        let (gate, open) = watch::channel(true);
        let receiver = Self { came: Arc::default(), open };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let app = Router::new().fallback(receive).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (receiver, gate, url)
    }

    fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    async fn wait_until(&self, what: &str, reached: impl Fn(&[Came]) -> bool) {
        let begun = Instant::now();
        while !reached(&self.came()) {
            assert!(begun.elapsed() < Duration::from_secs(120), "{what}: {:?}", self.came());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn receive(State(mut receiver): State<Receiver>, request: Request) -> StatusCode {
    let delivery = request.headers()["x-countersign-delivery"].to_str().unwrap().to_owned();
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let version = String::from_utf8(body.to_vec()).unwrap();
    let index = {
        let mut came = receiver.came.lock().unwrap();
        came.push(Came { delivery, version, at: Instant::now(), answered: None });
        came.len() - 1
    };
    receiver.open.wait_for(|open| *open).await.unwrap();
    receiver.came.lock().unwrap()[index].answered = Some(Instant::now());
    StatusCode::OK
}

/// What lets brokers reach the receiver, and take over from each other soon: when an attempt must have ended.
const SOON: [(&str, &str); 5] = [
    ("PACT_BROKER_WEBHOOK_SCHEME_WHITELIST", "http"),
    ("PACT_BROKER_WEBHOOK_HOST_WHITELIST", "127.0.0.1"),
    ("PACT_BROKER_WEBHOOK_TIMEOUT", "3"),
    ("PACT_BROKER_WEBHOOK_LEASE", "1"),
    ("PACT_BROKER_WEBHOOK_RETRY_SCHEDULE", "1 1 1 1 1"),
];

async fn listen(broker: &str, url: &str) {
    let hook = json!({
        "events": [{ "name": "contract_published" }],
        "request": { "method": "POST", "url": url, "body": "${pactbroker.consumerVersionNumber}" },
    });
    let answer = client().post(format!("{broker}/webhooks")).json(&hook).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 201, "{}", answer.text().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_whose_broker_died_is_made_by_another() {
    let Some(cluster) = Cluster::start() else { return };
    let (receiver, gate, url) = Receiver::start().await;
    let database = cluster.database();
    let mut one = Process::with(&database, &SOON).ready().await;
    listen(&one.url, &url).await;
    gate.send(false).unwrap();
    assert_eq!(publish(&client(), &one.url, "1").await.unwrap().as_u16(), 200);
    receiver.wait_until("the first attempt", |came| came.len() == 1).await;
    one.kill();
    gate.send(true).unwrap();
    let other = Process::with(&database, &SOON).ready().await;
    receiver.wait_until("the second attempt", |came| came.len() == 2).await;
    let place = "/pacts/provider/orders/consumer/web/version/1/triggered-webhooks";
    let begun = Instant::now();
    loop {
        let triggered = get(&client(), &format!("{}{place}", other.url)).await;
        if triggered["_embedded"]["triggeredWebhooks"][0]["status"] == "success" {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{triggered}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let came = receiver.came();
    assert_eq!((came.len(), &came[0].delivery), (2, &came[1].delivery), "the same delivery, once more and no further");
}

#[tokio::test(flavor = "multi_thread")]
async fn under_load_none_is_lost_and_none_is_sent_after_success() {
    let Some(cluster) = Cluster::start() else { return };
    let (receiver, _gate, url) = Receiver::start().await;
    let database = cluster.database();
    let (one, other) = (Process::with(&database, &SOON), Process::with(&database, &SOON));
    let (mut one, other) = (one.ready().await, other.ready().await);
    listen(&other.url, &url).await;
    let urls = [one.url.clone(), other.url.clone()];
    let publishing: Vec<_> = (0..4usize)
        .map(|writer| {
            let urls = urls.clone();
            tokio::spawn(async move {
                for number in 0..40 {
                    let version = format!("{writer}-{number}");
                    // what a client does: once more, elsewhere
                    for attempt in 0.. {
                        assert!(attempt < 5, "version {version} was not taken");
                        match publish(&client(), &urls[(writer + number + attempt) % 2], &version).await {
                            Ok(status) if status.as_u16() == 200 => break,
                            Ok(status) => assert_eq!(status.as_u16(), 503),
                            Err(_) => {}
                        }
                    }
                }
            })
        })
        .collect();
    receiver.wait_until("the first deliveries", |came| came.len() >= 40).await;
    one.kill();
    let killed = Instant::now();
    for writer in publishing {
        writer.await.unwrap();
    }
    let versions =
        |came: &[Came]| came.iter().map(|one| one.version.clone()).collect::<std::collections::BTreeSet<_>>();
    receiver.wait_until("every version", |came| versions(came).len() == 160).await;
    // whatever the dead broker had in its hands is due by now, and what others had is recorded
    let begun = Instant::now();
    loop {
        let metrics = client().get(format!("{}/metrics", other.url)).send().await.unwrap().text().await.unwrap();
        let queue = |state: &str| metrics.contains(&format!("countersign_webhook_queue{{state=\"{state}\"}} 0"));
        if queue("not_run") && queue("retrying") && queue("failure") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "{metrics}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut by_delivery: BTreeMap<String, Vec<Came>> = BTreeMap::new();
    for one in receiver.came() {
        by_delivery.entry(one.delivery.clone()).or_default().push(one);
    }
    let mut repeated = 0;
    for attempts in by_delivery.values().filter(|attempts| attempts.len() > 1) {
        repeated += attempts.len() - 1;
        // only what was in the dead broker's hands may come again: its success was recorded nowhere
        let first = attempts[0].answered.unwrap();
        assert!(
            first + Duration::from_secs(20) > killed && attempts[0].at < killed + Duration::from_secs(1),
            "{attempts:?}"
        );
        assert!(attempts.len() == 2, "{attempts:?}");
    }
    assert!(repeated <= 8, "{repeated} deliveries came again, more than a broker makes at a time");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_brokers_prepare_one_empty_database() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.sqlite").display().to_string();
    let cluster = Cluster::start();
    for database in cluster.iter().map(Cluster::database).chain([file]) {
        let mut config = Config { port: 0, ..Config::new(database) };
        config.webhooks.secrets_key = Some("k".to_owned());
        let started = join_all((0..6).map(|_| Broker::start(config.clone()))).await;
        let brokers: Vec<_> = started.into_iter().collect::<Result<_, _>>().unwrap();
        let known = get(&client(), &format!("{}/environments", brokers[5].url())).await;
        assert_eq!(known["_embedded"]["environments"].as_array().unwrap().len(), 2);
        for broker in brokers {
            broker.stop().await.unwrap();
        }
    }
}
