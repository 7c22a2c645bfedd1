//! Mailbox archives over HTTP: who may, and how a refusal is dressed up.

mod export;
mod import;
mod intake;
pub(in crate::lab) mod meta;
pub(in crate::lab) mod page;
mod query;
mod sink;
mod store;
mod tape;

use super::{
    fault::FaultKind,
    head::Head,
    http::Connection,
    machine::Stream,
    mailbox::Mailbox,
    record::Ticket,
    server::{After, World},
    token::Refusal,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{io, sync::Arc};

/// How the client showed who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Via {
    Cookie,
    Url,
    Basic,
}

/// Why a request is not served.
enum Denial {
    Token,
    NoToken,
    /// No right, no such account or folder, maintenance: the text is for the log and the page.
    Masked(Via, Option<&'static str>),
    MailHost,
}

/// A transfer that was let in.
struct Admitted {
    address: String,
    account_id: String,
    mailbox: Arc<Mailbox>,
    quota: u64,
    /// Sub-folder of the mailbox the request is about, with a leading slash; `/` = all.
    folder: String,
    faults: Vec<FaultKind>,
    /// The administrator's preferences: Trash, Junk.
    includes: (bool, bool),
}

pub(super) async fn serve(
    world: &Arc<World>,
    connection: &mut Connection,
    head: &Head,
    ticket: &mut Ticket<'_>,
    stream: Stream,
) -> io::Result<After> {
    let exports = head.method == "GET";
    if !exports && head.method != "POST" && head.method != "PUT" {
        return page::refuse(connection, head, ticket, 405, None, &[]).await;
    }
    let admitted = match admit(world, head, ticket, exports) {
        Ok(admitted) => admitted,
        Err(denial) => return deny(connection, head, ticket, denial).await,
    };
    ticket.enter(&admitted.address);
    let format = head.parameter("fmt").unwrap_or("tgz").to_owned();
    if format != "tgz" && format != "tar" {
        return page::refuse(connection, head, ticket, 501, None, &[]).await;
    }
    if exports {
        export::serve(world, connection, head, ticket, admitted, &format, stream).await
    } else {
        import::serve(world, connection, head, ticket, admitted, &format, stream).await
    }
}

fn admit(world: &World, head: &Head, ticket: &Ticket<'_>, exports: bool) -> Result<Admitted, Denial> {
    let (via, account_id) = authenticate(world, head, ticket)?;
    let rest = head.path.trim_start_matches("/service").trim_start_matches("/home/");
    let (user, folder) = rest.split_once('/').unwrap_or((rest, ""));
    let directory = world.directory();
    let requester = directory.find(&account_id).map(|place| &directory.accounts[place]);
    let Some(requester) = requester else { return Err(Denial::Token) };
    let user = user.trim_start_matches('~');
    let user = if user.is_empty() { requester.name.as_str() } else { user };
    let place = directory.find_name(user).ok_or(Denial::Masked(via, None))?;
    let account = &directory.accounts[place];
    if !requester.admin && requester.id != account.id {
        return Err(Denial::Masked(via, None));
    }
    let faults =
        if exports { world.faults.for_export(&account.name) } else { world.faults.for_import(&account.name) };
    if faults.contains(&FaultKind::WrongMailHost)
        || account.attribute("zimbraMailHost").is_some_and(|host| host != super::server::HOST)
    {
        return Err(Denial::MailHost);
    }
    if account.status == "maintenance" || faults.contains(&FaultKind::Maintenance) {
        return Err(Denial::Masked(via, Some("account is in maintenance mode")));
    }
    let likes = |name| requester.attribute(name) == Some("TRUE");
    Ok(Admitted {
        address: account.name.clone(),
        account_id: account.id.clone(),
        mailbox: directory.mailbox(place),
        quota: account.quota,
        folder: format!("/{}", folder.trim_matches('/')),
        faults,
        includes: (likes("zimbraPrefIncludeTrashInSearch"), likes("zimbraPrefIncludeSpamInSearch")),
    })
}

fn authenticate(world: &World, head: &Head, ticket: &Ticket<'_>) -> Result<(Via, String), Denial> {
    let ways = head.parameter("auth");
    let may = |way: &str| ways.is_none_or(|ways| ways.split(',').any(|listed| listed.trim() == way));
    let cookie = head.cookie("ZM_ADMIN_AUTH_TOKEN").filter(|_| may("co") || may("nsc") || may("sc"));
    let in_url = head.parameter("zauthtoken").or_else(|| head.parameter("authToken"));
    let (via, token) = match (cookie, in_url.filter(|_| may("qp"))) {
        (Some(token), _) => (Via::Cookie, token),
        (None, Some(token)) => (Via::Url, token),
        (None, None) => return basic(world, head).ok_or(Denial::NoToken),
    };
    let checked = world.check(token);
    ticket.token(in_url.is_some(), checked == Err(Refusal::Expired));
    match checked {
        Ok(claims) => Ok((via, claims.account_id)),
        Err(_) => Err(Denial::Token),
    }
}

fn basic(world: &World, head: &Head) -> Option<(Via, String)> {
    let coded = head.header("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    let (name, password) = text.split_once(':')?;
    let right = *super::lock(&world.password) == password && name.eq_ignore_ascii_case(&world.admin_name);
    let directory = world.directory();
    let place = directory.find(&world.admin_name).filter(|_| right)?;
    Some((Via::Basic, directory.accounts[place].id.clone()))
}

async fn deny(
    connection: &mut Connection,
    head: &Head,
    ticket: &Ticket<'_>,
    denial: Denial,
) -> io::Result<After> {
    const CHALLENGE: (&str, &str) = ("WWW-Authenticate", "BASIC realm=\"Zimbra\"");
    let get = head.method == "GET";
    let only = |way: &str| head.parameter("auth") == Some(way);
    let (status, message, challenge) = match denial {
        Denial::NoToken if only("co") => (404, None, false),
        Denial::NoToken => (401, None, true),
        Denial::Token if !get && only("co") => (404, None, false),
        Denial::Token => (401, None, !get),
        Denial::Masked(Via::Url, message) if get => {
            if only("qp") {
                (404, message, false)
            } else {
                (401, None, true)
            }
        }
        Denial::Masked(Via::Basic, message) => (404, message, false),
        Denial::Masked(_, message) if get => (404, message, false),
        Denial::Masked(..) => (401, None, false),
        Denial::MailHost => (400, Some("cannot find remote server"), false),
    };
    let headers: &[(&str, &str)] = if challenge { &[CHALLENGE] } else { &[] };
    page::refuse(connection, head, ticket, status, message, headers).await
}
