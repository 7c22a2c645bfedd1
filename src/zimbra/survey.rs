//! What one server says of itself: its clock, its version, what its administrator may do, and its caps.

use std::time::{Duration, Instant, SystemTime};

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::header::DATE;

use super::{
    error::MoveError,
    session::Server,
    soap::{ADMIN, Element, text},
};

/// What the door says before anybody signs in.
#[derive(Clone, Copy, Debug)]
pub struct Knock {
    /// How long the answer took, the connection included.
    pub took: Duration,
    /// Seconds by which the server's clock is ahead of ours, to about a second; where it tells its time.
    pub ahead_s: Option<f64>,
}

/// Connects and asks for nothing, without signing in.
///
/// # Errors
/// The server out of reach, or a certificate that is not trusted.
pub async fn knock(server: &Server) -> Result<Knock, MoveError> {
    let begun = Instant::now();
    let request = server.knock().timeout(server.access().answer_timeout);
    let response = request.send().await.map_err(|error| server.unreachable(&error.without_url()))?;
    let stated = response.headers().get(DATE).and_then(|value| value.to_str().ok());
    let ahead_s = stated.and_then(|date| ahead(date, SystemTime::now()));
    Ok(Knock { took: begun.elapsed(), ahead_s })
}

/// Seconds by which a `Date` header is ahead of `now`; it is cut to a whole second, so half of one is added.
fn ahead(date: &str, now: SystemTime) -> Option<f64> {
    let theirs = DateTimeParser::new().parse_timestamp(date).ok()?;
    let ours = jiff::Timestamp::try_from(now).ok()?;
    Some(theirs.duration_since(ours).as_secs_f64() + 0.5)
}

/// The server's version, such as `10.1.0_GA_4655`.
///
/// # Errors
/// As [`Server::ask`].
pub async fn version(server: &Server) -> Result<String, MoveError> {
    let answer = server.ask(&format!("<GetVersionInfoRequest xmlns=\"{ADMIN}\"/>"), None).await?;
    let version = answer.child("info").and_then(|info| info.attribute("version"));
    Ok(version.unwrap_or_default().to_owned())
}

/// What the administrator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// He may do everything.
    Global,
    /// He may do what was granted to him.
    Delegated,
}

/// What the administrator we sign in as is.
///
/// # Errors
/// As [`Server::ask`].
pub async fn rank(server: &Server) -> Result<Rank, MoveError> {
    let admin = attributes(server, &server.access().admin, "zimbraIsAdminAccount").await?;
    let global = admin.property("zimbraIsAdminAccount") == Some("TRUE");
    Ok(if global { Rank::Global } else { Rank::Delegated })
}

/// What an account is allowed by itself or its class of service; `None` = the server does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allowance {
    /// `zimbraExportMaxDays`; over 0, a whole mailbox cannot be exported.
    pub export_max_days: Option<u64>,
    /// `zimbraContactMaxNumEntries`; 0 = no limit.
    pub contacts: Option<u64>,
}

/// What an account is allowed.
///
/// # Errors
/// As [`Server::ask`].
pub async fn allowance(server: &Server, address: &str) -> Result<Allowance, MoveError> {
    let account = attributes(server, address, "zimbraExportMaxDays,zimbraContactMaxNumEntries").await?;
    let number = |key| account.property(key).and_then(|value| value.parse().ok());
    Ok(Allowance {
        export_max_days: number("zimbraExportMaxDays"),
        contacts: number("zimbraContactMaxNumEntries"),
    })
}

/// An account's attributes, its class of service applied.
async fn attributes(server: &Server, address: &str, wanted: &str) -> Result<Element, MoveError> {
    let address = text(address).map_err(|cause| MoveError::Garbled {
        side: server.access().side,
        request: "GetAccountRequest".to_owned(),
        cause,
    })?;
    let body = format!(
        "<GetAccountRequest xmlns=\"{ADMIN}\" applyCos=\"1\" attrs=\"{wanted}\"><account by=\"name\">{address}\
         </account></GetAccountRequest>"
    );
    let answer = server.ask(&body, None).await?;
    Ok(answer.child("account").cloned().unwrap_or_default())
}

/// The caps of one mail store; `None` = the server does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caps {
    /// The store's name.
    pub store: String,
    /// `zimbraHttpNumThreads`.
    pub http_threads: Option<u64>,
    /// `zimbraHttpDosFilterMaxRequestsPerSec`.
    pub dos_per_s: Option<i64>,
    /// `zimbraHttpDosFilterDelayMillis`: -1 = a request too many is refused, more = it is held.
    pub dos_delay_ms: Option<i64>,
    /// `zimbraHttpThrottleSafeIPs`: addresses the filter leaves alone.
    pub safe_ips: Vec<String>,
}

/// The caps of each mail store, global settings applied.
///
/// # Errors
/// As [`Server::ask`].
pub async fn caps(server: &Server) -> Result<Vec<Caps>, MoveError> {
    let body = format!("<GetAllServersRequest xmlns=\"{ADMIN}\" service=\"mailbox\" applyConfig=\"1\"/>");
    let answer = server.ask(&body, None).await?;
    Ok(answer.children.iter().filter(|row| row.name == "server").map(caps_of).collect())
}

fn caps_of(row: &Element) -> Caps {
    let number = |key| row.property(key).and_then(|value| value.parse().ok());
    let safe = |child: &&Element| child.attribute("n") == Some("zimbraHttpThrottleSafeIPs");
    let name = row.property("zimbraServiceHostname").or_else(|| row.attribute("name"));
    Caps {
        store: name.unwrap_or_default().to_owned(),
        http_threads: row.property("zimbraHttpNumThreads").and_then(|value| value.parse().ok()),
        dos_per_s: number("zimbraHttpDosFilterMaxRequestsPerSec"),
        dos_delay_ms: number("zimbraHttpDosFilterDelayMillis"),
        safe_ips: row.children.iter().filter(safe).map(|child| child.text.clone()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_header_tells_how_far_the_clocks_are_apart() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(ahead("Sun, 06 Nov 1994 08:49:37 GMT", now), Some(0.5));
        assert_eq!(ahead("Sun, 06 Nov 1994 08:51:37 GMT", now), Some(120.5));
        assert_eq!(ahead("yesterday", now), None);
    }

    #[test]
    fn caps_are_read_from_the_attributes_of_a_server() {
        let attribute = |key: &str, value: &str| Element {
            name: "a".into(),
            attributes: vec![("n".into(), key.into())],
            text: value.into(),
            ..Element::default()
        };
        let row = Element {
            children: vec![
                attribute("zimbraServiceHostname", "mail.a"),
                attribute("zimbraHttpNumThreads", "250"),
                attribute("zimbraHttpDosFilterDelayMillis", "-1"),
                attribute("zimbraHttpThrottleSafeIPs", "10.0.0.1"),
                attribute("zimbraHttpThrottleSafeIPs", "10.1.0.0/16"),
            ],
            ..Element::default()
        };
        let caps = caps_of(&row);
        assert_eq!(
            (caps.store.as_str(), caps.http_threads, caps.dos_delay_ms),
            ("mail.a", Some(250), Some(-1))
        );
        assert_eq!(caps.safe_ips, ["10.0.0.1", "10.1.0.0/16"]);
        assert_eq!(caps.dos_per_s, None);
    }
}
