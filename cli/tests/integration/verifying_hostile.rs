//! The real binary against a provider that does all that can be done wrong: what it finds, how long it takes, how much memory.

use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::wire::{Asked, Reply, response, serve};

const MIB: usize = 1 << 20;

/// What a misbehaviour is called, what is sent, and how its finding begins and ends.
type Case = (&'static str, fn() -> Reply, &'static str, &'static str);

const NO_HTTP: &str = "was answered with something that is not HTTP";
const HUNG_UP: &str = "broke: the provider hung up before its answer was complete";
const TOO_LARGE: &str = "brought more than 8 MiB";
const LATE: &str = "brought no answer within 3 s";

const CASES: &[Case] = &[
    ("hangs", || Reply::Silence, LATE, ""),
    ("resets", || Reply::Reset, "broke: ", "reset by peer (os error 104)"),
    ("hangs-up", || Reply::Last(Vec::new()), HUNG_UP, ""),
    ("garbage", || Reply::Last(b"\x00\xff\x13garbage\n\n".to_vec()), NO_HTTP, ""),
    ("http-0.9", || Reply::Last(b"<html>no head at all</html>".to_vec()), NO_HTTP, ""),
    ("http-9", || Reply::Last(b"HTTP/9.9 200 OK\r\n\r\n".to_vec()), NO_HTTP, ""),
    ("endless-status", || Reply::Forever(b"HTTP/1.1 200 ".to_vec(), b"O".repeat(9000)), NO_HTTP, ""),
    ("endless-head", || Reply::Forever(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-More: more\r\n".repeat(500)), NO_HTTP, ""),
    ("endless-continue", || Reply::Forever(Vec::new(), b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()), LATE, ""),
    ("endless-body", || Reply::Forever(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'a'; MIB]), TOO_LARGE, ""),
    (
        "endless-chunks",
        || Reply::Forever(chunked(b""), [b"100000\r\n", &[b'a'; MIB][..], b"\r\n"].concat()),
        TOO_LARGE,
        "",
    ),
    ("dribbling-body", || Reply::Slowly(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), b"a".to_vec()), LATE, ""),
    ("dribbling-head", || Reply::Slowly(b"HTTP/1.1 200 OK\r\nX: ".to_vec(), b"a".to_vec()), LATE, ""),
    ("chunk-garbage", || Reply::Last(chunked(b"zz\r\nno chunk\r\n")), "broke: Invalid chunk size", ""),
    ("endless-chunk-size", || Reply::Forever(chunked(b""), b"0".repeat(9000)), "broke: ", ""),
    ("half-a-body", || Reply::Last(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec()), HUNG_UP, ""),
    ("no-length", || Reply::Last(b"HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n".to_vec()), NO_HTTP, ""),
    ("gzip-bomb", || compressed("gzip", gzip(400 * MIB)), TOO_LARGE, "once decompressed (--max-response-size)"),
    ("no-gzip", || compressed("gzip", b"plain".to_vec()), "brought a body that is not the gzip that", ""),
    ("no-brotli", || compressed("br", b"plain text".to_vec()), "brought a body that is not the br that", ""),
    ("no-zstd", || compressed("zstd", b"plain text".to_vec()), "brought a body that is not the zstd that", ""),
];

fn chunked(body: &[u8]) -> Vec<u8> {
    [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", body].concat()
}

fn compressed(encoding: &str, body: Vec<u8>) -> Reply {
    Reply::Bytes(response(200, &[("Content-Encoding".to_owned(), encoding.to_owned())], &body))
}

fn gzip(length: usize) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..length / MIB {
        encoder.write_all(&[0; MIB]).unwrap();
    }
    encoder.finish().unwrap()
}

fn answer(asked: &Asked) -> Reply {
    let name = asked.path.trim_start_matches('/');
    match CASES.iter().find(|(case, ..)| *case == name) {
        Some((_, reply, ..)) => reply(),
        None => Reply::Bytes(response(200, &[("Content-Type".to_owned(), "text/plain".to_owned())], b"good")),
    }
}

fn get(path: &str) -> Value {
    json!({ "description": path, "request": { "method": "GET", "path": format!("/{path}") },
        "response": { "status": 200 } })
}

/// What a run brought, and the most memory it held, in MiB.
struct Run {
    code: i32,
    report: Value,
    stdout: String,
    elapsed: Duration,
    peak: usize,
}

async fn verify(interactions: Vec<Value>, provider: &str, options: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let pact = json!({ "consumer": { "name": "shop" }, "provider": { "name": "stock" }, "interactions": interactions });
    std::fs::write(folder.path().join("pact.json"), pact.to_string()).unwrap();
    let line = format!("verify --file pact.json --provider-base-url {provider} --json report.json {options}");
    let started = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(line.split_whitespace()).current_dir(folder.path()).env_clear().kill_on_drop(true);
    let child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id().unwrap());
    let mut peak = 0;
    let output = child.wait_with_output();
    tokio::pin!(output);
    let output = loop {
        tokio::select! {
            output = &mut output => break output.unwrap(),
            () = tokio::time::sleep(Duration::from_millis(5)) => peak = peak.max(high_water(Path::new(&status))),
        }
    };
    Run {
        code: output.status.code().unwrap(),
        report: serde_json::from_slice(&std::fs::read(folder.path().join("report.json")).unwrap()).unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        elapsed: started.elapsed(),
        peak,
    }
}

/// The most memory that a process held so far, in MiB; 0 where the system does not tell.
fn high_water(status: &Path) -> usize {
    let status = std::fs::read_to_string(status).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<usize>().ok()).unwrap_or_default() / 1024
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_misbehaviour_is_a_finding_within_time_and_memory() {
    let provider = serve(answer).await;
    let good = (0..200).map(|number| get(&format!("good/{number}")));
    let interactions: Vec<Value> = CASES.iter().map(|(name, ..)| get(name)).chain(good).collect();
    let run = verify(interactions, &provider, "--request-timeout 3000 --max-response-size 8 --concurrency 4").await;
    assert_eq!((run.code, &run.report["result"]), (1, &json!(false)));
    assert_eq!(run.report["summary"]["passed"], 200, "{}", run.stdout);
    let errors = run.report["errors"].as_array().unwrap();
    assert_eq!(errors.len(), CASES.len(), "{}", run.stdout);
    let mut wrong = Vec::new();
    for ((name, _, beginning, end), error) in CASES.iter().zip(errors) {
        let said = error["mismatch"]["message"].as_str().unwrap();
        let beginning = format!("GET {provider}/{name} {beginning}");
        // a machine that is busy elsewhere may not get to the end of so much in time
        let late = format!("GET {provider}/{name} {LATE}");
        if !(said.starts_with(&beginning) && said.ends_with(end) || said == late) {
            wrong.push(format!("{name}: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    eprintln!("hostile: {:?}, {} MiB", run.elapsed, run.peak);
    assert!(run.elapsed < Duration::from_secs(60), "{:?}", run.elapsed);
    assert!(run.peak < 200, "{} MiB", run.peak);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_megabytes_are_compared() {
    let item = format!(r#"{{"sku":"{}","left":5,"tags":["a","b"]}}"#, "ABC-1 ".repeat(MIB / 6));
    let body = format!("[{}]", vec![item; 50].join(","));
    assert!(body.len() > 50_000_000);
    let provider = serve(move |asked| match asked.path.as_str() {
        "/list" => {
            Reply::Bytes(response(200, &[("Content-Type".to_owned(), "application/json".to_owned())], body.as_bytes()))
        }
        _ => answer(asked),
    })
    .await;
    let mut list = get("list");
    list["response"]["body"] = json!([{ "sku": "ABC-1", "left": 7, "tags": ["a"] }]);
    list["response"]["matchingRules"] = json!({ "body": { "$": { "matchers": [{ "match": "type", "min": 1 }] } } });
    let mut wrong = list.clone();
    wrong["description"] = json!("wrong");
    wrong["response"]["body"][0]["left"] = json!("none");
    let run = verify(vec![list, wrong, get("good")], &provider, "--request-timeout 120000").await;
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert_eq!((&run.report["summary"]["passed"], &run.report["summary"]["failed"]), (&json!(2), &json!(1)));
    eprintln!("large: {:?}, {} MiB, report {} bytes", run.elapsed, run.peak, run.stdout.len());
    // two of them are there at a time, as bytes and as values
    assert!(run.peak < 500, "{} MiB", run.peak);
    assert!(run.stdout.len() < 50_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_interactions_are_one_run() {
    let provider = serve(answer).await;
    let mut interactions: Vec<Value> = (0..10_000).map(|number| get(&format!("good/{number}"))).collect();
    interactions[9_999]["response"]["status"] = json!(500);
    let run = verify(interactions, &provider, "--request-timeout 60000").await;
    assert_eq!((run.code, &run.report["summary"]["passed"]), (1, &json!(9_999)));
    eprintln!("ten thousand: {:?}, {} MiB", run.elapsed, run.peak);
    assert!(run.peak < 200, "{} MiB", run.peak);
}
