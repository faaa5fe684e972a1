"use strict";
// the broker may be served under a path, which is everything before this page's own
const base = location.pathname.replace(/\/hal-browser\/browser\.html$/, "");
const element = (id) => document.getElementById(id);

function show(document_, status) {
  element("status").textContent = status;
  element("answer").textContent = typeof document_ === "string" ? document_ : JSON.stringify(document_, null, 2);
  const rows = element("links");
  rows.replaceChildren();
  for (const [relation, links] of Object.entries(document_?._links ?? {})) {
    for (const link of [links].flat()) {
      if (link?.href) rows.append(row(relation, link));
    }
  }
}

function row(relation, link) {
  const tr = document.createElement("tr");
  const name = document.createElement("td");
  name.textContent = relation;
  const target = document.createElement("td");
  const anchor = document.createElement("a");
  anchor.textContent = link.title || link.name || link.href;
  anchor.title = link.href;
  anchor.href = "#" + path(link.href);
  if (link.templated) {
    anchor.addEventListener("click", (event) => {
      event.preventDefault();
      fill(link.href);
    });
  }
  target.append(anchor);
  tr.append(name, target);
  return tr;
}

function fill(template) {
  const filled = template.replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(prompt(name) ?? ""));
  location.hash = path(filled);
}

function path(href) {
  try {
    const url = new URL(href, location.origin);
    const full = url.pathname + url.search;
    return full.startsWith(base) ? full.slice(base.length) || "/" : full;
  } catch {
    return href;
  }
}

async function send(method, to, body) {
  element("path").value = to;
  const headers = { Accept: "application/hal+json, application/json, text/plain" };
  if (body !== undefined) {
    headers["Content-Type"] = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  }
  const begun = performance.now();
  try {
    const response = await fetch(base + to, { method, headers, body });
    const text = await response.text();
    let shown = text;
    try { shown = JSON.parse(text); } catch { /* text stays text */ }
    show(shown, `${response.status} ${response.statusText}, ${Math.round(performance.now() - begun)} ms`);
  } catch (error) {
    show("", `not answered: ${error.message}`);
  }
}

element("go").addEventListener("submit", (event) => {
  event.preventDefault();
  const method = element("method").value;
  const to = element("path").value || "/";
  if (method === "GET" && location.hash.slice(1) !== to) location.hash = to;
  else send(method, to, ["POST", "PUT", "PATCH"].includes(method) ? element("body").value : undefined);
});
addEventListener("hashchange", () => send("GET", location.hash.slice(1) || "/"));
send("GET", location.hash.slice(1) || "/");
