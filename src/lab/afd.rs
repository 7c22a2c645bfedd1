//! The account list as CSV, at its old and its new address.

use super::{
    head::Head,
    http::Connection,
    record::Ticket,
    rest::page,
    server::{After, World},
    token::Refusal,
};
use std::{fmt::Write as _, io};

const OLD: &str = "/service/extension/com_zimbra_bulkprovision/bulkdownload";
const NEW: &str = "/service/extension/com_zimbra_bulkprovision/search_results_download";

pub(super) async fn serve(
    world: &World,
    connection: &mut Connection,
    head: &Head,
    ticket: &Ticket<'_>,
) -> io::Result<After> {
    let token = head.cookie("ZM_ADMIN_AUTH_TOKEN");
    let checked = token.map(|token| world.check(token));
    ticket.token(head.parameter("authToken").is_some(), checked == Some(Err(Refusal::Expired)));
    let complaint = match checked {
        None => Some("no authtoken cookie"),
        Some(Err(Refusal::Expired)) => Some("authtoken expired"),
        Some(Err(Refusal::Garbled)) => Some("unable to parse authtoken"),
        Some(Ok(_)) => None,
    };
    if head.path.starts_with("/service/afd") {
        if complaint.is_some() {
            return page::refuse(connection, head, ticket, 401, complaint, &[]).await;
        }
        let query = if head.raw_query.is_empty() { String::new() } else { format!("?{}", head.raw_query) };
        let host = head.header("host").unwrap_or("localhost");
        ticket.status(302);
        connection.answer(302, &[("Location", &format!("https://{host}{OLD}{query}"))], b"").await?;
        return Ok(After::Next);
    }
    if complaint.is_some() {
        return page::refuse(connection, head, ticket, 403, Some("Auth failed"), &[]).await;
    }
    let old = world.knobs().old_csv;
    let known = if old {
        head.path == OLD && head.parameter("action") == Some("getSR")
    } else {
        head.path == NEW && head.parameter("types").is_some()
    };
    if !known {
        return page::refuse(connection, head, ticket, 400, Some("Bad parameter"), &[]).await;
    }
    let body = list(world, head.parameter("domain"), old);
    ticket.status(200);
    let headers = [
        ("Content-Disposition", "attachment; filename=search_result.csv"),
        ("Content-Type", "application/x-download"),
    ];
    connection.answer(200, &headers, body.as_bytes()).await?;
    Ok(After::Next)
}

/// No header line, CRLF; the old writer quotes every field.
fn list(world: &World, domain: Option<&str>, old: bool) -> String {
    const COS: &str = "e00428a1-0c00-11d9-836a-000d93afea2a";
    let mut out = String::new();
    let directory = world.directory();
    for account in directory.live() {
        let (local, own) = account.name.split_once('@').unwrap_or((&account.name, ""));
        if domain.is_some_and(|domain| !domain.eq_ignore_ascii_case(own)) {
            continue;
        }
        let (name, id, status) = (&account.name, &account.id, &account.status);
        let _ = if old {
            write!(out, "\"{name}\",\"{id}\",\"account\",\"{local}\",\"{status}\",\"{COS}\"\r\n")
        } else {
            write!(out, "{name},{id},account,{local},,{status},{COS}\r\n")
        };
    }
    out
}
