//! Archives out of one server and into another: shape, completeness, rules for what is there already.

use super::{lab, lab_with};
use crate::lab::{Config, Lab, Population, Sized};
use crate::zimbra::archive::format;
use std::io::Read;

/// Name, type word and body of every entry.
pub(super) fn entries(archive: &[u8]) -> Vec<(String, String, Vec<u8>)> {
    let mut reader = tar::Archive::new(archive);
    reader
        .entries()
        .unwrap()
        .map(|entry| {
            let mut entry = entry.unwrap();
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let kind = entry.header().groupname().unwrap().unwrap_or_default().to_owned();
            let mut body = Vec::new();
            entry.read_to_end(&mut body).unwrap();
            (name, kind, body)
        })
        .collect()
}

#[tokio::test]
async fn an_archive_proves_itself() {
    let (_lab, client) = lab_with(vec![Sized::bytes("ann", 3_000_000)]).await;
    let answer = client.export("ann@old.example", "").await;
    assert_eq!(answer.status, 200);
    assert!(answer.whole && !answer.head.contains("Content-Length"), "{}", answer.head);
    assert!(answer.head.contains("application/x-tar"), "{}", answer.head);
    assert_eq!(answer.body.len() % format::RECORD, 0);
    let all = entries(&answer.body);
    let mut counts = std::collections::BTreeMap::new();
    for pair in all.windows(2) {
        let (name, kind, body) = &pair[1];
        if let Some(of) = pair[0].0.strip_suffix(".meta")
            && of == name
        {
            let meta: serde_json::Value = serde_json::from_slice(&pair[0].2).unwrap();
            assert_eq!(meta["blob_digest"], format::blob_digest(body), "{name}");
            assert_eq!(meta["size"], body.len() as u64);
            assert_eq!(&pair[0].1, kind);
        }
    }
    for (name, kind, body) in all.iter().filter(|entry| entry.0.ends_with(format::META_SUFFIX)) {
        let meta: serde_json::Value = serde_json::from_slice(body).unwrap();
        let path = meta["Path"].as_str().unwrap().to_owned();
        match kind.as_str() {
            "folder" => counts.entry(path).or_insert((0, 0)).0 += meta["size"].as_i64().unwrap(),
            "tag" | "searchfolder" | "mountpoint" => {}
            _ => {
                assert!(path.ends_with('/'), "{name}");
                counts.entry(path.trim_end_matches('/').to_owned()).or_insert((0, 0)).1 += 1;
            }
        }
    }
    for (path, (stated, present)) in counts {
        let spared = path.starts_with("/Trash") || path.starts_with("/Junk");
        assert!(stated == present || spared, "{path}: {stated} stated, {present} present");
    }
}

#[tokio::test]
async fn a_mailbox_moves_and_a_second_pass_adds_nothing() {
    for format in ["tar", "tgz"] {
        let source = Config {
            accounts: Population::Listed(vec![Sized::bytes("ann", 2_000_000), Sized::bytes("bob", 0)]),
            ..Config::default()
        };
        let (to, target) = lab(Config::destination_for(&source)).await;
        let (from, client) = lab(source).await;
        let archive = client.get(&format!("/service/home/ann@old.example?fmt={format}")).await.body;
        for _ in 0..2 {
            let answer =
                target.import("ann@old.example", &format!("fmt={format}&resolve=skip"), &archive).await;
            assert_eq!(answer.result(), "success", "{}", answer.text());
        }
        let expected = from.expected("ann@old.example").unwrap().without_trash_and_junk();
        let stored = to.mailbox("ann@old.example").unwrap();
        // Contacts without an e-mail address are never recognised: doubled by the second pass.
        let extra = expected.differences(&stored);
        let lonely = |line: &String| {
            line.starts_with("too many 1x") && line.contains(" contact ") && !line.contains("email=")
        };
        assert!(extra.iter().all(lonely), "{extra:#?}");
        assert!(stored.items.iter().all(crate::lab::ItemView::is_sound));
        for folder in &expected.folders {
            let there = stored.folder(&folder.path).unwrap_or_else(|| panic!("no {}", folder.path));
            let doubled =
                extra.iter().filter(|line| line.contains(&format!(": {} contact", folder.path))).count();
            assert_eq!(
                (there.items, there.bytes),
                (folder.items + doubled as u64, folder.bytes),
                "{}",
                folder.path
            );
        }
    }
}

#[tokio::test]
async fn folders_of_more_than_five_hundred_items_are_split() {
    let (_lab, client) = lab_with(vec![Sized::messages("ann", 1_203, 1_203 * 900)]).await;
    let all = entries(&client.export("ann@old.example", "").await.body);
    let inside = |start: &str| {
        all.iter()
            .filter(|entry| entry.0.starts_with(start) && entry.0.ends_with(format::META_SUFFIX))
            .count()
    };
    assert_eq!((inside("Inbox/"), inside("Inbox!1/"), inside("Inbox!2/")), (500, 500, 203));
}

#[tokio::test]
async fn trash_and_junk_need_asking_for() {
    let (lab, client) = lab_with(vec![Sized::bytes("ann", 20_000_000)]).await;
    let metas = |archive: &[u8], folder: &str| {
        entries(archive)
            .iter()
            .filter(|entry| entry.0.starts_with(folder) && entry.0.ends_with(format::META_SUFFIX))
            .count()
    };
    let plain = client.export("ann@old.example", "").await.body;
    assert_eq!(
        metas(&plain, "Trash/0"),
        entries(&plain).iter().filter(|entry| entry.0.starts_with("Trash/0") && entry.1 == "folder").count()
    );
    let held = lab.mailbox("ann@old.example").unwrap().folder("/Trash").unwrap().items as usize;
    assert!(held > 0);
    let asked = client.get("/service/home/ann@old.example/Trash?fmt=tar").await.body;
    assert!(metas(&asked, "Trash/") >= held);
    let query = client.export("ann@old.example", "&query=in:trash").await.body;
    assert_eq!(metas(&query, "Trash/"), held);
    lab.set_attribute("admin@old.example", "zimbraPrefIncludeTrashInSearch", "TRUE");
    let now = client.export("ann@old.example", "").await.body;
    assert!(metas(&now, "Trash/0") >= held);
    assert_eq!(client.export("ann@old.example", "&types=note").await.status, 204);
    assert_eq!(client.export("ann@old.example", "&query=mdate:%3E%3D1999999999000").await.status, 204);
    assert_eq!(client.export("ann@old.example", "&query=nonsense").await.status, 500);
    assert_eq!(client.get("/service/home/ann@old.example/Nowhere?fmt=tar").await.status, 404);
}

#[tokio::test]
async fn an_empty_mailbox_is_a_small_archive_and_not_204() {
    let (_lab, client) = lab_with(vec![Sized::bytes("bob", 0)]).await;
    let answer = client.export("bob@old.example", "").await;
    assert_eq!(answer.status, 200);
    let all = entries(&answer.body);
    assert_eq!(all.len(), 17, "the folders every mailbox has");
}

#[tokio::test]
async fn a_quota_stops_the_rest() {
    let (_from, client) = lab_with(vec![Sized::messages("ann", 50, 100_000)]).await;
    let archive = client.export("ann@old.example", "").await.body;
    let (to, target) = lab_with(vec![Sized::bytes("ann", 0)]).await;
    to.set_quota("ann@old.example", 50_000);
    let answer = target.import("ann@old.example", "fmt=tar", &archive).await;
    assert_eq!(answer.result(), "warn");
    assert!(answer.text().contains("\n\t{\"Code\":{\"Value\":\"soap:Sender\"}"), "{}", answer.text());
    assert!(answer.text().contains("\"Code\":\"mail.QUOTA_EXCEEDED\""));
    assert!(answer.text().contains("{\"n\":\"limit\",\"t\":\"NUM\",\"_content\":\"50000\"}"));
    assert_eq!(to.mailbox("ann@old.example").unwrap().items.len(), 25);
}

#[tokio::test]
async fn each_rule_for_what_is_there() {
    let (_from, client) = lab_with(vec![Sized::messages("ann", 20, 40_000)]).await;
    let archive = client.export("ann@old.example", "").await.body;
    let (to, target) = lab_with(vec![Sized::bytes("ann", 0)]).await;
    for resolve in ["skip", "modify", "replace", "reset", "SKIP"] {
        let answer = target.import("ann@old.example", &format!("fmt=tar&resolve={resolve}"), &archive).await;
        assert_eq!(answer.result(), "success", "{resolve}: {}", answer.text());
        assert_eq!(to.mailbox("ann@old.example").unwrap().items.len(), 20, "{resolve}");
    }
    let wrong = target.import("ann@old.example", "fmt=tar&resolve=wrong", &archive).await;
    assert_eq!(wrong.result(), "fail");
    assert!(wrong.text().contains("Resolve.Wrong"));
    let garbage = target.import("ann@old.example", "fmt=tgz&resolve=reset", b"this is no archive").await;
    assert_eq!(garbage.result(), "fail");
    assert!(garbage.text().contains("formatter.INVALID_FORMAT"));
    assert_eq!(to.mailbox("ann@old.example").unwrap().items.len(), 0, "reset deletes before it reads");
}

#[tokio::test]
async fn a_huge_mailbox_costs_no_memory_to_open() {
    let giant = Sized::bytes("giant", 50_000_000_000);
    let lab =
        Lab::start(Config { accounts: Population::Listed(vec![giant]), ..Config::default() }).await.unwrap();
    assert_eq!(lab.used("giant@old.example"), Some(50_000_000_000));
}
