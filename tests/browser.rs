//! A real Chromium without a window, told what to do over its debugging pipe; no request of a page can leave it.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A browser; ends with the test.
pub struct Browser {
    child: Child,
    to: File,
    from: BufReader<File>,
    sent: u64,
    session: Option<String>,
    heard: Vec<Value>,
    _scratch: TempDir,
}

/// What a page did and how it came out.
#[derive(Debug)]
pub struct Look {
    /// Errors on the console, exceptions, and what the page's own policy refused.
    pub errors: Vec<String>,
    /// Addresses it asked for besides itself.
    pub requests: Vec<String>,
    /// Width of its contents and of the window, in pixels.
    pub widths: (u64, u64),
    /// Texts and strokes that are too faint, with their contrast.
    pub faint: Vec<String>,
    /// Background colour of the page.
    pub paper: String,
    /// A picture of all of it, PNG in base64.
    pub picture: String,
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Browser {
    /// Starts one. Everything but files goes to a proxy that is not there.
    pub fn start() -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let at = |name: &str| scratch.path().join(name);
        let made = Command::new("mkfifo").arg(at("in")).arg(at("out")).status().unwrap();
        assert!(made.success());
        // The pipe is descriptors 3 and 4; a shell sets them. `timeout` ends a browser that hangs, and the test.
        let line = "exec 3<\"$0/in\" 4>\"$0/out\"; exec timeout 100 chromium \"$@\"";
        let child = Command::new("sh")
            .args(["-c", line])
            .arg(scratch.path())
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe"])
            .args(["--no-first-run", "--disable-background-networking", "--proxy-server=127.0.0.1:9"])
            .arg(format!("--user-data-dir={}", at("profile").display()))
            .env("HOME", scratch.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let to = OpenOptions::new().write(true).open(at("in")).unwrap();
        let from = BufReader::new(File::open(at("out")).unwrap());
        let mut browser =
            Self { child, to, from, sent: 0, session: None, heard: Vec::new(), _scratch: scratch };
        let target = browser.call("Target.createTarget", &json!({"url": "about:blank"}))["targetId"].clone();
        let attached = browser.call("Target.attachToTarget", &json!({"targetId": target, "flatten": true}));
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Log", "Runtime", "Network"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser
    }

    /// Opens a file in a window so wide, in the `light` or `dark` scheme.
    pub fn look(&mut self, page: &Path, width: u32, scheme: &str) -> Look {
        self.visit(&format!("file://{}", page.display()), width, scheme)
    }

    /// Opens an address in a window so wide, in the `light` or `dark` scheme.
    pub fn visit(&mut self, address: &str, width: u32, scheme: &str) -> Look {
        self.open(address, width, scheme);
        self.seen(address)
    }

    /// Goes to an address, and waits until it is loaded.
    pub fn open(&mut self, address: &str, width: u32, scheme: &str) {
        let metrics = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600});
        self.call("Emulation.setDeviceMetricsOverride", &metrics);
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", &features);
        self.heard.clear();
        self.call("Page.navigate", &json!({ "url": address }));
        while !self.heard.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = self.receive();
            self.heard.push(event);
        }
    }

    /// What a script says in the page.
    pub fn value(&mut self, script: &str) -> Value {
        let answer = self.call("Runtime.evaluate", &json!({"expression": script, "returnByValue": true}));
        answer["result"]["value"].clone()
    }

    /// What the page at this address did so far, and how it looks.
    pub fn seen(&mut self, address: &str) -> Look {
        let widths = self.value("[document.documentElement.scrollWidth, innerWidth]");
        let faint = self.value(FAINT);
        let paper = self.value("getComputedStyle(document.body).backgroundColor");
        let shot = json!({"format": "png", "captureBeyondViewport": true});
        let picture = self.call("Page.captureScreenshot", &shot)["data"].clone();
        Look {
            errors: self.errors(),
            requests: self.requests(address),
            widths: (widths[0].as_u64().unwrap(), widths[1].as_u64().unwrap()),
            faint: faint.as_array().unwrap().iter().map(|line| line.as_str().unwrap().to_owned()).collect(),
            paper: paper.as_str().unwrap().to_owned(),
            picture: picture.as_str().unwrap().to_owned(),
        }
    }

    fn errors(&self) -> Vec<String> {
        let wrong = |event: &&Value| match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => true,
            Some("Log.entryAdded") => event["params"]["entry"]["level"] == "error",
            Some("Runtime.consoleAPICalled") => event["params"]["type"] == "error",
            _ => false,
        };
        self.heard.iter().filter(wrong).map(|event| event["params"].to_string()).collect()
    }

    fn requests(&self, address: &str) -> Vec<String> {
        let sent = self.heard.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        let urls = sent.filter_map(|event| event["params"]["request"]["url"].as_str().map(str::to_owned));
        urls.filter(|url| url != address && !url.starts_with("data:")).collect()
    }

    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("the browser listens");
        loop {
            let answer = self.receive();
            if answer["id"] == self.sent {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].clone();
            }
            self.heard.push(answer);
        }
    }

    fn receive(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).unwrap();
        assert!(bytes.pop().is_some(), "chromium ended or is missing; tests/run installs it");
        serde_json::from_slice(&bytes).unwrap()
    }
}

/// Texts below a contrast of 4.5 (3 where large), and strokes and marks of charts below 3, against what is
/// behind them. Grid and bands are decoration: their numbers stand at the axes.
const FAINT: &str = r#"(() => {
  const parts = text => (text.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => { const f = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b); };
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const behind = element => { for (let e = element; e; e = e.parentElement) {
      const c = parts(getComputedStyle(e).backgroundColor); if (c.length && c[3] !== 0) return c; }
    return [255, 255, 255]; };
  const found = [];
  const judge = (element, colour, least, words) => { const c = parts(colour); if (c.length < 3) return;
    const r = ratio(c, behind(element)); if (r < least) found.push(`${r.toFixed(2)} ${words}`); };
  for (const e of document.body.querySelectorAll("*")) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    const s = getComputedStyle(e), svg = e.closest("svg");
    if (!svg && own) judge(e, s.color, parseFloat(s.fontSize) >= 24 ? 3 : 4.5, e.textContent.slice(0, 40));
    if (svg && e.tagName === "text") judge(e, s.fill, 4.5, e.textContent);
    if (svg && e.tagName === "path") judge(e, s.fill, 3, "mark");
    if (svg && e.tagName === "polyline" && e.getAttribute("stroke-width") === "2") judge(e, s.stroke, 3, "curve");
  }
  return found;
})()"#;
