//! Admin SOAP: envelope, context and token, and the way to each request.

mod accounts;
mod fault;
mod folders;
mod sign_in;
mod xml;

use super::{
    head::Head,
    http::Connection,
    record::Ticket,
    rest::page,
    server::{After, DOS_MARKER, World},
    token::{Claims, Refusal},
};
use fault::Fault;
use std::{io, net::IpAddr};
use xml::Node;

const BODY_LIMIT: usize = 15_360_000;
const MODERN: &str = "http://www.w3.org/2003/05/soap-envelope";
const OLD: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// Who asks, for what.
struct Asked<'a> {
    world: &'a World,
    claims: Option<Claims>,
    /// Account named in the context, by name or id.
    about: Option<String>,
    from: IpAddr,
    /// A token was sent, and why it was not taken.
    refusal: Option<Refusal>,
}

/// The children of a response's body and header, ready to send.
struct Reply {
    body: String,
    /// Inside `<context>`.
    context: String,
    cookie: Option<String>,
}

impl Reply {
    fn body(body: String) -> Self {
        Self { body, context: String::new(), cookie: None }
    }
}

pub(super) async fn serve(
    world: &World,
    connection: &mut Connection,
    head: &Head,
    ticket: &Ticket<'_>,
) -> io::Result<After> {
    let Some(body) = connection.whole_body(BODY_LIMIT).await? else {
        let text = format!("request size exceeds the limit of {BODY_LIMIT}");
        return send(connection, ticket, true, Err(Fault::invalid(&text))).await;
    };
    let Some(envelope) = xml::parse(&body).filter(|node| node.name == "Envelope") else {
        return send(connection, ticket, true, Err(Fault::parse_error())).await;
    };
    let signs_in = |body: &Node| body.children.first().is_some_and(|request| request.name == "AuthRequest");
    if envelope.child("Body").is_some_and(signs_in)
        && let Some(status) = world.stops_login()
    {
        return page::refuse(connection, head, ticket, status, None, &DOS_MARKER).await;
    }
    let modern = envelope.namespace != OLD;
    let reply = answer(world, connection, head, ticket, &envelope);
    send(connection, ticket, modern, reply).await
}

fn answer(
    world: &World,
    connection: &Connection,
    head: &Head,
    ticket: &Ticket<'_>,
    envelope: &Node,
) -> Result<Reply, Fault> {
    let request =
        envelope.child("Body").and_then(|body| body.children.first()).ok_or_else(Fault::parse_error)?;
    ticket.with(|seen| seen.what.clone_from(&request.name));
    world.recorder.note(|record| *record.soap.entry(request.name.clone()).or_default() += 1);
    let context = envelope.child("Header").and_then(|header| header.child("context"));
    let token = context
        .and_then(|context| context.value("authToken"))
        .filter(|token| !token.is_empty())
        .or_else(|| head.cookie("ZM_ADMIN_AUTH_TOKEN"));
    let checked = token.map(|token| world.check(token));
    let void_on_expired = context
        .and_then(|context| context.child("authTokenControl"))
        .is_some_and(|control| control.flag("voidOnExpired", false));
    let (claims, refusal) = match checked {
        Some(Ok(claims)) => (Some(claims), None),
        Some(Err(Refusal::Expired)) if void_on_expired => (None, None),
        Some(Err(refusal)) => (None, Some(refusal)),
        None => (None, None),
    };
    ticket.token(head.parameter("authToken").is_some(), refusal == Some(Refusal::Expired));
    let about = context
        .and_then(|context| context.child("account"))
        .map(|account| account.text.clone())
        .filter(|account| !account.is_empty());
    if let Some(about) = &about {
        ticket.with(|seen| seen.account = Some(about.clone()));
    }
    let asked = Asked { world, claims, about, from: connection.peer.ip(), refusal };
    // A bad token spoils even a request that needs none.
    match asked.refusal {
        Some(Refusal::Expired) => return Err(Fault::auth_expired()),
        Some(Refusal::Garbled) => return Err(Fault::auth_required()),
        None => {}
    }
    dispatch(&asked, request)
}

fn dispatch(asked: &Asked<'_>, request: &Node) -> Result<Reply, Fault> {
    const OPEN: &[&str] = &["AuthRequest", "PingRequest", "CheckHealthRequest"];
    if request.name == "BatchRequest" {
        return batch(asked, request);
    }
    let name = request.name.as_str();
    if !OPEN.contains(&name) {
        let claims = asked.claims.as_ref().ok_or_else(Fault::auth_required)?;
        if !known(name) {
            return Err(Fault::unknown_document(name));
        }
        if !claims.admin {
            return Err(Fault::denied("need adequate admin rights"));
        }
    }
    match name {
        "AuthRequest" => sign_in::auth(asked, request),
        "DelegateAuthRequest" => sign_in::delegate(asked, request),
        "PingRequest" => Ok(empty("PingResponse")),
        "NoOpRequest" => Ok(empty("NoOpResponse")),
        "CheckHealthRequest" => {
            Ok(Reply::body("<CheckHealthResponse xmlns=\"urn:zimbraAdmin\" healthy=\"1\"/>".into()))
        }
        "GetFolderRequest" => folders::get_folder(asked, request),
        "GetMailboxRequest" => folders::get_mailbox(asked, request),
        "GetAllMailboxesRequest" => Ok(folders::get_all_mailboxes(asked, request)),
        _ => accounts::answer(asked, request),
    }
}

fn known(name: &str) -> bool {
    const KNOWN: &[&str] = &[
        "CreateAccountRequest",
        "CreateDomainRequest",
        "DelegateAuthRequest",
        "GetAccountInfoRequest",
        "GetAccountRequest",
        "GetAllAccountsRequest",
        "GetAllCosRequest",
        "GetAllDomainsRequest",
        "GetAllMailboxesRequest",
        "GetAllServersRequest",
        "GetConfigRequest",
        "GetAllConfigRequest",
        "GetCosRequest",
        "GetDomainRequest",
        "GetFolderRequest",
        "GetMailboxRequest",
        "GetQuotaUsageRequest",
        "GetServerRequest",
        "GetServiceStatusRequest",
        "GetVersionInfoRequest",
        "ModifyAccountRequest",
        "DeleteAccountRequest",
        "NoOpRequest",
        "SearchDirectoryRequest",
    ];
    KNOWN.contains(&name)
}

fn empty(name: &str) -> Reply {
    Reply::body(format!("<{name} xmlns=\"urn:zimbraAdmin\"/>"))
}

/// Each member on its own; a member's fault stands among the responses.
fn batch(asked: &Asked<'_>, request: &Node) -> Result<Reply, Fault> {
    if asked.claims.is_none() {
        return Err(Fault::auth_required());
    }
    let stops = request.value("onerror") == Some("stop");
    let mut body = "<BatchResponse xmlns=\"urn:zimbra\">".to_owned();
    let mut context = String::new();
    for member in &request.children {
        match dispatch(asked, member) {
            Ok(reply) => {
                body.push_str(&reply.body);
                context = reply.context;
            }
            Err(fault) => {
                body.push_str(&fault.xml(true, "soap").replacen(
                    "<soap:Fault>",
                    &format!("<soap:Fault xmlns:soap=\"{MODERN}\">"),
                    1,
                ));
                if stops {
                    break;
                }
            }
        }
    }
    body.push_str("</BatchResponse>");
    Ok(Reply { body, context, cookie: None })
}

async fn send(
    connection: &mut Connection,
    ticket: &Ticket<'_>,
    modern: bool,
    reply: Result<Reply, Fault>,
) -> io::Result<After> {
    let namespace = if modern { MODERN } else { OLD };
    let status = if reply.is_ok() { 200 } else { 500 };
    let mut headers = vec![
        ("Expires".to_owned(), "Thu, 01 Jan 1970 00:00:00 GMT".to_owned()),
        ("Content-Type".to_owned(), "text/xml;charset=utf-8".to_owned()),
        ("Cache-Control".to_owned(), "no-store, no-cache".to_owned()),
    ];
    // The recorded answers carry an empty context even on token faults, written sources say none: a client
    // must do with either, so it depends on the version.
    let (header, body) = match reply {
        Ok(reply) => {
            if let Some(token) = &reply.cookie {
                headers.push((
                    "Set-Cookie".into(),
                    format!("ZM_ADMIN_AUTH_TOKEN={token}; Path=/; Secure; HttpOnly"),
                ));
            }
            (context(&reply.context), reply.body)
        }
        Err(fault) => (context(""), fault.xml(modern, "soap")),
    };
    let text = format!(
        "<soap:Envelope xmlns:soap=\"{namespace}\"><soap:Header>{header}</soap:Header><soap:Body>{body}</soap:Body>\
         </soap:Envelope>"
    );
    ticket.status(status);
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    connection.begin(status, &headers).await?;
    let mut framed = vec![0; super::http::CHUNK_ROOM];
    for piece in text.as_bytes().chunks(32 * 1024) {
        framed.extend_from_slice(piece);
        connection.chunk(&mut framed).await?;
    }
    connection.finish().await?;
    Ok(After::Next)
}

fn context(inside: &str) -> String {
    if inside.is_empty() {
        "<context xmlns=\"urn:zimbra\"/>".into()
    } else {
        format!("<context xmlns=\"urn:zimbra\">{inside}</context>")
    }
}
