//! Pages for everyone: nothing serious is found, in light and in dark, with and without data.

use countersign_tests::accessibility::problems;

use super::{Data, PAGES, visit};

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_used_by_everyone() {
    visit(Data::Shop, |browser, broker| {
        for (dark, width) in [(false, 1440), (true, 1440), (false, 360)] {
            browser.prefer_dark(dark)?;
            browser.resize(width)?;
            for page in PAGES.into_iter().chain(["/no/such/page", "/can-i-deploy?pacticipant=order-service"]) {
                browser.open(&format!("{broker}{page}"))?;
                let found = problems(browser)?;
                assert!(found.is_empty(), "{page}, dark {dark}, {width}: {found:#?}");
            }
        }
        // the page that is not there is reported by the browser, as it should be
        browser.forget_complaints();
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_can_pages_without_data() {
    visit(Data::Nothing, |browser, broker| {
        for page in ["/", "/network", "/environments", "/environments/history", "/can-i-deploy", "/matrix"] {
            browser.open(&format!("{broker}{page}"))?;
            let found = problems(browser)?;
            assert!(found.is_empty(), "{page}: {found:#?}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_are_found() {
    visit(Data::Nothing, |browser, broker| {
        browser.open(&format!("{broker}/"))?;
        browser.value(
            "document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button><img src=\"/static/x\">\
             <h4>x</h4><input><div role=\"nonsense\" id=\"content\"></div><p class=\"pale\">pale</p>')",
        )?;
        browser.value("document.querySelector('.pale').style.color = '#cccccc'")?;
        let found = problems(browser)?.join("\n");
        for problem in [
            "no name: button",
            "no name: input",
            "no alt",
            "skips a level",
            "unknown role",
            "used twice",
            "contrast 1.",
        ] {
            assert!(found.contains(problem), "{problem} in {found}");
        }
        browser.forget_complaints();
        Ok(())
    })
    .await;
}
