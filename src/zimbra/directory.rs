//! Accounts, sizes and folders, asked for in the cheapest way each server knows.
//!
//! One `SearchDirectory` and one `GetQuotaUsage` per domain, whatever the number of accounts; never
//! `GetMailbox`, which creates the mailbox it is asked about.

use std::collections::{BTreeMap, HashMap};

use super::{
    error::MoveError,
    session::Server,
    soap::{ADMIN, Element, MAIL, text},
};

/// One account as its server lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its address.
    pub address: String,
    /// `zimbraId`.
    pub id: String,
    /// `active`, `maintenance`, `locked`, `closed`, ...
    pub status: String,
    /// The mail store it lives on.
    pub mail_host: String,
    /// Bytes used, as the quota listing states; 0 for a mailbox never used.
    pub used: u64,
    /// Quota in bytes; 0 for none.
    pub quota: u64,
}

/// Items and bytes of one folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderCount {
    /// Items in it, sub-folders left out.
    pub items: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Whether the folder is one for messages: only their bytes are the same on every version of Zimbra.
    pub mail: bool,
}

/// Attributes by which a server marks accounts that are its own.
const SYSTEM_MARKS: [&str; 3] =
    ["zimbraIsSystemResource", "zimbraIsSystemAccount", "zimbraIsExternalVirtualAccount"];

/// Names of all domains.
///
/// # Errors
/// As [`Server::ask`].
pub async fn domains(server: &Server) -> Result<Vec<String>, MoveError> {
    let mut names = Vec::new();
    let body = format!("<GetAllDomainsRequest xmlns=\"{ADMIN}\" applyConfig=\"0\"/>");
    server
        .ask_rows(&body, None, Some("domain"), &mut |row| {
            names.extend(row.attribute("name").map(str::to_owned));
        })
        .await?;
    Ok(names)
}

/// The mailbox accounts of a domain with their sizes; the server's own accounts are left out, by their
/// marks and by the global settings that name them.
///
/// # Errors
/// As [`Server::ask`].
pub async fn accounts(server: &Server, domain: &str) -> Result<Vec<Listed>, MoveError> {
    let own = system_accounts(server).await?;
    let mut found: Vec<Listed> = Vec::new();
    let domain = checked(server, "SearchDirectoryRequest", domain)?;
    let body = format!(
        "<SearchDirectoryRequest xmlns=\"{ADMIN}\" domain=\"{domain}\" types=\"accounts\" maxResults=\"0\" limit=\"0\" \
         applyCos=\"0\" attrs=\"zimbraId,zimbraMailHost,zimbraAccountStatus,{}\"/>",
        SYSTEM_MARKS.join(",")
    );
    server
        .ask_rows(&body, None, Some("account"), &mut |row| {
            let marked = SYSTEM_MARKS.iter().any(|mark| row.property(mark) == Some("TRUE"));
            let listed = listed(&row);
            if !marked && !own.contains(&listed.address) && !own.contains(&listed.id) {
                found.push(listed);
            }
        })
        .await?;
    let used = usage(server, &domain).await?;
    for account in &mut found {
        if let Some((used, quota)) = used.get(&account.address) {
            (account.used, account.quota) = (*used, *quota);
        }
    }
    Ok(found)
}

/// One account, or `None` when there is none of that name.
///
/// # Errors
/// As [`Server::ask`].
pub async fn account(server: &Server, address: &str) -> Result<Option<Listed>, MoveError> {
    let address = checked(server, "GetAccountRequest", address)?;
    let body = format!(
        "<GetAccountRequest xmlns=\"{ADMIN}\" applyCos=\"1\" attrs=\"zimbraId,zimbraMailHost,zimbraAccountStatus,\
         zimbraMailQuota\"><account by=\"name\">{address}</account></GetAccountRequest>"
    );
    match server.ask(&body, None).await {
        Ok(answer) => Ok(answer.child("account").map(|row| Listed {
            quota: row.property("zimbraMailQuota").and_then(|quota| quota.parse().ok()).unwrap_or(0),
            ..listed(row)
        })),
        Err(MoveError::Fault { code, .. }) if code == "account.NO_SUCH_ACCOUNT" => Ok(None),
        Err(error) => Err(error),
    }
}

/// Items and bytes per folder path (`/Inbox`, `/Work/Projects`), the root as `/`.
///
/// # Errors
/// As [`Server::ask`].
pub async fn folders(server: &Server, address: &str) -> Result<BTreeMap<String, FolderCount>, MoveError> {
    let body = format!("<GetFolderRequest xmlns=\"{MAIL}\"/>");
    let answer = server.ask(&body, Some(address)).await?;
    let mut counts = BTreeMap::new();
    for root in &answer.children {
        collect_folders(root, &mut counts);
    }
    Ok(counts)
}

/// One mail store of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// Its name, as accounts' mail host says it.
    pub name: String,
    /// Its administration port.
    pub admin_port: u16,
}

/// The mail stores of an installation.
///
/// # Errors
/// As [`Server::ask`].
pub async fn stores(server: &Server) -> Result<Vec<Store>, MoveError> {
    let mut stores = Vec::new();
    let body = format!("<GetAllServersRequest xmlns=\"{ADMIN}\" service=\"mailbox\"/>");
    let mut note = |row: Element| {
        let name =
            row.property("zimbraServiceHostname").or_else(|| row.attribute("name")).unwrap_or_default();
        let admin_port = row.property("zimbraAdminPort").and_then(|port| port.parse().ok()).unwrap_or(7071);
        stores.push(Store { name: name.to_owned(), admin_port });
    };
    server.ask_rows(&body, None, Some("server"), &mut note).await?;
    Ok(stores)
}

/// Names of the classes of service, which accounts on the other side should find again.
///
/// # Errors
/// As [`Server::ask`].
pub async fn classes_of_service(server: &Server) -> Result<Vec<String>, MoveError> {
    let mut names = Vec::new();
    let body = format!("<GetAllCosRequest xmlns=\"{ADMIN}\"/>");
    let mut note = |row: Element| names.extend(row.attribute("name").map(str::to_owned));
    server.ask_rows(&body, None, Some("cos"), &mut note).await?;
    names.sort();
    Ok(names)
}

/// Asks for nothing: whether the token is good and how long an answer takes.
///
/// # Errors
/// As [`Server::ask`].
pub async fn no_op(server: &Server) -> Result<(), MoveError> {
    server.ask(&format!("<NoOpRequest xmlns=\"{ADMIN}\"/>"), None).await.map(drop)
}

fn collect_folders(element: &Element, counts: &mut BTreeMap<String, FolderCount>) {
    if element.name != "folder" {
        return; // saved searches and mount points hold no items of their own
    }
    let number = |name: &str| element.attribute(name).and_then(|value| value.parse().ok()).unwrap_or(0);
    let mail = element.attribute("view") == Some("message");
    if let Some(path) = element.attribute("absFolderPath") {
        counts.insert(path.to_owned(), FolderCount { items: number("n"), bytes: number("s"), mail });
    }
    for child in &element.children {
        collect_folders(child, counts);
    }
}

async fn usage(server: &Server, domain: &str) -> Result<HashMap<String, (u64, u64)>, MoveError> {
    let mut used = HashMap::new();
    let body = format!(
        "<GetQuotaUsageRequest xmlns=\"{ADMIN}\" domain=\"{domain}\" allServers=\"1\" limit=\"0\" refresh=\"1\"/>"
    );
    server
        .ask_rows(&body, None, Some("account"), &mut |row| {
            let number = |name: &str| row.attribute(name).and_then(|value| value.parse().ok()).unwrap_or(0);
            if let Some(name) = row.attribute("name") {
                used.insert(name.to_owned(), (number("used"), number("limit")));
            }
        })
        .await?;
    Ok(used)
}

/// Accounts that the global configuration names as the server's own (spam, ham, quarantine).
async fn system_accounts(server: &Server) -> Result<Vec<String>, MoveError> {
    const KEYS: [&str; 3] =
        ["zimbraSpamIsSpamAccount", "zimbraSpamIsNotSpamAccount", "zimbraAmavisQuarantineAccount"];
    let body = format!("<GetAllConfigRequest xmlns=\"{ADMIN}\"/>");
    match server.ask(&body, None).await {
        Ok(answer) => Ok(KEYS.iter().filter_map(|key| answer.property(key).map(str::to_owned)).collect()),
        // A delegated administrator may not read it; the marks on the accounts still hold.
        Err(MoveError::Fault { .. }) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn listed(row: &Element) -> Listed {
    let property = |key: &str| row.property(key).unwrap_or_default().to_owned();
    Listed {
        address: row.attribute("name").unwrap_or_default().to_owned(),
        id: row.attribute("id").unwrap_or_default().to_owned(),
        status: property("zimbraAccountStatus"),
        mail_host: property("zimbraMailHost"),
        ..Listed::default()
    }
}

fn checked(server: &Server, request: &str, value: &str) -> Result<String, MoveError> {
    text(value).map_err(|cause| MoveError::Garbled {
        side: server.access().side,
        request: request.to_owned(),
        cause,
    })
}
