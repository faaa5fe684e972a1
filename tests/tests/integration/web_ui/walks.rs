//! Walks through the shop, each with something a person wants to know.

use super::{Data, PACT, visit};

#[tokio::test(flavor = "multi_thread")]
async fn search_filter_and_sort_the_overview() {
    visit(Data::Shop, |browser, broker| {
        let rows = "document.querySelectorAll('table.list tbody tr').length";
        let first = "document.querySelector('table.list tbody tr').innerText.replace(/\\s+/g, ' ')";
        browser.open(&format!("{broker}/"))?;
        assert!(browser.text()?.contains("7 integrations"));
        browser.select("#status", "failed")?;
        browser.until(&format!("location.search === '?status=failed' && {rows} === 1"))?;
        let found = browser.value(first)?;
        assert!(found.as_str().unwrap().starts_with("order-service inventory-service 1f3c9ab"), "{found}");

        browser.open(&format!("{broker}/"))?;
        browser.type_into("#q", "INVENTORY")?;
        browser.follow("form.filters button", "q=INVENTORY")?;
        assert_eq!(browser.value(rows)?, 3);
        browser.select("#label", "team:checkout")?;
        browser.until(&format!("location.search.includes('label=team%3Acheckout') && {rows} === 1"))?;

        browser.open(&format!("{broker}/?branch=feat/wishlist"))?;
        assert!(browser.text()?.contains("1 found") && browser.text()?.contains("◐ pending"));
        browser.open(&format!("{broker}/?environment=staging"))?;
        assert_eq!(browser.value(rows)?, 5);
        browser.open(&format!("{broker}/"))?;
        browser.follow("thead th:nth-child(4) a", "sort=status")?;
        let found = browser.value(first)?;
        assert!(found.as_str().unwrap().contains("✗ failed"), "{found}");
        assert_eq!(browser.value("document.querySelector('thead [aria-sort]').innerText")?, "Status");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_failure_to_its_finding_and_to_what_changed() {
    visit(Data::Shop, |browser, broker| {
        browser.open(&format!("{broker}/?status=failed"))?;
        browser.follow("tbody td[data-label='Latest pact'] a", "/version/1f3c9ab")?;
        let text = browser.text()?;
        for words in [
            "1 of 4 failed in this verification",
            "given stock exists (sku ABC-1, quantity 5)",
            "an integer",
            r"text matching w-\d+",
            "1 or more items",
            "inventory.v1.StockLevel",
            "•••••• (hidden)",
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
        browser.follow(".notice.bad a", "#interaction-")?;
        let finding = browser.value("document.querySelector(location.hash + ' .findings').innerText")?;
        assert!(finding.as_str().unwrap().contains("expected an integer like 4, but got \"4\""), "{finding}");

        browser.follow(".actions a", "/diff/version/8b7a6c5")?;
        let text = browser.text()?;
        assert!(text.contains("Interactions: 2 added, 1 changed, 1 unchanged."), "{text}");
        let changed = |element: &str| {
            format!("[...document.querySelectorAll('.change.changed {element}')].map(one => one.innerText).join(' ')")
        };
        assert_eq!(browser.value(&changed("del"))?, "a number \"Bergen\"");
        assert_eq!(browser.value(&changed("ins"))?, "an integer \"Oslo\"");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn search_within_a_pact_and_read_xml_and_forms() {
    visit(Data::Shop, |browser, broker| {
        let shown = "document.querySelectorAll('details.interaction').length";
        browser.open(&format!("{broker}{PACT}?q=Oslo"))?;
        assert_eq!(browser.value(shown)?, 1);
        browser.open(&format!("{broker}/pacts/provider/payment-gateway/consumer/order-service/latest"))?;
        let text = browser.text()?;
        for words in [
            "<receipt id=\"r-1\">",
            "id: text matching",
            "a decimal number",
            "order = ord_456",
            "same content as 1 other version",
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
        browser.open(&format!("{broker}/pacts/provider/order-service/consumer/notification-service/latest"))?;
        assert!(browser.text()?.contains("order.placed"));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ask_can_i_deploy() {
    visit(Data::Shop, |browser, broker| {
        browser.open(&format!("{broker}/can-i-deploy"))?;
        browser.type_into("#pacticipant", "order-service")?;
        browser.type_into("#branch", "main")?;
        browser.follow("form.ask button", "environment=production")?;
        let text = browser.text()?;
        let answer = "No, not yet: the pact of order-service 1f3c9ab was never verified by inventory-service 5d5d5d5, in production.";
        assert!(text.contains(answer), "{text}");
        assert!(text.contains("countersign verify"), "{text}");
        let first = browser.value("document.querySelector('table.list tbody tr').innerText")?;
        assert!(first.as_str().unwrap().contains("never verified"), "{first}");
        // the address is the question: someone else gets the same answer
        let address = browser.value("location.href")?;
        browser.open(address.as_str().unwrap())?;
        assert!(browser.text()?.contains(answer));

        browser.open(&format!("{broker}/can-i-deploy?pacticipant=order-service"))?;
        browser.follow("ul.plain a", "version=1f3c9ab")?;
        assert!(browser.text()?.contains(answer));
        browser.open(&format!("{broker}/can-i-deploy?pacticipant=web-shop&version=b71c0de&environment=staging"))?;
        assert!(browser.text()?.contains("Yes. web-shop b71c0de can go to staging."));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn see_what_runs_where_and_what_could_move() {
    visit(Data::Shop, |browser, broker| {
        browser.open(&format!("{broker}/environments"))?;
        let text = browser.text()?;
        assert!(text.contains("inventory-service") && text.contains("77aa012"), "{text}");
        browser.click("input[name=differing]")?;
        browser.until("location.search.includes('differing=yes') && document.readyState === 'complete'")?;
        assert_eq!(browser.value("document.querySelectorAll('tbody tr').length")?, 3);
        browser.open(&format!("{broker}/environments/promotion?from=staging&to=production"))?;
        let text = browser.text()?;
        assert!(text.contains("1 of 2 versions can go from staging to production as it is now; 1 cannot."), "{text}");
        assert!(text.contains("inventory-service 5d5d5d5 never verified its pact"), "{text}");
        browser.open(&format!("{broker}/environments/history?application=order-service&environment=staging"))?;
        assert!(browser.text()?.contains("2 deployments"));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn look_at_an_application_and_its_versions() {
    visit(Data::Shop, |browser, broker| {
        browser.open(&format!("{broker}/pacticipants/order-service"))?;
        let text = browser.text()?;
        for words in
            ["Consumers", "mobile-app", "Providers", "payment-gateway", "2 versions", "2 pacts published", "#v1.8"]
        {
            assert!(text.contains(words), "{words} in {text}");
        }
        browser.follow(".timeline a", "/versions/1f3c9ab")?;
        let text = browser.text()?;
        assert!(text.contains("production ○ not yet") && text.contains("What it verified"), "{text}");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn click_through_the_network_and_zoom() {
    visit(Data::Shop, |browser, broker| {
        browser.open(&format!("{broker}/network"))?;
        assert_eq!(browser.value("document.querySelectorAll('#network rect').length")?, 8);
        let view = "document.getElementById('network').getAttribute('viewBox')";
        let before = browser.value(view)?;
        browser.click("[data-zoom=in]")?;
        browser.until(&format!("{view} !== {before}"))?;
        browser.open(&format!("{broker}/network?focus=order-service"))?;
        assert_eq!(browser.value("document.querySelectorAll('#network rect').length")?, 6);
        browser.follow("#network .focus rect", "/pacticipants/order-service")?;
        browser.open(&format!("{broker}/network"))?;
        let failed = browser.value("document.querySelector('#network .e.bad a').getAttribute('href')")?;
        assert_eq!(failed, "/pacts/provider/inventory-service/consumer/order-service/version/1f3c9ab");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_theme_is_remembered() {
    visit(Data::Shop, |browser, broker| {
        let paper = "getComputedStyle(document.body).backgroundColor";
        browser.open(&format!("{broker}/"))?;
        let first = browser.value(paper)?;
        browser.click("#theme")?;
        browser.until(&format!("{paper} !== {first}"))?;
        let second = browser.value(paper)?;
        browser.open(&format!("{broker}/matrix"))?;
        assert_eq!(browser.value(paper)?, second);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn search_for_anything_from_anywhere() {
    visit(Data::Shop, |browser, broker| {
        browser.open(&format!("{broker}/environments"))?;
        browser.press("/")?;
        browser.until("document.activeElement.id === 'find'")?;
        browser.type_into("#find", "1f3c9ab")?;
        browser.press("Enter")?;
        browser.until("location.pathname === '/pacticipants/order-service/versions/1f3c9ab'")?;
        browser.open(&format!("{broker}/search?q=service"))?;
        let text = browser.text()?;
        assert!(text.contains("3 found") && text.contains("notification-service"), "{text}");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn choose_a_status_and_take_it_back() {
    visit(Data::Shop, |browser, broker| {
        let rows = "document.querySelectorAll('table.list tbody tr').length";
        browser.open(&format!("{broker}/"))?;
        browser.follow(".tally a:nth-of-type(2)", "status=pending")?;
        assert_eq!(browser.value(rows)?, 1);
        assert!(
            browser.value("document.querySelector('.tally [aria-current]').innerText")?.to_string().contains("pending")
        );
        browser.click(".tally [aria-current]")?;
        browser.until(&format!("location.search === '' && {rows} === 7"))?;
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn find_one_application_among_150() {
    visit(Data::Landscape(150, 1_000), |browser, broker| {
        let bright = "[...document.querySelectorAll('#network > a')].filter(one => \
                      getComputedStyle(one.querySelector('text')).opacity === '1').length";
        browser.open(&format!("{broker}/network"))?;
        assert_eq!(browser.value("document.querySelectorAll('#network rect').length")?, 150);
        assert_eq!(browser.value(bright)?, 150);
        // names can be read without zooming in
        let scale = browser.value("document.getElementById('network').getScreenCTM().a")?;
        assert!(scale.as_f64().unwrap() >= 0.7, "{scale}");
        browser.type_into("#focus", "order-gateway")?;
        browser.follow("form.filters button", "focus=order-gateway")?;
        let around = browser.value("document.querySelectorAll('#network rect').length")?;
        browser.follow(".actions a:nth-of-type(2)", "whole=yes")?;
        assert_eq!(browser.value("document.querySelectorAll('#network rect').length")?, 150);
        assert_eq!(browser.value(bright)?, around, "the same stand out among all");
        browser.allow_scripts(false)?;
        browser.open(&format!("{broker}/network?focus=order-gateway&whole=yes"))?;
        assert_eq!(browser.value(bright)?, around, "without scripts too");
        browser.open(&format!("{broker}/network?group=team"))?;
        assert_eq!(browser.value("document.querySelectorAll('table.teams tbody tr').length")?, 6);
        browser.follow("table.teams tbody th a", "team=team%3Acheckout")?;
        assert!(browser.text()?.contains("Network of team:checkout"));
        Ok(())
    })
    .await;
}
