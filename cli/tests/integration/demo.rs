//! The demo, from start to end.

use std::process::Stdio;
use std::time::Duration;

use countersign_broker_client::BrokerClient;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::command::run;

/// The lines that say what happened, without what changes from run to run.
fn story(stdout: &str) -> String {
    let telling = |line: &&str| {
        let line = line.trim_start();
        line.starts_with(['✓', '✗']) || line.starts_with(|c: char| c.is_ascii_digit()) || line.contains(['¯', '\\'])
    };
    let commands = |line: &&str| !line.trim_start().starts_with('$') && !line.ends_with('\\');
    let lines: Vec<_> = stdout.lines().filter(telling).filter(commands).collect();
    lines.join("\n")
}

#[tokio::test]
async fn every_step_goes_as_told() {
    let outcome = run("demo --exit --port 0").await;
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    let filters = [
        (r"http://127\.0\.0\.1:\d+", "http://BROKER"),
        (r"pact-version/[0-9a-f]+", "pact-version/DIGEST"),
        (r" +\d+ ms", " N ms"),
        (r"\d+\.\d s", "N s"),
    ];
    insta::with_settings!({ filters => filters }, { insta::assert_snapshot!(story(&outcome.stdout), @r#"
    1  A broker starts
       ✓ http://BROKER, its data in a temporary SQLite file
    2  order-service says what it needs
       ✓ 6 REST and 9 gRPC interactions recorded as a pact, in N s
    3  order-service 1.0.0 publishes its pact
    4  inventory-service 1.0.0 verifies that it honours the pact
         ✓ a bulk restock                                                  gRPC N ms
         ✓ a cart that is filled                                           gRPC N ms
         ✓ a reservation                                                   REST N ms
         ✓ a reservation                                                   gRPC N ms
         ✓ a reservation of more than there is                             REST N ms
         ✓ a reservation of more than there is                             gRPC N ms
         ✓ a stock check for a known sku                                   REST N ms
         ✓ a stock check for a known sku                                   gRPC N ms
         ✓ a stock check for a sku nobody knows                            REST N ms
         ✓ a stock check for a sku nobody knows                            gRPC N ms
         ✓ a stock check for more than there is                            REST N ms
         ✓ stock updates while a sku sells                                 gRPC N ms
         ✓ stock updates without end                                       gRPC N ms
         ✓ the release of a reservation                                    REST N ms
         ✓ the release of a reservation                                    gRPC N ms
       15 interactions in 1 pact: 15 passed, 0 failed in N s
    5  inventory-service 1.0.0 goes to production
       ✓ inventory-service 1.0.0 is in production
    6  May order-service 1.0.0 follow?
       Computer says yes \o/
       ✓ order-service 1.0.0 is in production
    7  inventory-service 1.1.0 has a tidier API, and verifies again
         ✓ a bulk restock                                                  gRPC N ms
         ✗ a cart that is filled                                           gRPC N ms
         ✓ a reservation                                                   REST N ms
         ✗ a reservation                                                   gRPC N ms
         ✓ a reservation of more than there is                             REST N ms
         ✓ a reservation of more than there is                             gRPC N ms
         ✗ a stock check for a known sku                                   REST N ms
         ✗ a stock check for a known sku                                   gRPC N ms
         ✓ a stock check for a sku nobody knows                            REST N ms
         ✓ a stock check for a sku nobody knows                            gRPC N ms
         ✗ a stock check for more than there is                            REST N ms
         ✗ stock updates while a sku sells                                 gRPC N ms
         ✗ stock updates without end                                       gRPC N ms
         ✓ the release of a reservation                                    REST N ms
         ✗ the release of a reservation                                    gRPC N ms
       15 interactions in 1 pact: 7 passed, 8 failed in N s
    8  May inventory-service 1.1.0 go to production?
       Computer says no ¯\_(ツ)_/¯
         ✗ order-service and inventory-service: http://BROKER/pacts/provider/inventory-service/consumer/order-service/pact-version/DIGEST/verification-results/2
    "#) });
    assert!(outcome.stdout.trim_end().contains("All 8 steps went as told"), "{}", outcome.stdout);
}

#[tokio::test]
async fn a_port_that_is_taken_is_a_step_that_did_not_go_as_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let outcome = run(&format!("demo --exit --port {port}")).await;
    assert_eq!(outcome.code, 1, "{}", outcome.stdout);
    let problem = outcome.stderr.replace(&port.to_string(), "PORT");
    insta::assert_snapshot!(
        problem,
        @"error: step 1 did not go as told: cannot listen on 127.0.0.1:PORT: another program uses this port; stop it, or choose another with --port"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn the_broker_stays_up_until_it_is_told_to_stop() {
    let (mut demo, url) = stay_up().await;
    let broker = BrokerClient::builder(&url).build().unwrap();
    let deployed = broker.currently_deployed("inventory-service", "production").await.unwrap();
    let versions: Vec<_> = deployed.iter().map(|deployed| deployed.version.as_str()).collect();
    assert_eq!(versions, ["1.0.0"], "the breaking version was not let in");

    let interrupt = Command::new("kill").args(["-INT", &demo.id().unwrap().to_string()]).status().await.unwrap();
    assert!(interrupt.success());
    let ended =
        tokio::time::timeout(Duration::from_secs(10), demo.wait()).await.expect("Ctrl-C ends the demo").unwrap();
    assert_eq!(ended.code(), Some(0));
    assert!(broker.pacticipants().await.is_err(), "the broker is gone");
}

/// A demo that has told its story and stays up until it is dropped, and its broker's address.
#[cfg(unix)]
pub(crate) async fn stay_up() -> (Child, String) {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["demo", "--port", "0"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let url = address(&mut demo).await;
    (demo, url)
}

/// Reads the story up to the address that it ends with.
#[cfg(unix)]
async fn address(demo: &mut Child) -> String {
    let mut lines = BufReader::new(demo.stdout.take().unwrap()).lines();
    while let Some(line) = lines.next_line().await.unwrap() {
        if let Some(rest) = line.strip_prefix("Look around: ") {
            return rest.split_whitespace().next().unwrap().to_owned();
        }
    }
    panic!("the demo ended without an address");
}
