//! `AuthRequest` and `DelegateAuthRequest`.

use super::{Asked, Reply, fault::Fault, xml::Node};
use crate::lab::token::{Refusal, now_ms};
use std::time::Duration;

pub(super) fn auth(asked: &Asked<'_>, request: &Node) -> Result<Reply, Fault> {
    let world = asked.world;
    let password = request.value("password").filter(|password| !password.is_empty());
    let Some(password) = password else { return validate(asked, request) };
    let name = request
        .value("name")
        .or_else(|| request.child("account").map(|account| account.text.as_str()))
        .filter(|name| !name.is_empty())
        .ok_or_else(|| Fault::invalid("must specify name and password"))?;
    let directory = world.directory();
    let account = directory.find(name).map(|place| &directory.accounts[place]);
    let fail = |fault: Fault| {
        world.filters.login_failed(asked.from);
        world.recorder.note(|record| record.failed_logins += 1);
        Err(fault)
    };
    let version = world.knobs().version;
    let active = account.filter(|account| account.status == "active");
    let Some(account) = active else {
        return fail(if version >= 10 {
            Fault::denied("Error in Authentication")
        } else {
            Fault::auth_failed(name)
        });
    };
    if *crate::lab::lock(&world.password) != password {
        return fail(Fault::auth_failed(name));
    }
    if !account.admin {
        return fail(Fault::denied("not an admin account"));
    }
    let token = world.mint.issue(&account.id, true, world.token_life);
    world.filters.login_succeeded(asked.from);
    world.recorder.note(|record| record.logins += 1);
    let life = (world.token_life.as_millis() as u64).saturating_sub(1);
    Ok(response(&token, life))
}

/// A token alone is only looked at; its life goes on as it was.
fn validate(asked: &Asked<'_>, request: &Node) -> Result<Reply, Fault> {
    let token = request.child("authToken").map(|token| token.text.as_str());
    let Some(token) = token.filter(|token| !token.is_empty()) else {
        return Err(if asked.world.knobs().version < 10 && request.value("name").is_some() {
            Fault::invalid("must specify password")
        } else {
            Fault::auth_required()
        });
    };
    match asked.world.check(token) {
        Ok(claims) => Ok(response(token, claims.expires_ms.saturating_sub(now_ms()))),
        Err(Refusal::Expired) => Err(Fault::auth_expired()),
        Err(Refusal::Garbled) => Err(Fault::auth_required()),
    }
}

fn response(token: &str, lifetime_ms: u64) -> Reply {
    let body = format!(
        "<AuthResponse xmlns=\"urn:zimbraAdmin\"><lifetime>{lifetime_ms}</lifetime><authToken>{token}</authToken>\
         </AuthResponse>"
    );
    Reply { body, context: String::new(), cookie: Some(token.into()) }
}

pub(super) fn delegate(asked: &Asked<'_>, request: &Node) -> Result<Reply, Fault> {
    let world = asked.world;
    let wanted = request.child("account").map(|account| account.text.as_str()).unwrap_or_default();
    let directory = world.directory();
    let place = directory.find(wanted).ok_or_else(|| Fault::no_such("account", wanted))?;
    let asked_s = request.value("duration").and_then(|seconds| seconds.parse().ok()).unwrap_or(3_600u64);
    // The true life is capped, what is reported is what was asked for.
    let true_life = world.machine.real(asked_s as f64).min(world.token_life * 4);
    let token =
        world.mint.issue(&directory.accounts[place].id, false, true_life.max(Duration::from_millis(1)));
    let body = format!(
        "<DelegateAuthResponse xmlns=\"urn:zimbraAdmin\"><authToken>{token}</authToken><lifetime>{}</lifetime>\
         </DelegateAuthResponse>",
        asked_s * 1_000
    );
    Ok(Reply::body(body))
}
