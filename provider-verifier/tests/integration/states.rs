//! Provider states: handlers and the state change URL.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use countersign_provider_verifier::{StateChangeUrl, StateError, Verifier};
use serde_json::{Value as Json, json};

use crate::pacts::{With as _, get, pact, ran, verdicts};
use crate::provider::Provider;
use crate::wire::{Reply, response, serve};

fn generated_item() -> Json {
    let mut item = get("/item/1", 200).in_state("an item exists");
    item["request"]["generators"] = json!({ "path": { "type": "ProviderState", "expression": "/item/${id}" } });
    item
}

#[tokio::test]
async fn handlers_are_given_parameters_and_hand_values_back() {
    let provider = Provider::start().await;
    let seen = Mutex::new(Vec::new());
    let seen = &seen;
    let outcome = Verifier::of("stock")
        .http(&provider.url)
        .state("an item exists", move |s| async move {
            let sku: String = s.param("sku")?;
            seen.lock().unwrap().push(format!("set up {sku}"));
            Ok(json!({ "id": 9 }))
        })
        .state_teardown("an item exists", move |s| async move {
            seen.lock().unwrap().push(format!("tear down {}", s.name()));
            Ok(())
        })
        .pacts(pact([generated_item()]))
        .verify()
        .await;
    let _ = outcome.unwrap_verified();
    assert_eq!(*seen.lock().unwrap(), ["set up ABC-1", "tear down an item exists"]);
    assert_eq!(provider.asked(), ["GET /item/9"]);
}

#[tokio::test]
async fn a_state_without_handler_names_those_there_are() {
    let provider = Provider::start().await;
    let outcome = Verifier::of("stock")
        .http(&provider.url)
        .state("b", |_| async { Ok(()) })
        .state("a", |_| async { Ok(()) })
        .pacts(pact([get("/item/1", 200).in_state("c"), get("/item/2", 200)]))
        .verify()
        .await;
    let verdicts = verdicts(&ran(outcome));
    assert_eq!(
        verdicts[0],
        "One or more of the setup state change handlers has failed: 'c': no handler has this name; there are handlers \
         for 'a', 'b'. Add .state(\"c\", …)"
    );
    assert_eq!(verdicts[1], "agreed");
    assert_eq!(provider.asked(), ["GET /item/2"]);
}

#[tokio::test]
async fn a_failing_handler_keeps_the_provider_from_being_asked() {
    let provider = Provider::start().await;
    let outcome = Verifier::of("stock")
        .http(&provider.url)
        .state("s", |s| async move {
            let _: u32 = s.param("sku")?;
            Ok(())
        })
        .state("t", |_| async { Err::<(), _>(StateError::new("the database is down")) })
        .pacts(pact([get("/item/1", 200).in_state("s"), get("/item/1", 200).in_state("t")]))
        .verify()
        .await;
    let verdicts = verdicts(&ran(outcome));
    assert!(verdicts[0].contains("parameter 'sku' is \"ABC-1\": invalid type"), "{verdicts:?}");
    assert!(verdicts[1].ends_with("'t': the database is down"), "{verdicts:?}");
    assert!(provider.asked().is_empty());
}

#[tokio::test]
async fn the_url_is_called_for_every_state_and_its_answer_feeds_generators() {
    let provider = Provider::start().await;
    let several = get("/item/2", 200).with("providerStates", json!([{ "name": "one" }, { "name": "two" }]));
    let outcome = Verifier::of("stock")
        .http(&provider.url)
        .state_change_url(StateChangeUrl::new(provider.states_url()).teardown(true))
        .pacts(pact([generated_item(), get("/item/1", 200), several]))
        .verify()
        .await;
    let _ = outcome.unwrap_verified();
    insta::assert_snapshot!(provider.asked().join("\n"), @r#"
    POST /states {"action":"setup","params":{},"state":""}
    GET /item/1
    POST /states {"action":"teardown","params":{},"state":""}
    POST /states {"action":"setup","params":{"sku":"ABC-1"},"state":"an item exists"}
    GET /item/77
    POST /states {"action":"teardown","params":{"sku":"ABC-1"},"state":"an item exists"}
    POST /states {"action":"setup","params":{},"state":"one"}
    POST /states {"action":"setup","params":{},"state":"two"}
    GET /item/2
    POST /states {"action":"teardown","params":{},"state":"one"}
    POST /states {"action":"teardown","params":{},"state":"two"}
    "#);
}

#[tokio::test]
async fn the_url_can_take_everything_in_its_query() {
    let provider = Provider::start().await;
    let outcome = Verifier::of("stock")
        .http(&provider.url)
        .state_change_url(StateChangeUrl::new(format!("{}/item/", provider.url)).as_query(true))
        .pacts(pact([get("/item/1", 200).in_state("a b")]))
        .verify()
        .await;
    let _ = outcome.unwrap_verified();
    assert_eq!(provider.asked()[0], "POST /item/?action=setup&state=a+b&sku=ABC-1");
}

#[tokio::test]
async fn a_failing_state_change_is_the_only_call() {
    let provider = Provider::start().await;
    let outcome = Verifier::of("stock")
        .http(&provider.url)
        .state_change_url(StateChangeUrl::new(provider.states_url()).teardown(true))
        .pacts(pact([get("/item/1", 200).in_state("broken")]))
        .verify()
        .await;
    assert_eq!(outcome.exit_code(), 1);
    let expected = format!(
        "One or more of the setup state change handlers has failed: 'broken': POST {} answered 400 Bad Request: cannot do \
         that",
        provider.states_url()
    );
    assert_eq!(verdicts(&ran(outcome)), [expected]);
    assert_eq!(provider.asked().len(), 1);
}

#[tokio::test]
async fn without_url_and_handlers_it_goes_on_with_a_warning() {
    let provider = Provider::start().await;
    let verifier =
        Verifier::of("stock").http(&provider.url).pacts(pact([get("/item/1", 200).in_state("stock exists")]));
    let verification = verifier.verify().await.unwrap_verified();
    assert_eq!(
        verification.warnings,
        ["State change 'stock exists' ignored: there is no state change URL (--state-change-url) and no handler"]
    );
}

#[tokio::test]
async fn a_verification_may_run_in_a_task_of_its_own() {
    let provider = Provider::start().await;
    let verifier = Verifier::of("stock").http(&provider.url).pacts(pact([get("/item/1", 200).in_state("s")]));
    let task = tokio::spawn(verifier.state("s", |_| async { Ok(()) }).verify());
    let _ = task.await.unwrap().unwrap_verified();
}

#[tokio::test]
async fn scoped_states_carry_one_id_through_an_exchange() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let journal = Arc::clone(&seen);
    let provider = serve(move |asked| {
        let scope = asked.header("Countersign-State-Scope").map(str::to_owned);
        let trace = asked.header("traceparent").map(|text| text[..35].to_owned());
        journal.lock().unwrap().push((asked.path.clone(), scope, trace));
        Reply::Bytes(response(200, &[], b""))
    })
    .await;
    let of = || {
        let states = StateChangeUrl::new(format!("{provider}/states")).teardown(true);
        Verifier::of("stock").http(&provider).state_change_url(states)
    };
    let pact = pact([get("/item/1", 200).in_state("a"), get("/item/2", 200).in_state("b")]);
    let _ = of().scoped_states(true).pacts(pact.clone()).verify().await.unwrap_verified();
    let asked = std::mem::take(&mut *seen.lock().unwrap());
    assert_eq!(asked.len(), 6);
    let scopes: HashSet<_> = asked.iter().map(|(_, scope, _)| scope.clone().unwrap()).collect();
    assert_eq!(scopes.len(), 2);
    for scope in scopes {
        let of_scope: Vec<_> =
            asked.iter().filter(|it| it.1.as_ref() == Some(&scope)).map(|it| it.0.as_str()).collect();
        assert!(matches!(of_scope[..], ["/states", "/item/1" | "/item/2", "/states"]), "{of_scope:?}");
    }
    let traces: HashSet<_> = asked.into_iter().map(|(_, _, trace)| trace.unwrap()).collect();
    assert_eq!(traces.len(), 1);

    let _ = of().pacts(pact).verify().await.unwrap_verified();
    assert!(seen.lock().unwrap().iter().all(|(_, scope, _)| scope.is_none()));
}
