//! A Chromium without a window, driven over its DevTools protocol: just what a person does with a page.
//!
//! Everything waits for a bounded time, and the browser ends with its handle.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long nothing may follow from a click before it must have missed.
const MISSED: Duration = Duration::from_secs(5);

/// How long to wait before asking again whether something has come true.
const PAUSE: Duration = Duration::from_millis(50);

/// How much of a long page a picture shows, in CSS pixels.
pub const TALLEST: u64 = 2_200;

/// A browser with one page.
#[derive(Debug)]
pub struct Browser {
    child: Child,
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    commands: u64,
    complaints: Vec<String>,
    /// Deleted after the browser has ended.
    _profile: TempDir,
}

impl Browser {
    /// Starts a Chromium with a profile of its own and an empty page.
    ///
    /// # Errors
    ///
    /// It does not start, or does not speak the protocol.
    pub fn launch(executable: &Path) -> Result<Self> {
        let profile = tempfile::tempdir()?;
        let child = Command::new(executable)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--hide-scrollbars",
            ])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--remote-debugging-port=0", "--window-size=1440,900"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{} does not start", executable.display()))?;
        let mut child = Stopped(Some(child));
        let socket = connect(profile.path())?;
        let child = child.0.take().context("the browser was started")?;
        let mut browser = Self { child, socket, session: None, commands: 0, complaints: Vec::new(), _profile: profile };
        let target = browser.command("Target.createTarget", json!({ "url": "about:blank" }))?;
        let attached =
            browser.command("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }))?;
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            browser.command(domain, json!({}))?;
        }
        Ok(browser)
    }

    /// Goes to an address and waits until the page is there.
    ///
    /// # Errors
    ///
    /// It cannot be reached.
    pub fn open(&mut self, address: &str) -> Result<()> {
        let answer = self.command("Page.navigate", json!({ "url": address }))?;
        if let Some(reason) = answer.get("errorText").and_then(Value::as_str) {
            bail!("{address} does not open: {reason}");
        }
        self.until(&format!("location.href === {} && document.readyState === 'complete'", json!(address)))
    }

    /// Goes to an address, which may lead on to another, and waits until a page is there.
    ///
    /// # Errors
    ///
    /// It cannot be reached.
    pub fn visit(&mut self, address: &str) -> Result<()> {
        let answer = self.command("Page.navigate", json!({ "url": address }))?;
        if let Some(reason) = answer.get("errorText").and_then(Value::as_str) {
            bail!("{address} does not open: {reason}");
        }
        self.until("location.href !== 'about:blank' && document.readyState === 'complete'")
    }

    /// The HTML of the page at an address.
    ///
    /// # Errors
    ///
    /// See [`Browser::visit`].
    pub fn html(&mut self, address: &str) -> Result<String> {
        self.visit(address)?;
        Ok(self.value("document.documentElement.outerHTML")?.as_str().unwrap_or_default().to_owned())
    }

    /// Sends a user and password with every request from now on, or none.
    ///
    /// # Errors
    ///
    /// The browser refuses.
    pub fn sign_in(&mut self, user: Option<(&str, &str)>) -> Result<()> {
        self.command("Network.enable", json!({}))?;
        let headers = user.map_or_else(
            || json!({}),
            |(name, password)| {
                let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}"));
                json!({ "Authorization": format!("Basic {encoded}") })
            },
        );
        self.command("Network.setExtraHTTPHeaders", json!({ "headers": headers })).map(drop)
    }

    /// Dismisses every request for a user and password, as a person may.
    ///
    /// # Errors
    ///
    /// The browser refuses.
    pub fn decline_to_sign_in(&mut self) -> Result<()> {
        self.command("Fetch.enable", json!({ "handleAuthRequests": true })).map(drop)
    }

    /// Lets requests that were stopped to see whether they ask for a password go on without one.
    fn go_on(&mut self, event: &Value) -> Result<()> {
        let request = &event["params"]["requestId"];
        let (method, params) = match event["method"].as_str() {
            Some("Fetch.requestPaused") => ("Fetch.continueRequest", json!({ "requestId": request })),
            Some("Fetch.authRequired") => {
                let answer = json!({ "requestId": request, "authChallengeResponse": { "response": "CancelAuth" } });
                ("Fetch.continueWithAuth", answer)
            }
            _ => return Ok(()),
        };
        self.commands += 1;
        let message = json!({ "id": self.commands, "method": method, "params": params, "sessionId": self.session });
        Ok(self.socket.send(Message::text(message.to_string()))?)
    }

    /// Runs the scripts of pages, or does not.
    ///
    /// # Errors
    ///
    /// The browser refuses.
    pub fn allow_scripts(&mut self, allowed: bool) -> Result<()> {
        self.command("Emulation.setScriptExecutionDisabled", json!({ "value": !allowed })).map(drop)
    }

    /// Waits for what a JavaScript expression promises.
    ///
    /// # Errors
    ///
    /// It throws.
    pub fn settle(&mut self, expression: &str) -> Result<Value> {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.command("Runtime.evaluate", asked)?;
        if let Some(exception) = answer.get("exceptionDetails") {
            bail!("{expression} throws {exception}");
        }
        Ok(answer["result"]["value"].clone())
    }

    /// Clicks on the first element that a CSS selector finds.
    ///
    /// # Errors
    ///
    /// There is no such element.
    pub fn click(&mut self, selector: &str) -> Result<()> {
        let found = self.value(&format!(
            "(() => {{ const found = document.querySelector({}); if (!found) return null; \
             found.scrollIntoView({{ block: 'center', behavior: 'instant' }}); const box = found.getBoundingClientRect(); \
             return [box.x + box.width / 2, box.y + box.height / 2]; }})()",
            json!(selector)
        ))?;
        let [x, y] = [&found[0], &found[1]];
        if x.is_null() {
            bail!("nothing on the page fits {selector}");
        }
        for kind in ["mousePressed", "mouseReleased"] {
            let click = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.command("Input.dispatchMouseEvent", click)?;
        }
        Ok(())
    }

    /// Clicks, and waits until the address contains `destination` and the page is there. A page that still scrolls to what
    /// its address names takes the link away from under the pointer; it is clicked on again, as a person would.
    ///
    /// # Errors
    ///
    /// There is no such element, or it leads elsewhere.
    pub fn follow(&mut self, selector: &str, destination: &str) -> Result<()> {
        let there = format!("location.href.includes({}) && document.readyState === 'complete'", json!(destination));
        let (before, started) = (self.value("location.href")?, Instant::now());
        while started.elapsed() < PATIENCE && self.value("location.href").ok().as_ref() == Some(&before) {
            self.click(selector)?;
            if self.comes_true(&there, MISSED) {
                return Ok(());
            }
        }
        self.until(&there)
    }

    /// Waits until a JavaScript expression is true.
    ///
    /// # Errors
    ///
    /// It does not come true.
    pub fn until(&mut self, expression: &str) -> Result<()> {
        if !self.comes_true(expression, PATIENCE) {
            let address = self.value("location.href").unwrap_or_default();
            bail!("{expression} did not come true at {address}");
        }
        Ok(())
    }

    fn comes_true(&mut self, expression: &str, patience: Duration) -> bool {
        let started = Instant::now();
        // while a page gives way to the next, the answer may be an error
        while self.value(expression).ok() != Some(Value::Bool(true)) {
            if started.elapsed() > patience {
                return false;
            }
            std::thread::sleep(PAUSE);
        }
        true
    }

    /// The value of a JavaScript expression.
    ///
    /// # Errors
    ///
    /// It throws.
    pub fn value(&mut self, expression: &str) -> Result<Value> {
        let answer = self.command("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true }))?;
        if let Some(exception) = answer.get("exceptionDetails") {
            bail!("{expression} throws {exception}");
        }
        Ok(answer["result"]["value"].clone())
    }

    /// What a person can read on the page, in one line, with what is not scrolled to and therefore not laid out yet.
    ///
    /// # Errors
    ///
    /// There is no page.
    pub fn text(&mut self) -> Result<String> {
        let text = self.value(
            "(() => {
                const all = new CSSStyleSheet();
                all.replaceSync('* { content-visibility: visible !important }');
                document.adoptedStyleSheets = [all];
                const text = document.body.innerText;
                document.adoptedStyleSheets = [];
                return text;
            })()",
        )?;
        Ok(text.as_str().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// Makes the page as wide as a device of so many CSS pixels.
    ///
    /// # Errors
    ///
    /// The browser refuses.
    pub fn resize(&mut self, width: u32) -> Result<()> {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.command("Emulation.setDeviceMetricsOverride", size).map(drop)
    }

    /// Tells pages that the system prefers dark colours, or light ones.
    ///
    /// # Errors
    ///
    /// The browser refuses.
    pub fn prefer_dark(&mut self, dark: bool) -> Result<()> {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.command("Emulation.setEmulatedMedia", features).map(drop)
    }

    /// Keeps a picture of the page for a person to look at, in the folder that `COUNTERSIGN_SCREENSHOTS` names; without it,
    /// does nothing.
    ///
    /// # Errors
    ///
    /// The picture cannot be taken or kept.
    pub fn picture(&mut self, name: &str) -> Result<()> {
        let Some(folder) = std::env::var_os("COUNTERSIGN_SCREENSHOTS") else { return Ok(()) };
        self.save(&Path::new(&folder).join(format!("{name}.png")))
    }

    /// Writes a picture of the page, down to [`TALLEST`], into a PNG file.
    ///
    /// # Errors
    ///
    /// The picture cannot be taken or written.
    pub fn save(&mut self, file: &Path) -> Result<()> {
        let size = self.value("[document.documentElement.clientWidth, document.documentElement.scrollHeight]")?;
        let height = size[1].as_u64().unwrap_or(TALLEST).min(TALLEST);
        let clip = json!({ "x": 0, "y": 0, "width": size[0], "height": height, "scale": 1 });
        let picture = self.command("Page.captureScreenshot", json!({ "captureBeyondViewport": true, "clip": clip }))?;
        let data = picture["data"].as_str().context("the browser sends a picture")?;
        let bytes = base64::engine::general_purpose::STANDARD.decode(data)?;
        std::fs::write(file, bytes).with_context(|| format!("{} cannot be written", file.display()))
    }

    /// Presses a key where the focus is: a character, or `Enter`.
    ///
    /// # Errors
    ///
    /// The browser refuses.
    pub fn press(&mut self, key: &str) -> Result<()> {
        let text = if key == "Enter" { "\r" } else { key };
        self.command("Input.dispatchKeyEvent", json!({ "type": "keyDown", "key": key, "text": text }))?;
        self.command("Input.dispatchKeyEvent", json!({ "type": "keyUp", "key": key })).map(drop)
    }

    /// Writes into a field, in place of what it holds.
    ///
    /// # Errors
    ///
    /// There is no such field.
    pub fn type_into(&mut self, selector: &str, text: &str) -> Result<()> {
        self.set(selector, text, "input")
    }

    /// Chooses an entry of a menu by its value.
    ///
    /// # Errors
    ///
    /// There is no such menu, or it has no such entry.
    pub fn select(&mut self, selector: &str, value: &str) -> Result<()> {
        self.set(selector, value, "change")
    }

    fn set(&mut self, selector: &str, value: &str, event: &str) -> Result<()> {
        let done = self.value(&format!(
            "(() => {{ const field = document.querySelector({}); if (!field) return null; field.value = {}; \
             const value = field.value; field.dispatchEvent(new Event({}, {{ bubbles: true }})); return value; }})()",
            json!(selector),
            json!(value),
            json!(event)
        ))?;
        if done != value {
            bail!("{selector} does not take {value}");
        }
        Ok(())
    }

    /// What makes the page wider than its window, a few words about each element; nothing when it fits.
    ///
    /// # Errors
    ///
    /// There is no page.
    pub fn overhanging(&mut self) -> Result<Vec<String>> {
        let found = self.value(
            "(() => { const width = document.documentElement.clientWidth; \
             if (document.documentElement.scrollWidth <= width) return []; \
             return [...document.body.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > width) \
             .map(one => one.tagName + '.' + one.getAttribute('class') + ' ' + (one.textContent || '').trim().slice(0, 40)) \
             .concat('the page') })()",
        )?;
        Ok(found.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect())
    }

    /// Forgets what the page complained about so far.
    pub fn forget_complaints(&mut self) {
        // an answer proves that everything before it has been heard; a browser that is gone has no more to say
        let _ = self.value("0");
        self.complaints.clear();
    }

    /// Closes the browser; what its page complained about: script errors, refused files, anything on the console.
    ///
    /// # Errors
    ///
    /// The browser has gone away.
    pub fn leave(mut self) -> Result<Vec<String>> {
        // an answer proves that everything before it has been heard
        self.value("0")?;
        Ok(std::mem::take(&mut self.complaints))
    }

    fn command(&mut self, method: &str, params: Value) -> Result<Value> {
        self.commands += 1;
        let id = self.commands;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.socket.send(Message::text(message.to_string()))?;
        loop {
            let received = self.socket.read().with_context(|| format!("no answer to {method}"))?;
            let Message::Text(text) = received else { continue };
            let mut message: Value = serde_json::from_str(&text)?;
            if message["id"] == id {
                if let Some(error) = message.get("error") {
                    bail!("{method}: {error}");
                }
                return Ok(message["result"].take());
            }
            self.complaints.extend(complaint(&message));
            self.go_on(&message)?;
        }
    }
}

/// What a browser gets from an address: the page's HTML.
///
/// # Errors
///
/// Nobody answers there, or the answer is not that all is well.
pub fn get(address: &str) -> Result<String> {
    Ok(timed(address)?.0)
}

/// [`get`] with the time from before the connection to the answer's first byte.
///
/// # Errors
///
/// See [`get`].
pub fn timed(address: &str) -> Result<(String, Duration)> {
    let asked = Instant::now();
    let rest = address.strip_prefix("http://").context("an address that starts with http://")?;
    let (host, path) = rest.split_once('/').context("an address with a path")?;
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\nConnection: close\r\n\r\n")?;
    let mut answer = vec![0];
    stream.read_exact(&mut answer)?;
    let waited = asked.elapsed();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").context("an answer has a head")?;
    if !head.starts_with("HTTP/1.1 200") {
        bail!("{address}: {}", head.lines().next().unwrap_or_default());
    }
    Ok((body.to_owned(), waited))
}

impl Drop for Browser {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Ends a browser that was started and could not be used.
struct Stopped(Option<Child>);

impl Drop for Stopped {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            end(child);
        }
    }
}

fn end(child: &mut Child) {
    // it may have ended on its own
    let _ = child.kill();
    let _ = child.wait();
}

/// Connects once the browser has written down where it listens.
fn connect(profile: &Path) -> Result<WebSocket<TcpStream>> {
    let file = profile.join("DevToolsActivePort");
    let started = Instant::now();
    let written = loop {
        let written = std::fs::read_to_string(&file).unwrap_or_default();
        if written.lines().count() >= 2 {
            break written;
        }
        if started.elapsed() > PATIENCE {
            bail!("the browser does not say where it listens");
        }
        std::thread::sleep(PAUSE);
    };
    let (port, path) = written.trim().split_once('\n').context("a port and a path")?;
    let address = format!("127.0.0.1:{port}");
    let stream = TcpStream::connect(&address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let (socket, _) = tungstenite::client(format!("ws://{address}{path}"), stream)
        .map_err(|error| anyhow::anyhow!("the browser does not speak: {error}"))?;
    Ok(socket)
}

/// What an event complains about, if it does.
fn complaint(event: &Value) -> Option<String> {
    let params = &event["params"];
    match event["method"].as_str()? {
        "Runtime.exceptionThrown" => Some(params["exceptionDetails"].to_string()),
        "Runtime.consoleAPICalled" => Some(params["args"].to_string()),
        "Log.entryAdded" if params["entry"]["level"] == "error" => Some(params["entry"].to_string()),
        _ => None,
    }
}
