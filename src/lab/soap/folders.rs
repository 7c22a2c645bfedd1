//! Mailboxes by SOAP: folders with counts and sizes, the list of mailboxes.

use super::{
    Asked, Reply,
    accounts::paged,
    fault::Fault,
    xml::{Node, escaped},
};
use crate::lab::{
    mail::{Dice, FolderSpec, ids},
    mailbox::{Contents, Mailbox},
};
use std::{fmt::Write as _, sync::Arc};

struct Target {
    id: String,
    mailbox: Arc<Mailbox>,
}

/// The mailbox a request is about, if it may be touched now.
fn target(asked: &Asked<'_>, wanted: &str) -> Result<Target, Fault> {
    let world = asked.world;
    if !world.knobs().user_services {
        return Err(Fault::unavailable());
    }
    if world.lock_fails() {
        return Err(Fault::lock_failed());
    }
    let directory = world.directory();
    let place = directory.find(wanted).ok_or_else(|| Fault::no_such("account", wanted))?;
    let account = &directory.accounts[place];
    if account.status == "maintenance" {
        return Err(Fault::maintenance());
    }
    Ok(Target { id: account.id.clone(), mailbox: directory.mailbox(place) })
}

pub(super) fn get_folder(asked: &Asked<'_>, request: &Node) -> Result<Reply, Fault> {
    let own = asked.claims.as_ref().map(|claims| claims.account_id.clone()).unwrap_or_default();
    let target = target(asked, asked.about.as_ref().unwrap_or(&own))?;
    let contents = target.mailbox.contents();
    let wanted = request.child("folder");
    let root = if let Some(path) = wanted.and_then(|folder| folder.value("path")) {
        let path = format!("/{}", path.trim_matches('/'));
        contents.folder_at(&path).map(|folder| folder.id)
    } else {
        let id = wanted.and_then(|folder| folder.value("l")).unwrap_or("1");
        let id = id.rsplit(':').next().and_then(|id| id.parse().ok()).unwrap_or(0);
        contents.folders.iter().any(|folder| folder.id == id).then_some(id)
    };
    let root = root.ok_or_else(|| Fault::exists("mail.NO_SUCH_FOLDER", "no such folder"))?;
    let mut tree = String::new();
    let teller = Teller { id: &target.id, seed: target.mailbox.plan.seed, contents: &contents };
    teller.folder(root, &mut tree);
    let change = u64::from(contents.next_id);
    Ok(Reply {
        body: format!("<GetFolderResponse xmlns=\"urn:zimbraMail\">{tree}</GetFolderResponse>"),
        context: format!("<change acct=\"{}\" token=\"{change}\"/>", target.id),
        cookie: None,
    })
}

struct Teller<'a> {
    id: &'a str,
    seed: u64,
    contents: &'a Contents,
}

impl Teller<'_> {
    fn uuid(&self, folder: u32) -> String {
        Dice::new(self.seed, u64::from(folder)).uuid()
    }

    fn folder(&self, id: u32, out: &mut String) {
        let Some(folder) = self.contents.folders.iter().find(|folder| folder.id == id) else { return };
        let mut children: Vec<&FolderSpec> = self
            .contents
            .folders
            .iter()
            .filter(|child| child.parent == id && child.id != id && child.id != 11)
            .collect();
        children.sort_by_key(|child| child.name.to_lowercase());
        let (items, bytes) = self.contents.held(id);
        let (account, uuid, parent) = (self.id, self.uuid(id), self.uuid(folder.parent));
        let flags = if folder.flags & 0x20_0000 == 0 { "" } else { " f=\"#\"" };
        let view = match folder.view {
            4 => " view=\"conversation\"",
            5 => " view=\"message\"",
            6 => " view=\"contact\"",
            8 => " view=\"document\"",
            11 => " view=\"appointment\"",
            15 => " view=\"task\"",
            17 => " view=\"comment\"",
            _ => "",
        };
        let _ = write!(
            out,
            "<folder i4ms=\"{}\" rev=\"1\" i4next=\"{}\" perm=\"rwidxapfc\"{flags} ms=\"1\" deletable=\"{}\" \
             l=\"{account}:{}\" uuid=\"{uuid}\" n=\"{items}\" luuid=\"{parent}\" activesyncdisabled=\"0\" \
             absFolderPath=\"{}\"{view} s=\"{bytes}\" name=\"{}\" id=\"{account}:{id}\" webOfflineSyncDays=\"0\"",
            items.max(1),
            u64::from(id) + items + 1,
            u8::from(folder.attributes == 0),
            folder.parent,
            escaped(&folder.path),
            escaped(if id == ids::ROOT { "USER_ROOT" } else { &folder.name }),
        );
        if children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in children {
            self.folder(child.id, out);
        }
        out.push_str("</folder>");
    }
}

/// Makes the mailbox when there is none, as the real one does.
pub(super) fn get_mailbox(asked: &Asked<'_>, request: &Node) -> Result<Reply, Fault> {
    let id = request.child("mbox").and_then(|mbox| mbox.value("id")).unwrap_or_default();
    let target = target(asked, id)?;
    let bytes = target.mailbox.contents().bytes;
    Ok(Reply::body(format!(
        "<GetMailboxResponse xmlns=\"urn:zimbraAdmin\"><mbox mbxid=\"{}\" s=\"{bytes}\"/></GetMailboxResponse>",
        target.mailbox.plan.seed % 10_000
    )))
}

pub(super) fn get_all_mailboxes(asked: &Asked<'_>, request: &Node) -> Reply {
    let directory = asked.world.directory();
    let all: Vec<_> = directory.live().filter(|account| account.has_mailbox()).collect();
    let (page, more) = paged(&all, request);
    let mut body = format!(
        "<GetAllMailboxesResponse xmlns=\"urn:zimbraAdmin\" more=\"{}\" searchTotal=\"{}\">",
        u8::from(more),
        all.len()
    );
    for (number, account) in page.iter().enumerate() {
        let _ = write!(
            body,
            "<mbox id=\"{}\" groupId=\"1\" accountId=\"{}\" indexVolumeId=\"2\" itemIdCheckPoint=\"1000\" \
             contactCount=\"0\" sizeCheckPoint=\"{}\" changeCheckPoint=\"100\" trackingSync=\"0\" trackingImap=\"0\" \
             lastbackupat=\"0\" lastSoapAccess=\"0\" newMessages=\"0\"/>",
            number + 1,
            account.id,
            account.used()
        );
    }
    body.push_str("</GetAllMailboxesResponse>");
    Reply::body(body)
}
