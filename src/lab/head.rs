//! The head of an HTTP request.

use std::io;

/// The head of one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub(super) method: String,
    /// Path, percent-decoded.
    pub(super) path: String,
    /// Path as sent.
    pub(super) raw_path: String,
    pub(super) query: Vec<(String, String)>,
    /// Query as sent.
    pub(super) raw_query: String,
    headers: Vec<(String, String)>,
    /// The client may send another request afterwards.
    pub(super) keep_alive: bool,
}

impl Head {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A value of the query; the first one counts.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn cookie(&self, name: &str) -> Option<&str> {
        let cookies = self.headers.iter().filter(|(key, _)| key.eq_ignore_ascii_case("cookie"));
        cookies
            .flat_map(|(_, value)| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.trim_matches('"'))
    }
}

/// How the body is delimited.
pub(super) struct Framing {
    pub(super) chunked: bool,
    pub(super) length: Option<String>,
    pub(super) expects: bool,
}

pub(super) fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Reads a head; `None` when more of it must come.
pub(super) fn parse(bytes: &[u8]) -> io::Result<Option<(Head, usize, Framing)>> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut request = httparse::Request::new(&mut headers);
    let used = match request.parse(bytes) {
        Ok(httparse::Status::Complete(used)) => used,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(malformed(&error.to_string())),
    };
    let target = request.path.unwrap_or("/");
    let (raw_path, raw_query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(String, String)> = request
        .headers
        .iter()
        .map(|header| (header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned()))
        .collect();
    let mut head = Head {
        method: request.method.unwrap_or_default().to_owned(),
        path: percent_decoded(raw_path, false),
        raw_path: raw_path.to_owned(),
        query: pairs(raw_query),
        raw_query: raw_query.to_owned(),
        headers,
        keep_alive: request.version == Some(1),
    };
    let connection = head.header("connection").unwrap_or_default().to_ascii_lowercase();
    head.keep_alive = (head.keep_alive && connection != "close") || connection == "keep-alive";
    let holds = |name: &str, word: &str| {
        head.header(name).is_some_and(|value| value.to_ascii_lowercase().contains(word))
    };
    let framing = Framing {
        chunked: holds("transfer-encoding", "chunked"),
        length: head.header("content-length").map(|value| value.trim().to_owned()),
        expects: holds("expect", "100-continue"),
    };
    Ok(Some((head, used, framing)))
}

/// The query cut at `&` and `=`; of a value only the part before a second raw `=` is left, as on the real
/// server.
fn pairs(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| percent_decoded(text, true);
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut parts = pair.split('=');
            (decoded(parts.next().unwrap_or_default()), decoded(parts.next().unwrap_or_default()))
        })
        .collect()
}

/// `%XX` decoded; with `plus`, `+` is a space.
pub(super) fn percent_decoded(text: &str, plus: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (bytes[at], pair.and_then(|pair| u8::from_str_radix(pair, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) if plus => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}
