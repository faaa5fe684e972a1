//! What happens when the command line, or the way to the broker, is not right.

use crate::command::{run, run_in};

#[tokio::test]
async fn a_broker_that_is_down() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let outcome = run(&format!("list-environments --retries 0 -b http://{address}/pacts")).await;
    insta::assert_snapshot!(outcome.told().replace(&address, "BROKER"), @"
    exit code 1
    --- stderr
    error: could not reach the broker at http://BROKER/pacts/: connection refused
      hint: check that it is running (`countersign broker` starts one) and that --broker-base-url or PACT_BROKER_BASE_URL names it
    ");
}

#[tokio::test]
async fn a_broker_that_is_not_named() {
    insta::assert_snapshot!(run("broker list-environments").await.told(), @"
    exit code 1
    --- stderr
    error: no broker was named
      hint: name it with --broker-base-url or PACT_BROKER_BASE_URL
    ");
}

#[tokio::test]
async fn selectors_that_make_no_sense() {
    insta::assert_snapshot!(run("can-i-deploy --version 1 --pacticipant web --latest --version 2").await.told(), @"
    exit code 1
    --- stderr
    error: nothing was asked, for 2 reasons
      - --version must come after the --pacticipant it belongs to
      - --version: another option already says which version of `web` is meant
    ");
}

#[tokio::test]
async fn options_that_exclude_each_other_end_with_two() {
    let outcome = run("can-i-deploy -a web --to prod --to-environment prod").await;
    assert_eq!(outcome.code, 2);
    assert!(outcome.stderr.contains("cannot be used with"), "{}", outcome.stderr);
}

#[tokio::test]
async fn a_certificate_that_is_missing() {
    insta::assert_snapshot!(run("list-environments -b https://localhost:1 -c /no/such.pem").await.told(), @"
    exit code 1
    --- stderr
    error: --ssl-certificate /no/such.pem cannot be used: No such file or directory (os error 2)
    ");
}

#[tokio::test]
async fn a_header_of_the_wrong_form() {
    insta::assert_snapshot!(run("list-environments -b http://localhost:1 --custom-header X-Team=blue").await.told(), @"
    exit code 1
    --- stderr
    error: --custom-header `X-Team=blue` cannot be used: it is not of the form 'Name: value'
    ");
}

#[tokio::test]
async fn a_verification_that_cannot_run_ends_with_two() {
    insta::assert_snapshot!(run("verify --provider stock").await.told(), @"
    exit code 2
    --- stderr
    error: nothing to verify: name pacts with --file, --dir or --url, or a broker with --broker-url (PACT_BROKER_BASE_URL)
    ");
    let help = run("verifier --help").await;
    assert_eq!(help.code, 0);
    assert!(help.stdout.contains("Exit codes: 0 when the provider honours them all"), "{}", help.stdout);
}

#[tokio::test]
async fn commands_are_found_below_broker_even_with_the_servers_variables_set() {
    let variables =
        [("PACT_BROKER_PORT", "1"), ("PACT_BROKER_BASE_URL", "http://127.0.0.1:1/"), ("PACT_BROKER_DATABASE_URL", "x")];
    let outcome = run_in(&std::env::temp_dir(), "broker generate-uuid", &variables).await;
    assert_eq!((outcome.code, outcome.stdout.trim().len()), (0, 36), "{}", outcome.stderr);
}
