//! A landscape of many services. The same sizes give the same landscape.

use anyhow::Result;
use countersign_broker::Config;
use serde_json::{Value, json};

use super::planter::{Planter, Run, Verified};

const WHAT: [&str; 30] = [
    "account",
    "address",
    "audit",
    "basket",
    "billing",
    "booking",
    "campaign",
    "catalogue",
    "claim",
    "contract",
    "courier",
    "customer",
    "discount",
    "document",
    "fraud",
    "identity",
    "inventory",
    "invoice",
    "ledger",
    "loyalty",
    "notification",
    "order",
    "payment",
    "pricing",
    "refund",
    "review",
    "search",
    "shipment",
    "tax",
    "warehouse",
];

const KIND: [&str; 5] = ["portal", "gateway", "worker", "engine", "archive"];

const TEAMS: [&str; 6] =
    ["team:checkout", "team:finance", "team:growth", "team:logistics", "team:platform", "team:risk"];

/// How many levels of services there are; calls go downwards, but for a few.
const LEVELS: usize = 7;

/// A generator that gives the same numbers every time (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).expect("below a usize")
    }
}

/// The name of a service by its place.
#[must_use]
pub fn name(place: usize) -> String {
    let round = place / (WHAT.len() * KIND.len());
    let suffix = if round == 0 { String::new() } else { format!("-{round}") };
    format!("{}-{}{suffix}", WHAT[place % WHAT.len()], KIND[(place / WHAT.len()) % KIND.len()])
}

fn number(place: usize, build: usize) -> String {
    let mut numbers = Numbers((place * 1_000 + build) as u64);
    (0..40).map(|_| char::from_digit(numbers.below(16) as u32, 16).expect("a digit")).collect()
}

/// Plants `services` services with `integrations` integrations between them, two builds each, deployed to `staging` and
/// `production`.
///
/// # Errors
///
/// The database failed.
pub async fn plant(config: &Config, services: usize, integrations: usize) -> Result<()> {
    let mut planter = Planter::open(config).await?;
    planter.environment("staging", false).await?;
    let mut numbers = Numbers(7);
    let pairs = pairs(&mut numbers, services, integrations);
    let builds: Vec<[String; 2]> = (0..services).map(|place| [number(place, 0), number(place, 1)]).collect();
    for build in [0, 1] {
        for (consumer, provider) in &pairs {
            let age = 4_000 - 2_000 * build as i64 + *consumer as i64;
            let branch = if build == 1 && consumer % 9 == 0 { "feat/loyalty" } else { "main" };
            let name = name(*consumer);
            let run = Run { name: &name, version: &builds[*consumer][build], branch, minutes_ago: age };
            // every other integration keeps its pact
            let variant = if (consumer + provider) % 2 == 0 { 0 } else { build };
            planter.publish(run, &self::name(*provider), pact(*consumer, *provider, variant)).await?;
        }
    }
    for place in 0..services {
        planter.label(&name(place), TEAMS[place % TEAMS.len()]).await?;
    }
    verify(&mut planter, &mut numbers, &pairs, &builds).await?;
    deploy(&mut planter, &builds).await?;
    planter.finish().await
}

/// Who calls whom: mostly a few levels down, now and then upwards.
fn pairs(numbers: &mut Numbers, services: usize, integrations: usize) -> Vec<(usize, usize)> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let most = integrations.min(services * (services - 1) / 2);
    while pairs.len() < most {
        let (one, other) = (numbers.below(services), numbers.below(services));
        let (upper, lower) = if level(one) <= level(other) { (one, other) } else { (other, one) };
        let upwards = numbers.below(50) == 0;
        let pair = if upwards { (lower, upper) } else { (upper, lower) };
        let near = level(lower) - level(upper) <= 3;
        if one != other
            && (near || numbers.below(6) == 0)
            && (upwards || level(upper) != level(lower))
            && !pairs.contains(&pair)
        {
            pairs.push(pair);
        }
    }
    pairs
}

fn level(place: usize) -> usize {
    (place * 31) % LEVELS
}

async fn verify(
    planter: &mut Planter,
    numbers: &mut Numbers,
    pairs: &[(usize, usize)],
    builds: &[[String; 2]],
) -> Result<()> {
    for build in [0, 1] {
        for (consumer, provider) in pairs {
            let luck = numbers.below(100);
            // some results are missing, few are failures
            if (build == 1 && luck < 12) || luck == 99 {
                continue;
            }
            let (name, consumer_name) = (name(*provider), name(*consumer));
            let age = 3_000 - 1_900 * build as i64 + *provider as i64;
            let run = Run { name: &name, version: &builds[*provider][build], branch: "main", minutes_ago: age };
            let came = if luck > 94 {
                Verified { failing: Some((description(0), findings())), pending: luck > 97 }
            } else {
                Verified::default()
            };
            planter.verify(run, (&consumer_name, &builds[*consumer][build]), &came).await?;
        }
    }
    Ok(())
}

async fn deploy(planter: &mut Planter, builds: &[[String; 2]]) -> Result<()> {
    for (place, [first, second]) in builds.iter().enumerate() {
        let name = name(place);
        let run = |version, minutes_ago| Run { name: &name, version, branch: "main", minutes_ago };
        planter.deploy(run(first, 2_500), "production").await?;
        planter.deploy(run(first, 2_600), "staging").await?;
        if place % 3 != 0 {
            planter.deploy(run(second, 900), "staging").await?;
        }
        if place % 5 == 0 {
            planter.deploy(run(second, 500), "production").await?;
        }
    }
    Ok(())
}

fn description(interaction: usize) -> String {
    format!("a request for entry {interaction}")
}

fn findings() -> Value {
    json!([{ "attribute": "body", "identifier": "$.state", "description": "expected a string, but got null" }])
}

fn pact(consumer: usize, provider: usize, build: usize) -> Value {
    let interaction = |number: usize| {
        json!({
            "description": description(number),
            "providerStates": [{ "name": "the entry exists", "params": { "id": number } }],
            "request": { "method": "GET", "path": format!("/{}/{number}", WHAT[provider % WHAT.len()]) },
            "response": {
                "status": 200, "headers": { "Content-Type": "application/json" },
                "body": { "id": number, "state": "open", "build": build, "for": name(consumer) },
                "matchingRules": { "body": { "$.state": { "matchers": [{ "match": "type" }] } } },
            },
        })
    };
    let interactions: Vec<Value> = (0..2 + (consumer + provider) % 3).map(interaction).collect();
    json!({ "interactions": interactions, "metadata": { "pactSpecification": { "version": "3.0.0" } } })
}
