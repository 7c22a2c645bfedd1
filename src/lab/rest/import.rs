//! Answering an upload: what it asks for, and what is said about how it went.

use super::{
    Admitted,
    intake::{End, Import, RUNAWAY_TURNS},
    meta::Described,
    page::{self, ImportFault},
    query,
    store::Resolve,
};
use crate::{
    lab::{
        fault::FaultKind,
        head::Head,
        http::Connection,
        machine::{Stream, Tenant},
        record::Ticket,
        server::{After, World},
    },
    zimbra::archive::format::ItemKind,
};
use std::{io, sync::Arc};

/// Answers one POST or PUT.
pub(super) async fn serve(
    world: &Arc<World>,
    connection: &mut Connection,
    head: &Head,
    ticket: &Ticket<'_>,
    admitted: Admitted,
    archive: &str,
    stream: Stream,
) -> io::Result<After> {
    let callback = match head.parameter("callback") {
        Some(name)
            if !name.is_empty()
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)) =>
        {
            Some(name)
        }
        Some(_) => return page::refuse(connection, head, ticket, 400, None, &[]).await,
        None => None,
    };
    for fault in &admitted.faults {
        match fault {
            FaultKind::ImportStatus(status) => {
                return page::refuse(connection, head, ticket, *status, None, &[]).await;
            }
            FaultKind::ImportResetUnread => return Ok(After::Reset),
            _ => {}
        }
    }
    let settings = Settings::of(head);
    let (ends, faults, turns) = match settings {
        Err(fault) => (End::Refused(fault), Vec::new(), 0),
        Ok(settings) => {
            let _memory = world.machine.lodge(Tenant::Import);
            let mut import = Import::new(world, connection, &admitted, settings, archive, stream);
            let ends = import.run().await;
            let (items, bytes) = import.stored;
            if import.served_again > 0 {
                let again = import.served_again;
                world.recorder.note(|record| {
                    *record.served_again.entry(admitted.address.clone()).or_default() += again;
                });
            }
            world.after.spawn(
                world.stop.clone().run_until_cancelled_owned(Arc::clone(&world.machine).index(items, bytes)),
            );
            (ends, import.faults, import.turns)
        }
    };
    if turns > RUNAWAY_TURNS {
        world.recorder.note(|record| record.runaways += 1);
    }
    if admitted.faults.contains(&FaultKind::ImportAnswerLost) {
        return Ok(After::Reset);
    }
    let (result, faults) = match ends {
        End::Reset => return Ok(After::Reset),
        End::Full if world.knobs().quota_resets && !connection.is_drained() => return Ok(After::Reset),
        End::Refused(fault) => ("fail", vec![fault]),
        End::Answer | End::Full if faults.is_empty() => ("success", faults),
        End::Answer | End::Full => ("warn", faults),
    };
    let Some(callback) = callback else {
        if result == "fail" {
            return page::formatter_failure(connection, head, ticket, archive).await;
        }
        ticket.status(200);
        connection.answer(200, &[], b"").await?;
        return Ok(After::Next);
    };
    ticket.status(200);
    let page = page::callback(callback, result, &faults);
    connection.answer(200, &[("Content-Type", "text/html;charset=utf-8")], page.as_bytes()).await?;
    Ok(After::Next)
}

/// What the request asked for.
pub(super) struct Settings {
    pub(super) resolve: Resolve,
    pub(super) kinds: Option<Vec<ItemKind>>,
    pub(super) ids: Option<Vec<u32>>,
    pub(super) subfolder: Option<String>,
}

impl Settings {
    fn of(head: &Head) -> Result<Self, ImportFault> {
        let resolve =
            Resolve::parse(head.parameter("resolve")).map_err(|text| ImportFault::unknown(&text))?;
        let types = head.parameter("types").filter(|types| !types.is_empty());
        let kinds = types.map(query::kinds).transpose().map_err(|text| ImportFault::unknown(&text))?;
        if head.parameter("timeout").is_some_and(|text| text.parse::<u64>().is_err()) {
            return Err(ImportFault::unknown("For input string"));
        }
        let ids = head
            .parameter("list")
            .map(|list| list.split(',').filter_map(|id| id.trim().parse().ok()).collect());
        let subfolder = head.parameter("subfolder").map(|name| name.trim_matches('/').to_owned());
        Ok(Self { resolve, kinds, ids, subfolder })
    }

    pub(super) fn wants(&self, described: &Described) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&described.kind))
            && self.ids.as_ref().is_none_or(|ids| ids.contains(&described.source_id))
    }
}
