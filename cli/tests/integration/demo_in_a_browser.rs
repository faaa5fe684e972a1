//! The demo's pages as a person looks at them who has just run it.

use anyhow::Result;
use countersign_tests::accessibility::problems;
use countersign_tests::browser::Browser;
use countersign_tests::tools::chromium;

use crate::demo::stay_up;

/// From the overview to the failing verification and its finding.
fn follow_the_failure(browser: &mut Browser, broker: &str) -> Result<()> {
    browser.open(&format!("{broker}/"))?;
    let text = browser.text()?;
    assert!(text.contains("1 integration") && text.contains("order-service inventory-service 1.0.0"), "{text}");
    browser.follow("tbody td[data-label='Latest pact'] a", "/version/1.0.0")?;
    let text = browser.text()?;
    for words in [
        "8 of 15 failed in this verification",
        "15 interactions: 9 gRPC, 6 REST",
        "gRPC server stream",
        "gRPC client stream",
        "gRPC bidirectional stream",
        "request 2",
        "response 2",
        "an integer",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
    browser.follow(".notice.bad a", "#interaction-")?;
    let finding = browser.value("document.querySelector(location.hash + ' .findings').innerText")?;
    assert!(finding.as_str().is_some_and(|finding| finding.contains("expected")), "{finding}");
    // the result before it was a success, and can be looked at instead
    browser.follow("dl.facts a[href*='result=1']", "result=1")?;
    assert!(!browser.text()?.contains("failed in this verification"));
    browser.open(&format!("{broker}/pacts/provider/inventory-service/consumer/order-service/latest?q=bulk"))?;
    assert_eq!(browser.value("document.querySelectorAll('details.interaction').length")?, 1);
    Ok(())
}

/// What runs where, what may follow, and why not.
fn ask_about_deployments(browser: &mut Browser, broker: &str) -> Result<()> {
    browser.open(&format!("{broker}/can-i-deploy"))?;
    browser.type_into("#pacticipant", "inventory-service")?;
    browser.type_into("#version", "1.1.0")?;
    browser.follow("form.ask button", "version=1.1.0")?;
    let text = browser.text()?;
    let answer = "No: inventory-service 1.1.0 failed to verify the pact of order-service 1.0.0, in production.";
    assert!(text.contains(answer) || text.contains(&answer.replace(", in production", "")), "{text}");
    assert_eq!(browser.value("document.querySelectorAll('tr.blocks').length")?, 1);
    browser.open(&format!("{broker}/environments"))?;
    assert!(browser.text()?.contains("2 applications"));
    browser.open(&format!("{broker}/network?environment=production"))?;
    assert_eq!(browser.value("document.querySelectorAll('#network rect').length")?, 2);
    Ok(())
}

fn look_at_every_page(browser: &mut Browser, broker: &str) -> Result<()> {
    let pact = "/pacts/provider/inventory-service/consumer/order-service";
    for path in [
        "/",
        &format!("{pact}/latest"),
        "/network",
        "/environments",
        "/environments/history",
        "/can-i-deploy?pacticipant=inventory-service&version=1.1.0&environment=production",
        "/matrix/provider/inventory-service/consumer/order-service",
        "/pacticipants/inventory-service",
        "/pacticipants/inventory-service/versions/1.1.0",
        "/webhooks",
        "/search?q=service",
    ] {
        for (dark, width) in [(false, 1440), (true, 360)] {
            browser.prefer_dark(dark)?;
            browser.resize(width)?;
            browser.open(&format!("{broker}{path}"))?;
            assert_eq!(problems(browser)?, Vec::<String>::new(), "{path}");
            assert_eq!(browser.overhanging()?, Vec::<String>::new(), "{path} in {width}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_can_be_browsed() {
    let Some(executable) = chromium() else { return };
    let (_demo, broker) = stay_up().await;
    let complaints = tokio::task::spawn_blocking(move || {
        let mut browser = Browser::launch(&executable)?;
        follow_the_failure(&mut browser, &broker)?;
        ask_about_deployments(&mut browser, &broker)?;
        look_at_every_page(&mut browser, &broker)?;
        browser.leave()
    });
    assert_eq!(complaints.await.unwrap().unwrap(), Vec::<String>::new(), "in the browser's console");
}
