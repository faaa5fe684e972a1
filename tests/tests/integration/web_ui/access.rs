//! Pages for everyone: nothing serious is found, in light and in dark, with and without data.

use countersign_tests::accessibility::problems;
use countersign_tests::browser::Browser;
use countersign_tests::tools::chromium;
use countersign_tests::tour::{Scene, address_of};

use super::{Data, visit};

/// Looks at every page of a scene, wide and narrow, light and dark.
async fn look(scene: Scene) {
    let Some(executable) = chromium() else { return };
    let folder = tempfile::tempdir().unwrap();
    let broker = scene.start(folder.path()).await.unwrap();
    let address = broker.url().to_owned();
    let looked = tokio::task::spawn_blocking(move || -> anyhow::Result<()> {
        let mut browser = Browser::launch(&executable)?;
        scene.prepare(&mut browser, &address)?;
        for (name, path) in scene.pages() {
            let page = address_of(&address, path, |list| browser.html(list))?;
            for (dark, width) in [(false, 1440), (true, 1440), (false, 360), (true, 360)] {
                browser.prefer_dark(dark)?;
                browser.resize(width)?;
                browser.visit(&page)?;
                let found = problems(&mut browser)?;
                assert!(found.is_empty(), "{name}, dark {dark}, {width}: {found:#?}");
                assert_eq!(browser.overhanging()?, Vec::<String>::new(), "{name}, {width}");
            }
        }
        // pages that are not there, or not for everyone, are reported by the browser, as they should be
        Ok(())
    });
    looked.await.unwrap().unwrap();
    broker.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_used_by_everyone() {
    look(Scene::Shop).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_can_pages_without_data() {
    look(Scene::Empty).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_can_pages_for_admins() {
    look(Scene::Admin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_can_pages_that_refuse() {
    look(Scene::Reader).await;
    look(Scene::Stranger).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_can_pages_without_scripts() {
    look(Scene::Plain).await;
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
