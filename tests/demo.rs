//! The demo: a whole migration in one process, started as a newcomer would.

use serde_json::Value;

use crate::world::{assert_no_secret, finish, program};

async fn demo(arguments: &[&str]) -> Value {
    let mut command = program();
    command.arg("demo").args(arguments).args(["--json", "--progress", "lines"]);
    let (code, out, said) = finish(command).await;
    assert_eq!(code, 0, "{said}");
    assert_no_secret(&out);
    assert_no_secret(&said);
    let json: Value = serde_json::from_str(&out).unwrap();
    for key in ["schema_version", "items", "bytes", "makespan_s", "observed_s"] {
        assert!(json[key].is_number(), "{key}: {json}");
    }
    for key in ["total", "verified", "incomplete", "failed", "empty"] {
        assert!(json["accounts"][key].is_u64(), "accounts.{key}: {json}");
    }
    for key in ["min", "max", "final"] {
        assert!(json["limit"][key].is_u64(), "limit.{key}: {json}");
    }
    assert!(json["over_line_s"].as_object().unwrap().contains_key("source.cpu"), "{json}");
    for decision in json["decisions"].as_array().unwrap() {
        for key in ["at_s", "from", "to", "side", "resource", "reason"] {
            assert!(decision.get(key).is_some(), "decisions.{key}: {decision}");
        }
    }
    assert_eq!(json["failures"], Value::Array(Vec::new()));
    let count = |key: &str| json["accounts"][key].as_u64().unwrap();
    assert_eq!(count("verified") + count("empty"), count("total"), "{said}");
    assert_eq!((count("failed"), count("incomplete")), (0, 0));
    assert!(json["bytes"].as_u64() > Some(0) && json["observed_s"].as_f64() > Some(0.0));
    json
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fixed_number_of_workers() {
    let json = demo(&["--accounts", "12", "--seed", "3", "--speed", "100", "--workers", "3"]).await;
    assert!(json["accounts"]["total"].as_u64() >= Some(12), "{json}");
    assert_eq!(json["limit"]["max"], 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_law_chooses() {
    let json = demo(&["--accounts", "6", "--seed", "4", "--speed", "100"]).await;
    let decisions = json["decisions"].as_array().unwrap();
    assert!(!decisions.is_empty() && json["limit"]["max"].as_u64() >= Some(1), "{json}");
}
