//! What `deploy/` has: it reads, and names settings, addresses and files that exist.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use countersign_broker::{Broker, Config};
use saphyr::{LoadableYamlNode as _, Yaml};

use crate::command::run;
use crate::serving::http;
use crate::tools::require;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn text(file: &str) -> String {
    std::fs::read_to_string(root().join("deploy").join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The broker's variables that a text names.
fn variables(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.split(|c| !is_name(c)).filter(|word| word.starts_with("PACT_BROKER_")).map(str::to_owned).collect()
}

#[tokio::test]
async fn settings_are_known() {
    let known = variables(&run("broker --help").await.stdout);
    assert!(known.len() > 70, "{known:?}");
    for file in ["Dockerfile", "compose.yaml", "kubernetes.yaml", "countersign-broker.service"] {
        let unknown: Vec<String> = variables(&text(file)).difference(&known).cloned().collect();
        assert!(unknown.is_empty(), "{file}: {unknown:?}");
    }
}

/// The variables of the official broker's documentation, without those of its help page here.
const OFFICIAL: &str = "DATABASE_URL DATABASE_ADAPTER DATABASE_USERNAME DATABASE_PASSWORD DATABASE_HOST DATABASE_PORT \
    DATABASE_NAME DATABASE_SSLMODE DATABASE_STATEMENT_TIMEOUT DATABASE_MAX_CONNECTIONS DATABASE_POOL_TIMEOUT \
    DATABASE_CONNECT_MAX_RETRIES METRICS_SQL_STATEMENT_TIMEOUT AUTO_MIGRATE_DB AUTO_MIGRATE_DB_DATA \
    DATABASE_URL_ENVIRONMENT_VARIABLE_NAME PORT_ENVIRONMENT_VARIABLE_NAME PORT BASE_URL BASE_URLS LOG_LEVEL LOG_FORMAT \
    LOG_STREAM SQL_LOG_LEVEL HTTP_DEBUG_LOGGING_ENABLED CONF FEATURES PUMA_PERSISTENT_TIMEOUT USE_HAL_BROWSER \
    ENABLE_DIAGNOSTIC_ENDPOINTS BASIC_AUTH_ENABLED BASIC_AUTH_USERNAME BASIC_AUTH_PASSWORD \
    BASIC_AUTH_READ_ONLY_USERNAME BASIC_AUTH_READ_ONLY_PASSWORD ALLOW_PUBLIC_READ PUBLIC_HEARTBEAT \
    ENABLE_PUBLIC_BADGE_ACCESS WEBHOOK_RETRY_SCHEDULE WEBHOOK_HTTP_METHOD_WHITELIST WEBHOOK_HTTP_CODE_SUCCESS \
    WEBHOOK_SCHEME_WHITELIST WEBHOOK_HOST_WHITELIST WEBHOOK_CERTIFICATES__0__CONTENT WEBHOOK_CERTIFICATES__0__PATH \
    WEBHOOK_REDACT_SENSITIVE_DATA DISABLE_SSL_VERIFICATION USER_AGENT SHIELDS_IO_BASE_URL BADGE_PROVIDER_MODE \
    BADGE_DEFAULT_CACHE_SETTING CHECK_FOR_POTENTIAL_DUPLICATE_PACTICIPANT_NAMES USE_FIRST_TAG_AS_BRANCH \
    USE_FIRST_TAG_AS_BRANCH_TIME_LIMIT AUTO_DETECT_MAIN_BRANCH MAIN_BRANCH_CANDIDATES CREATE_DEPLOYED_VERSIONS_FOR_TAGS \
    ALLOW_DANGEROUS_CONTRACT_MODIFICATION PACT_CONTENT_DIFF_TIMEOUT NETWORK_DIAGRAM_MAX_PACTICIPANTS SEED_EXAMPLE_DATA \
    VERIFIED_BY_OTHER_BRANCH_LOOKBACK_DAYS DYNAMIC_WIP_WINDOW DATABASE_CLEAN_ENABLED DATABASE_CLEAN_CRON_SCHEDULE \
    DATABASE_CLEAN_DELETION_LIMIT DATABASE_CLEAN_OVERWRITTEN_DATA_MAX_AGE DATABASE_CLEAN_KEEP_VERSION_SELECTORS \
    DATABASE_CLEAN_DRY_RUN";

#[tokio::test]
async fn every_variable_of_the_official_broker_is_in_the_help() {
    let known = variables(&run("broker --help").await.stdout);
    let missing: Vec<&str> =
        OFFICIAL.split_whitespace().filter(|name| !known.contains(&format!("PACT_BROKER_{name}"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Every text at a key, anywhere in a document.
fn at<'a>(yaml: &'a Yaml<'a>, key: &str, found: &mut Vec<&'a str>) {
    match yaml {
        Yaml::Mapping(mapping) => {
            for (name, value) in mapping {
                if name.as_str() == Some(key) {
                    found.extend(value.as_str());
                }
                at(value, key, found);
            }
        }
        Yaml::Sequence(items) => items.iter().for_each(|item| at(item, key, found)),
        _ => {}
    }
}

#[tokio::test]
async fn manifests_read_and_their_addresses_answer() {
    let compose = text("compose.yaml");
    let documents = Yaml::load_from_str(&compose).unwrap();
    let mut dockerfile = Vec::new();
    at(&documents[0], "dockerfile", &mut dockerfile);
    assert_eq!(dockerfile, ["deploy/Dockerfile"]);
    assert!(root().join(dockerfile[0]).exists());

    let kubernetes = text("kubernetes.yaml");
    let documents = Yaml::load_from_str(&kubernetes).unwrap();
    let (mut kinds, mut probes) = (Vec::new(), Vec::new());
    for document in &documents {
        at(document, "kind", &mut kinds);
        at(document, "path", &mut probes);
    }
    assert_eq!(kinds, ["Deployment", "Service", "PodDisruptionBudget"]);
    assert_eq!(probes, ["/ready", "/ready", "/health"]);
    let scraped: Vec<&str> = kubernetes.lines().filter_map(|line| line.split("prometheus.io/path: ").nth(1)).collect();
    let broker = Broker::start(Config::in_memory()).await.unwrap();
    for path in probes.iter().chain(&scraped) {
        let answer = http().get(format!("{}{path}", broker.url())).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
    }
    broker.stop().await.unwrap();
}

#[tokio::test]
async fn the_image_has_what_it_starts() {
    let dockerfile = text("Dockerfile");
    let entry = dockerfile.lines().find(|line| line.starts_with("ENTRYPOINT")).unwrap();
    let words = dockerfile.lines().find_map(|line| line.strip_prefix("CMD ")).unwrap();
    assert!(entry.contains("countersign") && dockerfile.contains("--package countersign"));
    let words: Vec<String> = serde_json::from_str(words).unwrap();
    let told = run(&format!("{} --help", words.join(" "))).await;
    assert_eq!(told.code, 0, "{}", told.told());
    let wanted = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let wanted =
        wanted.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"').to_owned();
    let image = dockerfile.lines().find_map(|line| line.strip_prefix("FROM rust:")).unwrap();
    let image = image.split('-').next().unwrap();
    let number = |text: &str| -> Vec<u32> { text.split('.').map(|part| part.parse().unwrap()).collect() };
    assert!(
        number(image) >= number(&wanted)[..2].to_vec(),
        "the image builds with {image}, the workspace wants {wanted}"
    );
}

#[tokio::test]
async fn the_service_is_one_that_systemd_takes() {
    let runs = Command::new("systemd-analyze").arg("--version").output().is_ok_and(|output| output.status.success());
    if !require(runs, "systemd-analyze", "apt-get install systemd") {
        return;
    }
    let unit = text("countersign-broker.service");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let words = start.split_once(' ').unwrap().1.replace("/etc/countersign/broker.toml", "/dev/null");
    let told = run(&format!("{words} --help")).await;
    assert_eq!(told.code, 0, "{}", told.told());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("countersign-broker.service");
    std::fs::write(&file, unit.replace("/usr/local/bin/countersign", env!("CARGO_BIN_EXE_countersign"))).unwrap();
    let verified = Command::new("systemd-analyze").arg("verify").arg(&file).output().unwrap();
    let told = String::from_utf8_lossy(&verified.stderr).into_owned();
    let ours: Vec<&str> = told.lines().filter(|line| line.contains("countersign-broker.service")).collect();
    assert!(ours.is_empty(), "{ours:#?}");
}
