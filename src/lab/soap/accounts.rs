//! The directory by SOAP: domains, accounts, sizes, servers, classes of service.

use super::{
    Asked, Reply, empty,
    fault::Fault,
    xml::{Node, escaped},
};
use crate::lab::{
    directory::{Account, Directory},
    server::{HOST, World},
};
use std::fmt::Write as _;

const COS: &str = "e00428a1-0c00-11d9-836a-000d93afea2a";
const SERVER_ID: &str = "7a1f3c52-6d0e-4c7b-9a52-3f1d2b4c5e6f";
/// `zimbra_directory_max_search_result`.
const MOST_RESULTS: usize = 5_000;

pub(super) fn answer(asked: &Asked<'_>, request: &Node) -> Result<Reply, Fault> {
    let world = asked.world;
    match request.name.as_str() {
        "GetAllDomainsRequest" | "GetDomainRequest" => domains(world, request),
        "SearchDirectoryRequest" => search(world, request),
        "GetAllAccountsRequest" => Ok(all_accounts(world, request)),
        "GetQuotaUsageRequest" => quota_usage(world, request),
        "GetAccountRequest" | "GetAccountInfoRequest" => get_account(world, request),
        "CreateAccountRequest" => create_account(world, request),
        "ModifyAccountRequest" => modify_account(world, request),
        "DeleteAccountRequest" => delete_account(world, request),
        "CreateDomainRequest" => create_domain(world, request),
        "GetServerRequest" | "GetAllServersRequest" => server(world, request),
        "GetCosRequest" | "GetAllCosRequest" => cos(request),
        "GetServiceStatusRequest" => Ok(Reply::body(format!(
            "<GetServiceStatusResponse xmlns=\"urn:zimbraAdmin\"><timezone id=\"Europe/Berlin\" displayName=\"CET\"/>\
             <status server=\"{HOST}\" service=\"mailbox\" t=\"1763900000\">1</status></GetServiceStatusResponse>"
        ))),
        "GetVersionInfoRequest" => {
            let version = if world.knobs().version >= 10 { "10.1.0_GA_4655" } else { "8.8.15_GA_4717" };
            Ok(Reply::body(format!(
                "<GetVersionInfoResponse xmlns=\"urn:zimbraAdmin\"><info version=\"{version}\" type=\"FOSS\" \
                 release=\"20241219\"/></GetVersionInfoResponse>"
            )))
        }
        "GetConfigRequest" | "GetAllConfigRequest" => Ok(config(world, request)),
        _ => Ok(empty(&request.name.replace("Request", "Response"))),
    }
}

fn setting(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, "<a n=\"{name}\">{}</a>", escaped(value));
}

/// The attributes of an account that were asked for.
fn attributes(account: &Account, wanted: Option<&str>) -> String {
    let is_wanted = |name: &str| {
        wanted.is_none_or(|wanted| wanted.split(',').any(|listed| listed.trim().eq_ignore_ascii_case(name)))
    };
    let mut out = String::new();
    let truth = "TRUE".to_owned();
    let quota = account.quota.to_string();
    let host = account.attribute("zimbraMailHost").unwrap_or(HOST).to_owned();
    let local = account.name.split('@').next().unwrap_or_default().to_owned();
    let mut all: Vec<(&str, &str)> = vec![
        ("zimbraId", &account.id),
        ("zimbraMailHost", &host),
        ("zimbraAccountStatus", &account.status),
        ("zimbraMailDeliveryAddress", &account.name),
        ("mail", &account.name),
        ("uid", &local),
        ("displayName", &local),
        ("zimbraCOSId", COS),
        ("zimbraMailQuota", &quota),
    ];
    if account.system {
        all.push(("zimbraIsSystemResource", &truth));
        all.push(("zimbraIsSystemAccount", &truth));
    }
    if account.admin {
        all.push(("zimbraIsAdminAccount", &truth));
        all.push(("zimbraAdminAuthTokenLifetime", "12h"));
    }
    // From the class of service, unless the account has its own.
    let inherited = [("zimbraContactMaxNumEntries", "10000"), ("zimbraExportMaxDays", "0")];
    all.extend(inherited.iter().filter(|(name, _)| account.attribute(name).is_none()));
    let set = account.attributes.iter().filter(|(name, _)| name != "zimbraMailHost");
    all.extend(set.map(|(name, value)| (name.as_str(), value.as_str())));
    for (name, value) in all.into_iter().filter(|(name, _)| is_wanted(name)) {
        setting(&mut out, name, value);
    }
    out
}

fn account_xml(account: &Account, wanted: Option<&str>) -> String {
    let moved =
        account.attribute("zimbraMailTransport").is_some_and(|transport| transport.starts_with("smtp:"));
    format!(
        "<account name=\"{}\" id=\"{}\" isExternal=\"{}\">{}</account>",
        escaped(&account.name),
        account.id,
        u8::from(moved),
        attributes(account, wanted)
    )
}

fn in_domain(account: &Account, domain: Option<&str>) -> bool {
    domain.is_none_or(|domain| {
        account.name.rsplit_once('@').is_some_and(|(_, own)| own.eq_ignore_ascii_case(domain))
    })
}

/// Enough of LDAP filters: `(attr=value)`, `(attr=*)`, `(!(...))`, `(&(...)...)`, `(|(...)...)`.
fn matches(account: &Account, filter: &str) -> bool {
    let text = filter.trim();
    let inner = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
    match inner.chars().next() {
        None => true,
        Some('&') => members(&inner[1..]).iter().all(|member| matches(account, member)),
        Some('|') => members(&inner[1..]).iter().any(|member| matches(account, member)),
        Some('!') => !matches(account, &inner[1..]),
        Some(_) => {
            let Some((name, value)) = inner.split_once('=') else { return true };
            let own = attributes(account, Some(name));
            let held = own.split_once('>').map(|(_, rest)| rest.trim_end_matches("</a>"));
            match (held, value) {
                (None, _) => name.eq_ignore_ascii_case("objectClass"),
                (Some(_), "*") => true,
                (Some(held), value) => held.eq_ignore_ascii_case(value),
            }
        }
    }
}

fn members(list: &str) -> Vec<&str> {
    let (mut out, mut depth, mut from) = (Vec::new(), 0, 0);
    for (at, letter) in list.char_indices() {
        match letter {
            '(' => {
                if depth == 0 {
                    from = at;
                }
                depth += 1;
            }
            ')' => {
                depth -= 1;
                if depth == 0 {
                    out.push(&list[from..=at]);
                }
            }
            _ => {}
        }
    }
    out
}

fn search(world: &World, request: &Node) -> Result<Reply, Fault> {
    let types = request.value("types").unwrap_or("accounts");
    let domain = request.value("domain").filter(|domain| !domain.is_empty());
    if types.contains("coses") && domain.is_some() {
        return Err(Fault::invalid("cannot specify domain with coses"));
    }
    let directory = world.directory();
    if let Some(domain) = domain.filter(|domain| !knows_domain(&directory, domain)) {
        return Err(Fault::no_such("domain", domain));
    }
    let query = request.value("query").unwrap_or_default();
    let accounts = types.split(',').any(|kind| kind.trim() == "accounts");
    let mut found: Vec<&Account> = directory
        .live()
        .filter(|account| accounts && in_domain(account, domain))
        .filter(|account| query.is_empty() || matches(account, query))
        .collect();
    let most = request.value("maxResults").and_then(|most| most.parse().ok()).unwrap_or(MOST_RESULTS);
    if most > 0 && found.len() > most {
        return Err(Fault::too_many_results());
    }
    if request.flag("countOnly", false) {
        let num = found.len();
        return Ok(Reply::body(format!(
            "<SearchDirectoryResponse xmlns=\"urn:zimbraAdmin\" num=\"{num}\"/>"
        )));
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    if !request.flag("sortAscending", true) {
        found.reverse();
    }
    let (page, more) = paged(&found, request);
    let wanted = request.value("attrs").filter(|wanted| !wanted.is_empty());
    let mut body = format!(
        "<SearchDirectoryResponse xmlns=\"urn:zimbraAdmin\" more=\"{}\" searchTotal=\"{}\">",
        u8::from(more),
        found.len()
    );
    for account in page {
        body.push_str(&account_xml(account, wanted));
    }
    body.push_str("</SearchDirectoryResponse>");
    Ok(Reply::body(body))
}

/// The slice `offset` and `limit` cut out, and whether more follows.
pub(super) fn paged<'a, T>(all: &'a [T], request: &Node) -> (&'a [T], bool) {
    let from = request.number("offset").min(all.len());
    let limit = request.number("limit");
    let to = if limit == 0 { all.len() } else { (from + limit).min(all.len()) };
    (&all[from..to], to < all.len())
}

fn all_accounts(world: &World, request: &Node) -> Reply {
    let domain = request.child("domain").map(|domain| domain.text.as_str());
    let directory = world.directory();
    let mut body = "<GetAllAccountsResponse xmlns=\"urn:zimbraAdmin\">".to_owned();
    for account in directory.live().filter(|account| in_domain(account, domain)) {
        body.push_str(&account_xml(account, None));
    }
    body.push_str("</GetAllAccountsResponse>");
    Reply::body(body)
}

fn knows_domain(directory: &Directory, domain: &str) -> bool {
    directory.domains.iter().any(|known| known.eq_ignore_ascii_case(domain))
}

fn domains(world: &World, request: &Node) -> Result<Reply, Fault> {
    let directory = world.directory();
    let one = request.child("domain").map(|domain| domain.text.as_str());
    if let Some(domain) = one.filter(|domain| !knows_domain(&directory, domain)) {
        return Err(Fault::no_such("domain", domain));
    }
    let name = request.name.replace("Request", "Response");
    let mut body = format!("<{name} xmlns=\"urn:zimbraAdmin\">");
    let wanted =
        directory.domains.iter().filter(|known| one.is_none_or(|one| known.eq_ignore_ascii_case(one)));
    for domain in wanted {
        let id = crate::lab::mail::Dice::new(7, crate::lab::mail::text_hash(domain)).uuid();
        let galsync = directory.live().find(|account| account.name.starts_with("galsync"));
        let gal = galsync.map_or_else(String::new, |account| {
            let mut out = String::new();
            setting(&mut out, "zimbraGalAccountId", &account.id);
            out
        });
        let _ = write!(
            body,
            "<domain name=\"{domain}\" id=\"{id}\"><a n=\"zimbraDomainName\">{domain}</a><a n=\"zimbraDomainStatus\">\
             active</a><a n=\"zimbraId\">{id}</a>{gal}</domain>"
        );
    }
    let _ = write!(body, "</{name}>");
    Ok(Reply::body(body))
}

fn quota_usage(world: &World, request: &Node) -> Result<Reply, Fault> {
    let directory = world.directory();
    let domain = request.value("domain").filter(|domain| !domain.is_empty());
    if let Some(domain) = domain.filter(|domain| !knows_domain(&directory, domain)) {
        return Err(Fault::no_such("domain", domain));
    }
    let mut rows: Vec<(&str, &str, u64, u64)> = directory
        .live()
        .filter(|account| in_domain(account, domain))
        .map(|account| (account.name.as_str(), account.id.as_str(), account.used(), account.quota))
        .collect();
    match request.value("sortBy") {
        Some("account") => rows.sort_by(|one, other| one.0.cmp(other.0)),
        Some("quotaLimit") => rows.sort_by_key(|row| row.3),
        _ => rows.sort_by_key(|row| row.2),
    }
    if !request.flag("sortAscending", false) {
        rows.reverse();
    }
    let (page, more) = paged(&rows, request);
    let mut body = format!(
        "<GetQuotaUsageResponse xmlns=\"urn:zimbraAdmin\" more=\"{}\" searchTotal=\"{}\">",
        u8::from(more),
        rows.len()
    );
    for (name, id, used, limit) in page {
        let name = escaped(name);
        let _ = write!(body, "<account name=\"{name}\" id=\"{id}\" used=\"{used}\" limit=\"{limit}\"/>");
    }
    body.push_str("</GetQuotaUsageResponse>");
    Ok(Reply::body(body))
}

fn get_account(world: &World, request: &Node) -> Result<Reply, Fault> {
    let wanted = request.child("account").map(|account| account.text.as_str()).unwrap_or_default();
    let directory = world.directory();
    let place = directory.find(wanted).ok_or_else(|| Fault::no_such("account", wanted))?;
    let name = request.name.replace("Request", "Response");
    let attrs = request.value("attrs").filter(|attrs| !attrs.is_empty());
    Ok(Reply::body(format!(
        "<{name} xmlns=\"urn:zimbraAdmin\">{}</{name}>",
        account_xml(&directory.accounts[place], attrs)
    )))
}

fn create_account(world: &World, request: &Node) -> Result<Reply, Fault> {
    let name = request.value("name").unwrap_or_default().to_lowercase();
    let mut directory = world.directory_mut();
    let domain = name.split_once('@').map(|(_, domain)| domain).unwrap_or_default();
    if !knows_domain(&directory, domain) {
        return Err(Fault::no_such("domain", domain));
    }
    if directory.find_name(&name).is_some() {
        let text = format!("email address already exists: {name}");
        return Err(Fault::exists("account.ACCOUNT_EXISTS", &text));
    }
    let place = directory.add(&name, 0, None);
    for (key, value) in request.settings() {
        directory.accounts[place].set(key, value);
    }
    let xml = account_xml(&directory.accounts[place], None);
    Ok(Reply::body(format!("<CreateAccountResponse xmlns=\"urn:zimbraAdmin\">{xml}</CreateAccountResponse>")))
}

fn modify_account(world: &World, request: &Node) -> Result<Reply, Fault> {
    let id = request.value("id").unwrap_or_default();
    let mut directory = world.directory_mut();
    let place = directory.find(id).ok_or_else(|| Fault::no_such("account", id))?;
    for (key, value) in request.settings() {
        directory.accounts[place].set(key.trim_start_matches('+'), value);
    }
    let xml = account_xml(&directory.accounts[place], None);
    Ok(Reply::body(format!("<ModifyAccountResponse xmlns=\"urn:zimbraAdmin\">{xml}</ModifyAccountResponse>")))
}

fn delete_account(world: &World, request: &Node) -> Result<Reply, Fault> {
    let id = request.value("id").unwrap_or_default();
    let mut directory = world.directory_mut();
    let place = directory.find(id).ok_or_else(|| Fault::no_such("account", id))?;
    directory.accounts[place].removed = true;
    Ok(empty("DeleteAccountResponse"))
}

fn create_domain(world: &World, request: &Node) -> Result<Reply, Fault> {
    let name = request.value("name").unwrap_or_default().to_lowercase();
    let mut directory = world.directory_mut();
    if knows_domain(&directory, &name) {
        return Err(Fault::exists("account.DOMAIN_EXISTS", &format!("domain already exists: {name}")));
    }
    directory.domains.push(name.clone());
    Ok(Reply::body(format!(
        "<CreateDomainResponse xmlns=\"urn:zimbraAdmin\"><domain name=\"{}\" id=\"\"/></CreateDomainResponse>",
        escaped(&name)
    )))
}

fn server(world: &World, request: &Node) -> Result<Reply, Fault> {
    if let Some(wanted) = request.child("server").map(|server| server.text.as_str())
        && wanted != HOST
        && wanted != SERVER_ID
    {
        return Err(Fault::no_such("server", wanted));
    }
    let name = request.name.replace("Request", "Response");
    let mut settings = String::new();
    let knobs = world.knobs();
    let (port, rate) = (world.port.to_string(), knobs.dos_per_s.unwrap_or(30).to_string());
    let services = if knobs.user_services { "TRUE" } else { "FALSE" };
    for (key, value) in [
        ("zimbraServiceHostname", HOST),
        ("zimbraId", SERVER_ID),
        ("zimbraAdminPort", &port),
        ("zimbraMailSSLPort", "8443"),
        ("zimbraMailMode", "https"),
        ("zimbraHttpNumThreads", "250"),
        ("zimbraHttpDosFilterMaxRequestsPerSec", &rate),
        ("zimbraHttpDosFilterDelayMillis", "-1"),
        ("zimbraUserServicesEnabled", services),
        ("zimbraServiceEnabled", "mailbox"),
    ] {
        setting(&mut settings, key, value);
    }
    Ok(Reply::body(format!(
        "<{name} xmlns=\"urn:zimbraAdmin\"><server name=\"{HOST}\" id=\"{SERVER_ID}\">{settings}</server></{name}>"
    )))
}

fn cos(request: &Node) -> Result<Reply, Fault> {
    if let Some(wanted) = request.child("cos").map(|cos| cos.text.as_str())
        && wanted != "default"
        && wanted != COS
    {
        return Err(Fault::no_such("cos", wanted));
    }
    let name = request.name.replace("Request", "Response");
    Ok(Reply::body(format!(
        "<{name} xmlns=\"urn:zimbraAdmin\"><cos name=\"default\" id=\"{COS}\" isDefaultCos=\"1\"><a n=\"cn\">default</a>\
         <a n=\"zimbraAdminAuthTokenLifetime\" c=\"1\">12h</a><a n=\"zimbraMailQuota\" c=\"1\">0</a></cos></{name}>"
    )))
}

fn config(world: &World, request: &Node) -> Reply {
    let directory = world.directory();
    let one = request.child("a").and_then(|setting| setting.value("n")).map(str::to_owned);
    let mut out = String::new();
    for (key, start) in [
        ("zimbraSpamIsSpamAccount", "spam."),
        ("zimbraSpamIsNotSpamAccount", "ham."),
        ("zimbraAmavisQuarantineAccount", "virus-quarantine."),
    ] {
        let account = directory.live().find(|account| account.name.starts_with(start));
        if let Some(account) = account.filter(|_| one.as_deref().is_none_or(|one| one == key)) {
            setting(&mut out, key, &account.name);
        }
    }
    let name = request.name.replace("Request", "Response");
    Reply::body(format!("<{name} xmlns=\"urn:zimbraAdmin\">{out}</{name}>"))
}
