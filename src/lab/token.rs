//! Tokens of Zimbra's true form: `<key version>_<HMAC-SHA1>_<hex of name=length:value; items>`.

use ring::hmac;
use std::{
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// What a good token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claims {
    pub(super) account_id: String,
    pub(super) expires_ms: u64,
    pub(super) admin: bool,
}

/// Why a token is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Nothing that could be read, or not signed by us.
    Garbled,
    /// Past its time, or withdrawn.
    Expired,
}

/// Makes and reads tokens; one per server, so that one server's tokens are garbage to the other.
pub(super) struct Mint {
    key: hmac::Key,
    /// Tokens with an older generation have been withdrawn.
    generation: AtomicU64,
    serial: AtomicU64,
}

pub(super) fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

impl Mint {
    pub(super) fn new(secret: u64) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &secret.to_be_bytes());
        Self { key, generation: AtomicU64::new(1), serial: AtomicU64::new(1) }
    }

    /// A token for this account, good for `life` of real time.
    pub(super) fn issue(&self, account_id: &str, admin: bool, life: Duration) -> String {
        let expires = (now_ms() + life.as_millis() as u64).to_string();
        let serial = self.serial.fetch_add(1, Ordering::Relaxed);
        let generation = self.generation.load(Ordering::Relaxed);
        let mut data = String::new();
        let mut item = |name: &str, value: &str| {
            let _ = write!(data, "{name}={}:{value};", value.len());
        };
        item("id", account_id);
        item("exp", &expires);
        if admin {
            item("admin", "1");
        }
        item("type", "zimbra");
        item("u", "1");
        item("tid", &serial.to_string());
        item("vv", &generation.to_string());
        item("version", "10.1.0_GA");
        let data = hex(data.as_bytes());
        let sign = hex(hmac::sign(&self.key, data.as_bytes()).as_ref());
        format!("0_{sign}_{data}")
    }

    /// Reads a token; tells an expired one from a garbled one.
    pub(super) fn read(&self, token: &str) -> Result<Claims, Refusal> {
        let mut parts = token.splitn(3, '_');
        let (Some("0"), Some(sign), Some(data)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Refusal::Garbled);
        };
        let sign = unhex(sign).ok_or(Refusal::Garbled)?;
        hmac::verify(&self.key, data.as_bytes(), &sign).map_err(|_| Refusal::Garbled)?;
        let text = unhex(data).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or(Refusal::Garbled)?;
        let field = |wanted: &str| fields(&text).find(|(name, _)| *name == wanted).map(|(_, value)| value);
        let account_id = field("id").ok_or(Refusal::Garbled)?.to_owned();
        let expires_ms: u64 = field("exp").and_then(|exp| exp.parse().ok()).ok_or(Refusal::Garbled)?;
        let generation = field("vv").and_then(|number| number.parse().ok()).unwrap_or(0);
        if expires_ms <= now_ms() || generation < self.generation.load(Ordering::Relaxed) {
            return Err(Refusal::Expired);
        }
        Ok(Claims { account_id, expires_ms, admin: field("admin") == Some("1") })
    }

    /// Withdraws every token issued so far.
    pub(super) fn revoke(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
    }
}

fn fields(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (name, tail) = rest.split_once('=')?;
        let (length, tail) = tail.split_once(':')?;
        let value = tail.get(..length.parse().ok()?)?;
        rest = tail.get(value.len() + 1..)?;
        Some((name, value))
    })
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
