//! A webhook from its form to its delivery, in a browser; and what only admins see.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use countersign_broker::{Broker, Config};
use countersign_tests::accessibility::problems;
use countersign_tests::browser::Browser;
use countersign_tests::seed::shop;
use countersign_tests::tools::chromium;

/// Takes one request after the other and hands on what was sent.
fn receiver() -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/run", listener.local_addr().unwrap());
    let (sender, received) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let Some(request) = take(stream) else { continue };
            if sender.send(request).is_err() {
                break;
            }
        }
    });
    (address, received)
}

fn take(mut stream: TcpStream) -> Option<String> {
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let mut text = String::new();
    let mut buffer = [0; 4_096];
    while !is_complete(&text) {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok").ok()?;
    Some(text)
}

fn is_complete(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    body.len() >= length.unwrap_or(0_usize)
}

fn walk(browser: &mut Browser, broker: &str, address: &str, received: &mpsc::Receiver<String>) -> anyhow::Result<()> {
    browser.open(&format!("{broker}/webhooks"))?;
    browser.follow(".actions a", "/webhooks/new")?;
    assert_eq!(problems(browser)?, Vec::<String>::new());
    browser.type_into("#description", "run the provider's build")?;
    browser.type_into("#provider", "inventory-service")?;
    browser.type_into("#url", "https://nowhere.invalid:99999/")?;
    browser.click("button[value=save]")?;
    browser.until("document.readyState === 'complete' && document.querySelector('.notice.bad') !== null")?;
    assert_eq!(browser.value("document.querySelector('#description').value")?, "run the provider's build");
    browser.type_into("#url", address)?;
    browser.type_into("#body", r#"{"pact": "${pactbroker.pactUrl}"}"#)?;
    browser.type_into("#headers", "Content-Type: application/json\nAuthorization: Bearer hush-hush")?;
    browser.click("button[value=save]")?;
    browser.until("/\\/webhooks\\/[0-9a-f-]{36}$/.test(location.href) && document.readyState === 'complete'")?;
    assert_eq!(problems(browser)?, Vec::<String>::new());
    assert!(!browser.value("document.documentElement.outerHTML")?.to_string().contains("hush-hush"));

    browser.click("button[value=try]")?;
    let request = received.recv_timeout(Duration::from_secs(30))?;
    assert!(
        request.contains("Bearer hush-hush") && request.contains("/pacts/provider/inventory-service/"),
        "{request}"
    );
    browser.until("document.querySelector('.answer.ok') !== null")?;
    Ok(())
}

/// Something happens to a contract, and the delivery is seen and sent again.
fn deliver(browser: &mut Browser, broker: &str, received: &mpsc::Receiver<String>) -> anyhow::Result<()> {
    let publish = r#"fetch('/pacts/provider/inventory-service/consumer/till/version/1', { method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ consumer: { name: 'till' }, provider: { name: 'inventory-service' }, interactions: [] }) })"#;
    browser.value(publish)?;
    received.recv_timeout(Duration::from_secs(60))?;
    browser.open(&format!("{broker}/webhooks"))?;
    browser.follow("tbody th a", "/webhooks/")?;
    let delivered = "document.querySelector('details.interaction .mark.ok') !== null";
    for _ in 0..100 {
        if browser.value(delivered)? == true {
            break;
        }
        // the receiver has the request a moment before the broker has the answer
        std::thread::sleep(Duration::from_millis(100));
        let here = browser.value("location.href")?;
        browser.open(here.as_str().unwrap_or_default())?;
    }
    let text = browser.text()?;
    assert!(text.contains("✓ delivered") && text.contains("till → inventory-service"), "{text}");
    browser.click("details.interaction summary")?;
    browser.click("details.interaction form button")?;
    received.recv_timeout(Duration::from_secs(60))?;
    // it leads back to the same page, where nothing is unfolded
    browser.until("document.querySelector('details[open]') === null && document.readyState === 'complete'")?;
    browser.click("button[value=disable]")?;
    browser.until("document.querySelector('button[value=enable]') !== null && document.readyState === 'complete'")?;
    browser.click("button[value=delete]")?;
    browser.until("location.href.endsWith('/webhooks') && document.body.innerText.includes('0 webhooks')")
}

fn administer(browser: &mut Browser, broker: &str) -> anyhow::Result<()> {
    browser.open(&format!("{broker}/tokens"))?;
    assert_eq!(problems(browser)?, Vec::<String>::new());
    browser.type_into("#name", "the pipeline")?;
    browser.click("input[value=publish]")?;
    browser.click(".edit button.primary")?;
    browser.until("document.querySelector('.answer.ok code') !== null")?;
    let token = browser.value("document.querySelector('.answer.ok code').innerText")?;
    browser.open(&format!("{broker}/tokens"))?;
    assert!(!browser.text()?.contains(token.as_str().unwrap()), "a token is shown once");
    browser.click("tbody button")?;
    browser.until("document.body.innerText.includes('revoked') && document.readyState === 'complete'")?;
    browser.open(&format!("{broker}/audit"))?;
    assert_eq!(problems(browser)?, Vec::<String>::new());
    let text = browser.text()?;
    assert!(text.contains("created the API token the pipeline") && text.contains("anonymous"), "{text}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_from_its_form_to_its_delivery() {
    let Some(executable) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::new(folder.path().join("broker.sqlite").to_string_lossy()).port(0);
    shop::plant(&config).await.unwrap();
    config.webhooks.schemes = vec!["http".to_owned()];
    config.webhooks.hosts = vec!["127.0.0.1".to_owned()];
    let broker = Broker::start(config).await.unwrap();
    let url = broker.url().to_owned();
    let complaints = tokio::task::spawn_blocking(move || -> anyhow::Result<Vec<String>> {
        let (address, received) = receiver();
        let mut browser = Browser::launch(&executable)?;
        walk(&mut browser, &url, &address, &received)?;
        deliver(&mut browser, &url, &received)?;
        administer(&mut browser, &url)?;
        browser.leave()
    });
    assert_eq!(complaints.await.unwrap().unwrap(), Vec::<String>::new(), "in the browser's console");
    broker.stop().await.unwrap();
}
