//! Whether a host key is the one written down: our own reading of the known-hosts file.
//!
//! libssh2 ignores `@revoked`, knows no patterns, refuses a whole file for one bad line and a file with CR LF
//! ends, so only the comparison of keys is left to do, and that is done here, on plain values.
//!
//! Sources: sshd(8), "`SSH_KNOWN_HOSTS` FILE FORMAT"; RFC 4253 section 6.6 (key blobs).

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use ring::{digest, hmac};

/// Key types libssh2 can verify, best first.
const KEY_TYPES: [&str; 7] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-rsa",
];

/// What the file says about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the host's key.
    Known,
    /// Nothing is written down for this host.
    Unknown,
    /// Another key is written down for this host.
    Changed,
    /// The key is withdrawn, whoever shows it.
    Revoked,
}

/// A known-hosts file, as far as it can be read.
#[derive(Clone, Debug, Default)]
pub struct KnownHosts {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    revoked: bool,
    names: String,
    key_type: String,
    key: Vec<u8>,
}

impl KnownHosts {
    /// Reads the file's text. Comments, bad lines and `@cert-authority` lines are skipped; a `@revoked` line
    /// whose key cannot be read is skipped too, as it can name no key.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self { entries: text.lines().filter_map(entry).collect() }
    }

    /// What the file says about `key` (the raw blob) shown by `host` on `port`.
    #[must_use]
    pub fn judge(&self, host: &str, port: u16, key: &[u8]) -> Verdict {
        if self.entries.iter().any(|entry| entry.revoked && entry.key == key) {
            return Verdict::Revoked;
        }
        let shows = |entries: &[&Entry]| entries.iter().any(|entry| entry.key == key);
        let exact = self.naming(&name(host, port));
        if shows(&exact) {
            return Verdict::Known;
        }
        if !exact.is_empty() {
            return Verdict::Changed;
        }
        // As OpenSSH does: a plain name vouches for other ports, but does not speak against them.
        if port != 22 && shows(&self.naming(host)) { Verdict::Known } else { Verdict::Unknown }
    }

    /// The order in which to ask the host for its key types: first those known for it, so that a host with
    /// several keys shows the one written down. Comma separated, never empty.
    #[must_use]
    pub fn preferences(&self, host: &str, port: u16) -> String {
        let mut known = self.naming(&name(host, port));
        if known.is_empty() {
            known = self.naming(host);
        }
        let is_known = |kind: &&str| {
            let stored = if kind.starts_with("rsa-") { "ssh-rsa" } else { *kind };
            known.iter().any(|entry| entry.key_type == stored)
        };
        let (mut first, rest): (Vec<&str>, Vec<&str>) = KEY_TYPES.into_iter().partition(is_known);
        first.extend(rest);
        first.join(",")
    }

    fn naming(&self, name: &str) -> Vec<&Entry> {
        self.entries.iter().filter(|entry| !entry.revoked && covers(&entry.names, name)).collect()
    }
}

/// The host's name in the file: `host`, or `[host]:port` for another port than 22.
#[must_use]
pub fn name(host: &str, port: u16) -> String {
    let host = host.to_ascii_lowercase();
    if port == 22 { host } else { format!("[{host}]:{port}") }
}

/// The line that makes the key known: name, key type, base64. `None` for a blob that names no type.
#[must_use]
pub fn line(host: &str, port: u16, key: &[u8]) -> Option<String> {
    Some(format!("{} {} {}", name(host, port), key_type(key)?, STANDARD.encode(key)))
}

/// `SHA256:` and the digest, as `ssh-keygen -l` prints it.
#[must_use]
pub fn fingerprint(key: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(digest::digest(&digest::SHA256, key)))
}

/// The first string of a key blob is its type.
fn key_type(key: &[u8]) -> Option<&str> {
    let (length, rest) = key.split_first_chunk::<4>()?;
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
    let word = std::str::from_utf8(rest.get(..length)?).ok()?;
    (!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic())).then_some(word)
}

fn entry(line: &str) -> Option<Entry> {
    // `str::lines` has taken a CR before the LF away; a lone one at the end of the file is left.
    let mut words = line.trim_end_matches('\r').split_ascii_whitespace();
    let mut names = words.next().filter(|word| !word.starts_with('#'))?;
    let mut revoked = false;
    if names.starts_with('@') {
        revoked = names == "@revoked";
        if !revoked {
            return None;
        }
        names = words.next()?;
    }
    let written = words.next()?;
    let key = STANDARD.decode(words.next()?).ok()?;
    let key_type = key_type(&key).filter(|kind| *kind == written)?.to_owned();
    Some(Entry { revoked, names: names.to_owned(), key_type, key })
}

/// Whether a line's names cover `name`: plain, with `*` and `?`, negated by `!`, or hashed.
fn covers(names: &str, name: &str) -> bool {
    if let Some(hashed) = names.strip_prefix("|1|") {
        return is_hash_of(hashed, name).unwrap_or(false);
    }
    let mut covered = false;
    for pattern in names.split(',') {
        let negated = pattern.starts_with('!');
        let pattern = pattern.trim_start_matches('!');
        if matches(pattern.to_ascii_lowercase().as_bytes(), name.to_ascii_lowercase().as_bytes()) {
            if negated {
                return false;
            }
            covered = true;
        }
    }
    covered
}

/// `<salt>|<HMAC-SHA1 of the name>`, both in base64.
fn is_hash_of(hashed: &str, name: &str) -> Option<bool> {
    let (salt, hash) = hashed.split_once('|')?;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &STANDARD.decode(salt).ok()?);
    let hash = STANDARD.decode(hash).ok()?;
    let lower = name.to_ascii_lowercase();
    Some(hmac::verify(&key, lower.as_bytes(), &hash).is_ok())
}

/// `*` stands for any run of characters, `?` for one. Steps back to the last `*` only, so it takes at most
/// the product of both lengths.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut seen) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(byte) if *byte == b'?' || *byte == text[seen] => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((back, from)) = star else { return false };
                star = Some((back, from + 1));
                at = back + 1;
                seen = from + 1;
            }
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A blob of the given type whose body is one repeated byte.
    fn blob(kind: &str, fill: u8) -> Vec<u8> {
        let mut key = u32::try_from(kind.len()).unwrap().to_be_bytes().to_vec();
        key.extend_from_slice(kind.as_bytes());
        key.extend_from_slice(&[fill; 32]);
        key
    }

    fn written(names: &str, kind: &str, fill: u8) -> String {
        format!("{names} {kind} {}\n", STANDARD.encode(blob(kind, fill)))
    }

    const ED: &str = "ssh-ed25519";
    const RSA: &str = "ssh-rsa";

    #[test]
    fn a_known_an_unknown_and_a_changed_key() {
        let file = KnownHosts::parse(&written("mail.example.org,10.0.0.5", ED, 1));
        assert_eq!(file.judge("mail.example.org", 22, &blob(ED, 1)), Verdict::Known);
        assert_eq!(file.judge("MAIL.example.org", 22, &blob(ED, 1)), Verdict::Known);
        assert_eq!(file.judge("10.0.0.5", 22, &blob(ED, 1)), Verdict::Known);
        assert_eq!(file.judge("mail.example.org", 22, &blob(ED, 2)), Verdict::Changed);
        assert_eq!(file.judge("other.example.org", 22, &blob(ED, 1)), Verdict::Unknown);
    }

    #[test]
    fn another_port_has_its_own_name() {
        let file = KnownHosts::parse(&(written("[mail]:2222", ED, 1) + &written("plain", ED, 2)));
        assert_eq!(file.judge("mail", 2222, &blob(ED, 1)), Verdict::Known);
        assert_eq!(file.judge("mail", 22, &blob(ED, 1)), Verdict::Unknown);
        assert_eq!(file.judge("mail", 2222, &blob(ED, 3)), Verdict::Changed);
        assert_eq!(file.judge("plain", 2222, &blob(ED, 2)), Verdict::Known);
        assert_eq!(file.judge("plain", 2222, &blob(ED, 3)), Verdict::Unknown);
    }

    #[test]
    fn a_revoked_key_is_refused_even_beside_a_good_line() {
        let file = KnownHosts::parse(&(written("mail", ED, 1) + "@revoked " + &written("*", ED, 1)));
        assert_eq!(file.judge("mail", 22, &blob(ED, 1)), Verdict::Revoked);
        assert_eq!(file.judge("elsewhere", 22, &blob(ED, 1)), Verdict::Revoked);
    }

    #[test]
    fn bad_lines_carriage_returns_and_authorities_do_no_harm() {
        let text = format!(
            "# note\r\n\r\nrubbish\r\nmail ssh-ed25519 not*base64\r\n@cert-authority {}{}",
            written("*", ED, 9),
            written("mail", ED, 1).replace('\n', "\r\n")
        );
        let file = KnownHosts::parse(&text);
        assert_eq!(file.judge("mail", 22, &blob(ED, 1)), Verdict::Known);
        assert_eq!(file.judge("other", 22, &blob(ED, 9)), Verdict::Unknown);
    }

    #[test]
    fn a_type_that_belies_its_key_is_a_bad_line() {
        let line = format!("mail {ED} {}", STANDARD.encode(blob(RSA, 1)));
        assert_eq!(KnownHosts::parse(&line).judge("mail", 22, &blob(RSA, 1)), Verdict::Unknown);
    }

    #[test]
    fn patterns_and_negation() {
        let file = KnownHosts::parse(&written("*.example.org,!bad.example.org,node?", ED, 1));
        assert_eq!(file.judge("a.example.org", 22, &blob(ED, 1)), Verdict::Known);
        assert_eq!(file.judge("bad.example.org", 22, &blob(ED, 1)), Verdict::Unknown);
        assert_eq!(file.judge("node7", 22, &blob(ED, 1)), Verdict::Known);
        assert_eq!(file.judge("node77", 22, &blob(ED, 1)), Verdict::Unknown);
        assert!(matches(b"*a*b", b"xxaxxaxb"));
        assert!(!matches(b"*a*b", b"xxaxxaxbc"));
    }

    #[test]
    fn hashed_names() {
        let salt = b"01234567890123456789";
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, salt);
        let hash = STANDARD.encode(hmac::sign(&key, b"[mail]:2222"));
        let names = format!("|1|{}|{hash}", STANDARD.encode(salt));
        let file = KnownHosts::parse(&written(&names, ED, 1));
        assert_eq!(file.judge("mail", 2222, &blob(ED, 1)), Verdict::Known);
        assert_eq!(file.judge("mail", 22, &blob(ED, 1)), Verdict::Unknown);
    }

    #[test]
    fn known_types_are_asked_for_first() {
        let file = KnownHosts::parse(&written("mail", RSA, 1));
        assert!(file.preferences("mail", 22).starts_with("rsa-sha2-512,rsa-sha2-256,ssh-rsa,ssh-ed25519"));
        assert!(file.preferences("mail", 2222).starts_with("rsa-sha2-512"));
        assert!(file.preferences("other", 22).starts_with("ssh-ed25519,ecdsa"));
    }

    #[test]
    fn the_line_to_add_makes_the_key_known() {
        for port in [22, 2222] {
            let text = line("Mail.example.org", port, &blob(ED, 7)).unwrap();
            assert_eq!(
                KnownHosts::parse(&text).judge("mail.example.org", port, &blob(ED, 7)),
                Verdict::Known
            );
        }
        assert!(line("mail", 2222, &blob(ED, 7)).unwrap().starts_with("[mail]:2222 ssh-ed25519 AAAA"));
        assert_eq!(line("mail", 22, b"\0\0"), None);
        assert!(fingerprint(b"").starts_with("SHA256:47DEQpj8HBSa"));
    }
}
