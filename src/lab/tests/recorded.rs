//! Archives that the real server wrote, taken in. Runs only where `ZMPACE_REAL_DATA` names their folder.

use super::lab_with;
use crate::lab::Sized;

#[tokio::test]
async fn real_archives_are_taken_in_twice_without_doubling() {
    let Ok(folder) = std::env::var("ZMPACE_REAL_DATA") else { return };
    let archives = std::fs::read_dir(std::path::Path::new(&folder).join("archives")).unwrap();
    for path in archives.map(|entry| entry.unwrap().path()) {
        let archive = std::fs::read(&path).unwrap();
        let (lab, client) = lab_with(vec![Sized::bytes("ann", 0)]).await;
        let mut counts = Vec::new();
        for _ in 0..2 {
            let answer = client.import("ann@old.example", "fmt=tgz&resolve=skip", &archive).await;
            let stored = lab.mailbox("ann@old.example").unwrap();
            println!("{}: {}, {} items", path.display(), answer.result(), stored.items.len());
            if answer.result() != "success" {
                println!("{}", answer.text().chars().take(600).collect::<String>());
            }
            // This one is damaged as published: its gzip checksum fails and one body is not what was described.
            let damaged = path.to_string_lossy().contains("5.0.18");
            let unsound: Vec<_> = stored.items.iter().filter(|item| !item.is_sound()).collect();
            assert!(unsound.is_empty() || damaged, "{unsound:?}");
            counts.push(stored.items.len());
        }
        assert_eq!(counts[0], counts[1]);
        if path.to_string_lossy().contains("400-messages") {
            assert_eq!(counts[0], 400);
        }
    }
}
