//! The report as one HTML page that needs nothing else.

use std::fmt::Write as _;

use countersign_core::render;

use super::words::{place, shown, summary};
use crate::outcome::{Finding, InteractionOutcome, Outcome, PactOutcome, Verdict, Verification};

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--good:#18794e;--bad:#c62a2f;--wait:#946800}\
@media(prefers-color-scheme:dark){:root{--good:#4cc38a;--bad:#ff9592;--wait:#f1a10d}}\
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}\
details,.row{border-top:1px solid var(--line);padding:.35rem 0}summary,.row{display:flex;gap:.6rem;align-items:baseline}\
summary{cursor:pointer}.name{flex:1}.meta{opacity:.7;font-size:.85rem;white-space:nowrap}\
.good{color:var(--good)}.bad{color:var(--bad)}.wait{color:var(--wait)}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:.3rem 0 .3rem 1.6rem;font-size:.85rem}\
p.note{margin:.2rem 0 .2rem 1.6rem;opacity:.8}";

/// The report as a page of its own: no scripts, no fonts and no pictures from elsewhere.
#[must_use]
pub fn html(outcome: &Outcome) -> String {
    let (title, body) = match outcome {
        Outcome::Ran(verification) => (verification.provider.clone(), ran(verification)),
        Outcome::CouldNotRun(error) => {
            let reason = escaped(&crate::mask::text(&error.to_string()));
            ("Nothing was verified".to_owned(), format!("<h1 class=bad>Nothing was verified</h1><pre>{reason}</pre>"))
        }
    };
    format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n<meta name=viewport content=\"width=device-width\">\n\
         <title>{} – verification</title>\n<style>{STYLE}</style>\n<body>\n{body}</body>\n</html>\n",
        escaped(&title)
    )
}

fn ran(verification: &Verification) -> String {
    let (class, word) =
        if verification.agreed() { ("good", "honours its contracts") } else { ("bad", "breaks a contract") };
    let version = verification.version.as_ref().map_or_else(String::new, |version| format!(" {version}"));
    let mut text = format!(
        "<h1>{}{} <span class={class}>{word}</span></h1>\n<p>{}</p>\n",
        escaped(&verification.provider),
        escaped(&version),
        escaped(&summary(verification))
    );
    for warning in verification.warnings.iter().chain(&verification.publication_problems) {
        let _ = writeln!(text, "<p class=wait>{}</p>", escaped(warning));
    }
    for pact in &verification.pacts {
        pact_section(&mut text, pact);
    }
    text
}

fn pact_section(text: &mut String, pact: &PactOutcome) {
    let version = pact.consumer_version.as_ref().map_or_else(String::new, |version| format!(" {version}"));
    let reason = if pact.reason.is_empty() { String::new() } else { format!(" ({})", pact.reason) };
    let status = match (pact.wip, pact.pending) {
        (true, _) => " · work in progress",
        (false, true) => " · pending",
        (false, false) => "",
    };
    let heading = format!("{}{version}{reason} → {}{status}", pact.consumer, pact.provider);
    let _ = writeln!(text, "<section>\n<h2>{}</h2>", escaped(&heading));
    for notice in &pact.notices {
        let _ = writeln!(text, "<p class=note>{}</p>", escaped(notice));
    }
    pact.interactions.iter().for_each(|it| interaction(text, it));
    text.push_str("</section>\n");
}

fn interaction(text: &mut String, interaction: &InteractionOutcome) {
    let replayed = &interaction.replayed;
    let (mark, class, open) = match (replayed.verdict.agreed(), interaction.pending) {
        (true, _) => ("✓", "good", ""),
        (false, true) => ("✗", "wait", ""),
        (false, false) => ("✗", "bad", " open"),
    };
    let pending = if interaction.pending && !replayed.verdict.agreed() { " · pending" } else { "" };
    let head = format!(
        "<span class={class}>{mark}</span><span class=name>{}</span><span class=meta>{}{pending} · {} ms</span>",
        escaped(&interaction.description),
        interaction.transport,
        replayed.elapsed.as_millis()
    );
    let more = details(interaction);
    let _ = if more.is_empty() {
        writeln!(text, "<div class=row>{head}</div>")
    } else {
        writeln!(text, "<details{open}><summary>{head}</summary>\n{more}</details>")
    };
}

fn details(interaction: &InteractionOutcome) -> String {
    let mut text = String::new();
    let states = interaction.states.iter().map(|state| {
        let params = if state.params.is_empty() {
            String::new()
        } else {
            format!(" {}", serde_json::Value::Object(state.params.clone()))
        };
        format!("given {}{params}", state.name)
    });
    let test = interaction.test_name.iter().map(|name| format!("Test Name: {name}"));
    let failed = !interaction.replayed.verdict.agreed();
    let asked = interaction.asked.iter().filter(|_| failed).cloned();
    for note in asked.chain(states).chain(test).chain(interaction.comments.iter().cloned()) {
        let _ = writeln!(text, "<p class=note>{}</p>", escaped(&note));
    }
    match &interaction.replayed.verdict {
        Verdict::Agreed => {}
        Verdict::Disagreed(findings) => {
            let (shown, others) = shown(findings);
            shown.iter().for_each(|it| finding(&mut text, it));
            for others in others {
                let _ = writeln!(text, "<p class=note>{others}</p>");
            }
        }
        Verdict::Failed(failure) => {
            let detail = failure.detail.as_ref().map_or_else(String::new, |detail| format!("\n{detail}"));
            let _ = writeln!(text, "<pre class=bad>{}</pre>", escaped(&format!("{}{detail}", failure.message)));
        }
    }
    text
}

fn finding(text: &mut String, finding: &Finding) {
    let words = render::words(&finding.mismatch);
    let _ = writeln!(
        text,
        "<pre>{}{}\n<span class=good>- {}</span>\n<span class=bad>+ {}</span></pre>",
        place(finding),
        escaped(&words.place),
        escaped(&words.expected),
        escaped(&words.actual)
    );
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::VerifyError;
    use crate::report::sample;

    #[test]
    fn a_page_shows_every_interaction() {
        let page = html(&sample::outcome());
        let body = page.split_once("<body>\n").unwrap().1;
        insta::assert_snapshot!(body, @r#"
        <h1>inventory-service <span class=bad>breaks a contract</span></h1>
        <p>4 interactions in 2 pacts, 3 of them distinct: 1 passed, 1 failed, 1 failed while pending in 0.3 s</p>
        <p class=wait>State change 'x' ignored</p>
        <section>
        <h2>order-service 1f3c9ab (main, production) → inventory-service</h2>
        <div class=row><span class=good>✓</span><span class=name>a stock check for a known sku</span><span class=meta>REST · 3 ms</span></div>
        <details open><summary><span class=bad>✗</span><span class=name>stock updates while a sku sells</span><span class=meta>gRPC · 11 ms</span></summary>
        <p class=note>given stock exists {&quot;sku&quot;:&quot;ABC-1&quot;}</p>
        <pre>response 2 · $.quantity_left
        <span class=good>- expected an integer like 4</span>
        <span class=bad>+ but got &quot;4&quot; (a string)</span></pre>
        </details>
        </section>
        <section>
        <h2>web → inventory-service</h2>
        <p class=note>This pact is here because it is deployed.</p>
        <details><summary><span class=good>✓</span><span class=name>the same check of another team</span><span class=meta>REST · 3 ms</span></summary>
        <p class=note>Test Name: checks_stock</p>
        <p class=note>recorded by the web shop</p>
        </details>
        <details><summary><span class=wait>✗</span><span class=name>a slow report</span><span class=meta>REST · pending · 5000 ms</span></summary>
        <p class=note>GET /report</p>
        <pre class=bad>GET http://h/ brought no answer within 5 s</pre>
        </details>
        </section>
        </body>
        </html>
        "#);
        assert!(!page.contains("http-equiv") && !page.contains("<script"));
        assert!(html(&Outcome::CouldNotRun(VerifyError::NoSource)).contains("Nothing was verified"));
    }

    #[test]
    fn texts_are_no_markup() {
        assert_eq!(escaped("<b>\"&\"</b>"), "&lt;b&gt;&quot;&amp;&quot;&lt;/b&gt;");
    }
}
