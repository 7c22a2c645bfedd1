//! Sign-in, tokens, refusals, the directory, filters: what a client meets before any mail moves.

use super::{
    client::{Client, post},
    lab, lab_with,
};
use crate::lab::{Config, DosAnswer, InjectedStatus, Lab, MailShape, PathClass, Population, Sized};
use std::time::Duration;
use tokio::io::AsyncWriteExt;

const NOOP: &str = "<NoOpRequest xmlns=\"urn:zimbraAdmin\"/>";

async fn ann() -> (Lab, Client) {
    lab_with(vec![Sized::bytes("ann", 50_000)]).await
}

#[tokio::test]
async fn a_token_says_when_it_ends() {
    let (_lab, mut client) = ann().await;
    let answer = client.sign_in("admin@old.example", "lab-secret").await;
    let lifetime: u64 = answer.between("<lifetime>", "<").parse().unwrap();
    assert!((43_190_000..=43_200_000).contains(&lifetime), "{lifetime}");
    let parts: Vec<&str> = client.token.splitn(3, '_').collect();
    assert_eq!((parts[0], parts[1].len()), ("0", 40));
    let bytes: Vec<u8> = (0..parts[2].len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&parts[2][at..at + 2], 16).unwrap())
        .collect();
    let text = String::from_utf8(bytes).unwrap();
    assert!(
        text.starts_with("id=36:") && text.contains(";exp=13:") && text.contains(";admin=1:1;"),
        "{text}"
    );
    assert!(answer.head.contains("Set-Cookie: ZM_ADMIN_AUTH_TOKEN=0_"), "{}", answer.head);
}

#[tokio::test]
async fn bad_tokens_are_told_apart_on_soap_only() {
    let (lab, mut client) = ann().await;
    assert_eq!(client.soap(NOOP).await.status, 200);
    let good = client.token.clone();
    lab.revoke_tokens();
    let expired = client.soap(NOOP).await;
    assert_eq!((expired.status, expired.between("<Code>", "<").as_str()), (500, "service.AUTH_EXPIRED"));
    let sign_in = client
        .soap("<AuthRequest xmlns=\"urn:zimbraAdmin\" name=\"admin@old.example\" password=\"lab-secret\"/>")
        .await;
    assert_eq!(sign_in.between("<Code>", "<"), "service.AUTH_EXPIRED", "an old token spoils the sign-in");
    let get = client.export("ann@old.example", "").await;
    assert_eq!((get.status, get.head.contains("WWW-Authenticate")), (401, false));
    let put = client.import("ann@old.example", "fmt=tar", b"").await;
    assert_eq!((put.status, put.head.contains("WWW-Authenticate")), (401, true));
    client.token = "0_00_00".into();
    assert_eq!(client.soap(NOOP).await.between("<Code>", "<"), "service.AUTH_REQUIRED");
    assert_eq!(client.export("ann@old.example", "").await.status, 401);
    client.token = good;
    client.sign_in("admin@old.example", "lab-secret").await;
    assert_eq!(client.soap(NOOP).await.status, 200);
    assert!(lab.record().expired_transfers >= 2);
}

#[tokio::test]
async fn who_is_not_there_looks_like_who_may_not() {
    let (lab, client) = ann().await;
    assert_eq!(client.export("nobody@old.example", "").await.status, 404);
    assert_eq!(client.import("nobody@old.example", "fmt=tar", b"x").await.status, 401);
    let by_url =
        format!("GET /service/home/nobody@old.example?fmt=tgz&authToken={} HTTP/1.1\r\n\r\n", client.token);
    let answer = client.raw(by_url.as_bytes()).await;
    assert_eq!((answer.status, answer.head.contains("WWW-Authenticate")), (401, true));
    lab.set_maintenance("ann@old.example", true);
    assert_eq!(client.export("ann@old.example", "").await.status, 404);
    assert_eq!(client.import("ann@old.example", "fmt=tar", b"x").await.status, 401);
    assert!(lab.record().tokens_in_urls > 0);
}

#[tokio::test]
async fn wrong_passwords_lock_an_address_out() {
    let (lab, mut client) = ann().await;
    for _ in 0..10 {
        let answer = client.sign_in("admin@old.example", "wrong").await;
        assert_eq!(answer.between("<Code>", "<"), "account.AUTH_FAILED");
    }
    assert_eq!(client.sign_in("admin@old.example", "lab-secret").await.status, 503);
    assert_eq!(lab.record().failed_logins, 10);
}

#[tokio::test]
async fn expiry_is_in_modelled_time() {
    let config = Config {
        speed: 40_000.0,
        token_lifetime: Duration::from_hours(2),
        accounts: Population::Listed(vec![]),
        ..Config::default()
    };
    let (_lab, client) = lab(config).await;
    assert_eq!(client.soap(NOOP).await.status, 200);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(client.soap(NOOP).await.between("<Code>", "<"), "service.AUTH_EXPIRED");
}

#[tokio::test]
async fn the_directory_answers() {
    let config = Config {
        accounts: Population::Generated {
            count: 30,
            giant_bytes: Some(90_000_000),
            shape: MailShape::default(),
            empty: false,
        },
        ..Config::default()
    };
    let (lab, client) = lab(config).await;
    let search = |more: &str| {
        format!(
            "<SearchDirectoryRequest xmlns=\"urn:zimbraAdmin\" domain=\"old.example\" attrs=\"zimbraId,zimbraIsSystemAccount\" {more}/>"
        )
    };
    let all = client.soap(&search("maxResults=\"0\"")).await.text();
    assert_eq!(all.matches("<account ").count(), 35);
    assert_eq!(all.matches("n=\"zimbraIsSystemAccount\">TRUE").count(), 4);
    let people =
        client.soap(&search("query=\"(!(zimbraIsSystemAccount=TRUE))\" maxResults=\"0\"")).await.text();
    assert_eq!(people.matches("<account ").count(), 31);
    let page = client.soap(&search("limit=\"10\" offset=\"30\"")).await.text();
    assert!(page.contains("more=\"0\" searchTotal=\"35\"") && page.matches("<account ").count() == 5);
    let fault = client.soap(&search("maxResults=\"5\"")).await;
    assert_eq!(fault.between("<Code>", "<"), "account.TOO_MANY_SEARCH_RESULTS");
    let usage = client
        .soap("<GetQuotaUsageRequest xmlns=\"urn:zimbraAdmin\" domain=\"old.example\" allServers=\"1\"/>")
        .await
        .text();
    assert_eq!(usage.matches("<account ").count(), 35);
    let first = usage.split("<account ").nth(1).unwrap();
    assert!(first.contains("used=\"90000000\""), "largest first: {first}");
    let address = lab.addresses()[29].clone();
    assert_eq!(lab.expected(&address).unwrap().bytes(), 90_000_000);
    for (request, code) in [
        (
            "<GetAccountRequest xmlns=\"urn:zimbraAdmin\"><account by=\"name\">no@old.example</account></GetAccountRequest>",
            "account.NO_SUCH_ACCOUNT",
        ),
        ("<FrobnicateRequest xmlns=\"urn:zimbraAdmin\"/>", "service.UNKNOWN_DOCUMENT"),
    ] {
        assert_eq!(client.soap(request).await.between("<Code>", "<"), code);
    }
    let batch =
        client.soap(&format!("<BatchRequest xmlns=\"urn:zimbra\">{NOOP}<X/>{NOOP}</BatchRequest>")).await;
    assert_eq!((batch.status, batch.text().matches("NoOpResponse").count()), (200, 2));
}

#[tokio::test]
async fn folder_counts_equal_the_archive() {
    let (lab, client) = ann().await;
    let answer = client.folders("ann@old.example").await.text();
    for folder in lab.mailbox("ann@old.example").unwrap().folders {
        let of = answer
            .split("<folder ")
            .find(|text| text.contains(&format!("absFolderPath=\"{}\"", folder.path)));
        let of = of.unwrap_or_else(|| panic!("no {}", folder.path));
        assert!(
            of.contains(&format!(" n=\"{}\"", folder.items))
                && of.contains(&format!(" s=\"{}\"", folder.bytes))
        );
    }
    assert!(answer.contains("<change acct="));
}

#[tokio::test]
async fn a_busy_account_is_refused_or_held() {
    let (lab, client) = ann().await;
    lab.set_knobs(|knobs| knobs.dos_per_s = Some(0));
    let refused = client.export("ann@old.example", "").await;
    assert_eq!((refused.status, refused.head.contains("DoSFilter: unavailable")), (429, true));
    lab.set_knobs(|knobs| knobs.dos_answer = DosAnswer::Unavailable);
    assert_eq!(client.export("ann@old.example", "").await.status, 503);
    lab.set_knobs(|knobs| {
        knobs.dos_per_s = None;
        knobs.statuses.push(InjectedStatus { class: PathClass::Export, status: 502, times: 1 });
    });
    assert_eq!(client.export("ann@old.example", "").await.status, 502);
    assert_eq!(client.export("ann@old.example", "").await.status, 200);
}

#[tokio::test]
async fn the_eleventh_upload_of_one_administrator_waits() {
    let (_lab, client) = ann().await;
    let mut open = Vec::new();
    for _ in 0..10 {
        open.push(client.upload("ann@old.example", "fmt=tar").await);
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut wire = client.connect().await;
    let get = format!("GET /service/home/ann@old.example?fmt=tar HTTP/1.1\r\n{}\r\n", client.cookie());
    wire.stream.write_all(get.as_bytes()).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(150), wire.answer()).await.is_err(), "held");
    drop(open);
    assert_eq!(wire.answer().await.unwrap().status, 200);
}

#[tokio::test]
async fn continue_comes_after_the_account_was_accepted() {
    let (_lab, client) = ann().await;
    let head = |account: &str| {
        format!(
            "POST /service/home/{account}@old.example?fmt=tar&callback=cb HTTP/1.1\r\n{}Expect: 100-continue\r\n\
             Transfer-Encoding: chunked\r\n\r\n",
            client.cookie()
        )
    };
    let mut wire = client.connect().await;
    wire.stream.write_all(head("ann").as_bytes()).await.unwrap();
    assert_eq!(wire.answer().await.unwrap().status, 100);
    wire.finish().await;
    assert_eq!(wire.answer().await.unwrap().result(), "fail");
    let mut wire = client.connect().await;
    wire.stream.write_all(head("nobody").as_bytes()).await.unwrap();
    let answer = wire.answer().await.unwrap();
    assert_eq!((answer.status, answer.head.contains("Connection: close")), (401, true));
}

#[tokio::test]
async fn zmztozmig_gets_through() {
    let (lab, mut client) = ann().await;
    lab.set_knobs(|knobs| knobs.old_csv = true);
    let saaj = |context: &str, body: &str| {
        format!(
            "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\"><SOAP-ENV:Header>{context}\
             </SOAP-ENV:Header><SOAP-ENV:Body>{body}</SOAP-ENV:Body></SOAP-ENV:Envelope>"
        )
    };
    let odd = "<userAgent xmlns=\"ZimbraProvisioningTool\"/><type:format xmlns:type=\"xml\"/>";
    let auth = saaj(
        &format!("<context xmlns=\"urn:zimbra\"/>{odd}"),
        "<AuthRequest xmlns=\"urn:zimbraAdmin\"><name xmlns=\"\">admin@old.example</name><password xmlns=\"\">\
         lab-secret</password><virtualHost xmlns=\"\">pc(10.0.0.1)</virtualHost></AuthRequest>",
    );
    let answer = client.raw(&post("/service/admin/soap/", "SOAPAction: \"\"\r\n", auth.as_bytes())).await;
    assert_eq!(answer.status, 200);
    let text = answer.text();
    assert!(
        text.contains("schemas.xmlsoap.org/soap/envelope/") && text.contains("Header><context"),
        "{text}"
    );
    assert!(text.contains("<soap:Body><AuthResponse"), "no blank before the first child: {text}");
    client.token = answer.between("<authToken>", "<");
    let context = format!(
        "<context xmlns=\"urn:zimbra\">{odd}<sessionId id=\"1\"/><authToken>{}</authToken></context>",
        client.token
    );
    let list = client.get("/service/afd/?action=getSR&types=accounts&domain=old.example").await;
    assert_eq!(list.status, 302);
    let place =
        list.head.split("Location: https://lab").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
    let list = client.get(&place).await.text();
    assert!(list.starts_with("\"ann@old.example\",\"") && list.contains("\"\r\n"), "{list}");
    let get = |name: &str| {
        saaj(
            &context,
            &format!(
                "<GetAccountRequest xmlns=\"urn:zimbraAdmin\" applyCos=\"0\"><account by=\"name\">{name}</account></GetAccountRequest>"
            ),
        )
    };
    let found = client.raw(&post("/service/admin/soap/", "", get("ann@old.example").as_bytes())).await;
    assert!(
        found.text().contains("<account name=\"ann@old.example\" id=\"") && found.text().contains("<a n=")
    );
    let missing = client.raw(&post("/service/admin/soap/", "", get("x@old.example").as_bytes())).await;
    assert!(missing.status == 500 && missing.text().contains("<faultstring>no such account: x@old.example"));
    let url = format!(
        "GET /service/home/ann@old.example?fmt=tgz&authToken={} HTTP/1.1\r\nHost: lab\r\n\r\n",
        client.token
    );
    let archive = client.raw(url.as_bytes()).await;
    assert!(archive.status == 200 && archive.whole);
    let (target, other) = lab_with(vec![Sized::bytes("ann", 0)]).await;
    let mut wire = other.connect().await;
    let head = format!(
        "POST /service/home/ann@old.example?fmt=tgz&resolve=replace HTTP/1.1\r\nHost: lab\r\n{}Content-Type: \
         application/octet-stream\r\nConnection: Keep-Alive\r\nTransfer-Encoding: chunked\r\n\r\n",
        other.cookie()
    );
    wire.stream.write_all(head.as_bytes()).await.unwrap();
    wire.chunk(&archive.body).await;
    wire.finish().await;
    let answer = wire.answer().await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    let expected = lab.expected("ann@old.example").unwrap().without_trash_and_junk();
    assert_eq!(expected.differences(&target.mailbox("ann@old.example").unwrap()), Vec::<String>::new());
    let id = found.between("id=\"", "\"");
    let transport = format!(
        "<ModifyAccountRequest xmlns=\"urn:zimbraAdmin\"><id>{id}</id><a n=\"zimbraMailTransport\">smtp:new:25</a></ModifyAccountRequest>"
    );
    assert_eq!(
        client.raw(&post("/service/admin/soap/", "", saaj(&context, &transport).as_bytes())).await.status,
        200
    );
    assert!(
        client
            .raw(&post("/service/admin/soap/", "", get("ann@old.example").as_bytes()))
            .await
            .text()
            .contains("isExternal=\"1\"")
    );
}
