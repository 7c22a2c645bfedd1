//! An administrator's token: what it shows, and how long it lives.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret, SecretString};

/// An admin token. It shows neither in `Debug` nor anywhere else.
#[derive(Clone, Debug)]
pub struct Token {
    pub(super) text: SecretString,
    pub(super) begun: Instant,
    pub(super) lifetime: Duration,
    /// Seconds by which the server's clock was ahead of ours when it was made, where it tells.
    pub(super) ahead_s: Option<f64>,
    pub(super) serial: u32,
}

impl Token {
    /// As a cookie for the administration port.
    pub fn cookie(&self) -> String {
        format!("ZM_ADMIN_AUTH_TOKEN={}", self.text.expose_secret())
    }

    /// What is left of its life.
    pub fn left(&self) -> Duration {
        self.lifetime.saturating_sub(self.begun.elapsed())
    }

    /// How long it lived when it was fetched.
    pub const fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Seconds by which the server's clock was ahead of ours when it was made, where it tells.
    pub const fn ahead_s(&self) -> Option<f64> {
        self.ahead_s
    }

    /// Whether it is time for another.
    pub(super) fn worn(&self) -> bool {
        self.left() < self.lifetime / 2
    }
}

/// What is left by the token's own `exp=`.
pub(super) fn expiry_left(token: &str) -> Option<Duration> {
    Some(expiry(token)?.saturating_sub(now()?))
}

/// Since 1970.
pub(super) fn now() -> Option<Duration> {
    SystemTime::now().duration_since(UNIX_EPOCH).ok()
}

/// The token's own `exp=`, since 1970: its third part is hexadecimal text of `name=length:value;`.
pub(super) fn expiry(token: &str) -> Option<Duration> {
    let hex = token.split('_').nth(2)?;
    let bytes: Vec<u8> = hex
        .as_bytes()
        .chunks(2)
        .map_while(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let data = String::from_utf8_lossy(&bytes).into_owned();
    let expiry = data.split(';').find_map(|item| item.strip_prefix("exp="))?;
    expiry.split_once(':')?.1.parse().ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn a_token_tells_its_own_expiry() {
        let in_a_minute = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() + 60_000;
        let data = format!("id=36:x;exp=13:{in_a_minute};admin=1:1;type=6:zimbra;");
        let hex: String = data.bytes().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let left = expiry_left(&format!("0_{}_{hex}", "0".repeat(40))).unwrap();
        assert!((55..=60).contains(&left.as_secs()), "{left:?}");
        assert_eq!(expiry_left("0_ab"), None);
        assert_eq!(expiry_left("0_ab_zz"), None);
    }
}
