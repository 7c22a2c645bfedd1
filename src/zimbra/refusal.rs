//! What a server means by an answer that is no success, and by a connection that fails.

use std::{fmt::Write as _, time::Duration};

use reqwest::{Response, header::RETRY_AFTER};

use super::{error::MoveError, soap::Fault};
use crate::control::sample::Side;

/// What an HTTP answer that is no success means.
pub async fn refusal(side: Side, what: &'static str, mut response: Response) -> MoveError {
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .map(Duration::from_secs);
    let mut page = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        page.extend_from_slice(&chunk);
        if page.len() > 64 << 10 {
            break;
        }
    }
    refused_status(side, what, status, retry_after, &page)
}

/// The same from the parts of an answer.
pub fn refused_status(
    side: Side,
    what: &'static str,
    status: u16,
    retry_after: Option<Duration>,
    page: &[u8],
) -> MoveError {
    match status {
        429 | 502..=504 => MoveError::Busy { side, what, status, retry_after },
        _ => MoveError::Refused { side, what, status, message: page_message(page) },
    }
}

/// The message of one of Jetty's error pages: the row after `MESSAGE:`, else the title, else nothing.
pub(super) fn page_message(page: &[u8]) -> String {
    let page = String::from_utf8_lossy(page);
    let between = |open: &str, close: &str| {
        let rest = &page[page.find(open)? + open.len()..];
        Some(rest[..rest.find(close)?].trim().to_owned())
    };
    let message =
        between("MESSAGE:</th><td>", "</td>").or_else(|| between("<title>", "</title>")).unwrap_or_default();
    message.lines().next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Faults that mean the token alone.
pub(super) fn is_about_token(fault: &Fault) -> bool {
    matches!(fault.code.as_str(), "service.AUTH_EXPIRED" | "service.AUTH_REQUIRED")
}

/// Faults of a sign-in that a second try cannot mend.
pub(super) fn is_refusal(fault: &Fault) -> bool {
    matches!(
        fault.code.as_str(),
        "account.AUTH_FAILED"
            | "service.PERM_DENIED"
            | "account.CHANGE_PASSWORD"
            | "account.TWO_FACTOR_AUTH_REQUIRED"
            | "account.ACCOUNT_INACTIVE"
            | "service.INVALID_REQUEST"
    )
}

/// Name of the first element after the SOAP body opens, or of the fragment itself.
pub(super) fn request_name(xml: &str) -> String {
    let start = xml.find("Body>").map_or(0, |at| at + 5);
    xml[start..].trim_start_matches('<').chars().take_while(char::is_ascii_alphanumeric).collect()
}

/// An error with its causes, which is where the network's own words are.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            let _ = write!(text, ": {words}");
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_an_error_page_is_found_and_tamed() {
        let page =
            b"<html><title>Error 404 Not Found</title><tr><th>MESSAGE:</th><td>no such\x07 item</td></tr>";
        assert_eq!(page_message(page), "no such item");
        assert_eq!(page_message(b"<title>504 Gateway Time-out</title>"), "504 Gateway Time-out");
        assert_eq!(page_message(b"\xff\xfe"), "");
    }
}
