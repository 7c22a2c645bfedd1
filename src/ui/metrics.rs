//! A live picture as Prometheus reads it. Pure.
//!
//! Written by hand in the classic text format: `node_exporter`'s textfile collector reads no other, and every number
//! comes from one picture, so that there is nothing for a registry to keep.

use std::fmt::{Display, Write as _};

use super::live::{ENDS_S, Live};
use crate::control::{
    decision::Phase,
    sample::{Sample, Side},
    timetable::Regime,
    view::SIZE_CLASSES,
};

/// Values of the label `size_class`, in the order of [`SIZE_CLASSES`].
const CLASSES: [&str; SIZE_CLASSES.len()] = ["empty", "1MB", "10MB", "100MB", "1GB", "larger"];

/// Phases in which nothing grows, with the value of the label `reason`.
const HOLDS: [(Phase, &str); 7] = [
    (Phase::HoldLimit, "line"),
    (Phase::HoldKnee, "no_gain"),
    (Phase::CoolDown, "cool_down"),
    (Phase::Degraded, "unseen"),
    (Phase::SideLost, "side_lost"),
    (Phase::Paused, "paused"),
    (Phase::Shut, "window"),
];

/// The picture as metrics; no mailbox is named in it.
#[must_use]
pub fn text(live: &Live) -> String {
    let mut page = Page(String::new());
    page.counts(live);
    page.workers(live);
    page.machines(live);
    page.clocks(live);
    page.0
}

struct Page(String);

/// Labels of a sample.
type Labels<'a> = &'a [(&'a str, &'a str)];

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: Labels<'_>, value: impl Display) {
        self.0.push_str(name);
        for (at, (key, value)) in labels.iter().enumerate() {
            let open = if at == 0 { '{' } else { ',' };
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{open}{key}=\"{value}\"");
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    fn single(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "gauge", help);
        self.sample(name, &[], value);
    }

    fn counts(&mut self, live: &Live) {
        let (accounts, flow, totals) = (&live.view.accounts, &live.flow, &live.totals);
        self.family("zmpace_build_info", "gauge", "The version that runs.");
        self.sample("zmpace_build_info", &[("version", &live.version)], 1);
        self.family("zmpace_accounts", "gauge", "Mailboxes of this run by where they stand.");
        for (state, number) in [
            ("waiting", accounts.waiting),
            ("in_flight", accounts.in_flight),
            ("verified", accounts.verified),
            ("empty", accounts.empty),
            ("incomplete", accounts.incomplete),
            ("failed", accounts.failed),
        ] {
            self.sample("zmpace_accounts", &[("state", state)], number);
        }
        let name = "zmpace_transferred_bytes_total";
        self.family(name, "counter", "Bytes of items sent to the destination, and stored by it.");
        self.sample(name, &[("direction", "sent")], flow.sent_bytes);
        self.sample(name, &[("direction", "stored")], flow.stored_bytes);
        let name = "zmpace_items_total";
        self.family(
            name,
            "counter",
            "Items read from the source, sent, stored, and found to differ afterwards.",
        );
        for (result, number) in [
            ("read", flow.read_items),
            ("sent", flow.sent_items),
            ("stored", flow.stored_items),
            ("differing", totals.differing_items),
        ] {
            self.sample(name, &[("result", result)], number);
        }
        self.durations(live);
        self.family("zmpace_failures_total", "counter", "Mailboxes given up, by code.");
        for (code, number) in &totals.failures {
            self.sample("zmpace_failures_total", &[("code", code)], number);
        }
        self.family(
            "zmpace_retries_total",
            "counter",
            "Failures after which a mailbox is tried again, by code.",
        );
        for (code, number) in &totals.retries {
            self.sample("zmpace_retries_total", &[("code", code)], number);
        }
    }

    fn durations(&mut self, live: &Live) {
        let name = "zmpace_account_duration_seconds";
        self.family(name, "histogram", "Time each moved mailbox took, by what was sent of it.");
        for (class, spread) in CLASSES.into_iter().zip(&live.totals.mailbox_s) {
            let mut below = 0;
            for (end, number) in ENDS_S.into_iter().zip(spread.counts) {
                below += number;
                let end = end.to_string();
                self.sample(&format!("{name}_bucket"), &[("size_class", class), ("le", &end)], below);
            }
            let all = [("size_class", class), ("le", "+Inf")];
            self.sample(&format!("{name}_bucket"), &all, spread.count);
            self.sample(&format!("{name}_sum"), &all[..1], spread.sum);
            self.sample(&format!("{name}_count"), &all[..1], spread.count);
        }
    }

    fn workers(&mut self, live: &Live) {
        self.single("zmpace_workers", "Mailboxes being moved now.", live.view.running);
        self.single("zmpace_workers_parked", "Mailboxes in flight that stand still.", live.view.parked);
        self.single("zmpace_workers_target", "How many the control law wants in flight.", live.view.limit);
        self.single("zmpace_workers_limit", "The most the settings allow.", live.ceiling);
        let name = "zmpace_worker_changes_total";
        self.family(name, "counter", "Steps of the control law, by code.");
        for (direction, steps) in [("up", &live.totals.grown), ("down", &live.totals.shrunk)] {
            for (code, number) in steps {
                self.sample(name, &[("direction", direction), ("reason", code)], number);
            }
        }
        let name = "zmpace_hold_seconds_total";
        self.family(name, "counter", "Time in which nothing grew, by what forbade it.");
        for (phase, reason) in HOLDS {
            let seconds = live.totals.phase_s.get(phase.word()).copied().unwrap_or(0.0);
            self.sample(name, &[("reason", reason)], seconds);
        }
    }

    fn machines(&mut self, live: &Live) {
        type Of = fn(&Sample) -> Option<f64>;
        let single: [(&str, &str, Of); 3] = [
            ("zmpace_host_cpu_used_ratio", "Processor time in use, 0 to 1.", |s| s.cpu.map(|cpu| cpu.busy)),
            (
                "zmpace_host_iowait_ratio",
                "Processor time idle with a disk request outstanding, 0 to 1.",
                |s| s.cpu.map(|cpu| cpu.iowait),
            ),
            ("zmpace_host_memory_available_bytes", "Memory available without swapping.", |s| {
                s.memory.map(|memory| memory.available_bytes as f64)
            }),
        ];
        let host = |side: Side| live.hosts.get(&side).map_or("", String::as_str);
        for (name, help, of) in single {
            self.family(name, "gauge", help);
            for sample in &live.samples {
                if let Some(value) = of(sample).filter(|value| value.is_finite()) {
                    let labels = [("role", sample.side.word()), ("host", host(sample.side))];
                    self.sample(name, &labels, value);
                }
            }
        }
        let name = "zmpace_host_disk_busy_ratio";
        self.family(name, "gauge", "Time with at least one request outstanding, 0 to 1.");
        for sample in &live.samples {
            for disk in &sample.disks {
                let labels =
                    [("role", sample.side.word()), ("host", host(sample.side)), ("device", &disk.device)];
                self.sample(name, &labels, disk.utilisation);
            }
        }
        let name = "zmpace_host_filesystem_avail_bytes";
        self.family(name, "gauge", "Bytes free for ordinary users behind a watched path.");
        for sample in &live.samples {
            for volume in &sample.volumes {
                let labels =
                    [("role", sample.side.word()), ("host", host(sample.side)), ("path", &volume.path)];
                self.sample(name, &labels, volume.free_bytes);
            }
        }
        let name = "zmpace_host_sample_age_seconds";
        self.family(name, "gauge", "Age of a machine's newest sample.");
        for machine in &live.view.machines {
            if let Some(age) = machine.sample_age {
                let labels = [("role", machine.side.word()), ("host", host(machine.side))];
                self.sample(name, &labels, age.as_secs_f64());
            }
        }
    }

    fn clocks(&mut self, live: &Live) {
        let now_s = live.wall_ms as f64 / 1000.0;
        let name = "zmpace_auth_token_expiry_timestamp_seconds";
        self.family(name, "gauge", "When an administrator's token ends; it is renewed at half its life.");
        for token in &live.tokens {
            self.sample(name, &[("role", token.side.word())], (now_s + token.left_s).round());
        }
        if let Some(progress_ms) = live.totals.progress_ms {
            let seconds = progress_ms as f64 / 1000.0;
            let help = "When the destination last took anything.";
            self.single("zmpace_last_progress_timestamp_seconds", help, seconds);
        }
        if let Some(left) = live.left {
            let help = "Time left by the newest forecast; missing while it would be a guess.";
            self.single("zmpace_estimated_remaining_seconds", help, left.likely_s.round());
        }
        let open = live.window.as_ref().is_none_or(|window| window.regime == Regime::Open);
        self.single(
            "zmpace_window_open",
            "Whether the operator's hours allow all workers now.",
            u8::from(open),
        );
    }
}

#[cfg(test)]
#[path = "../../tests/exposition.rs"]
mod exposition;

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;
    use crate::ui::reel::{
        Reel,
        tests::{at, now, view, worker},
    };

    /// A picture with something of everything, and a machine whose name wants escaping.
    fn live() -> Live {
        let mut reel = Reel::new(3, [(Side::Source, "a\"b\\c".to_owned())].into());
        let mut live = reel.frame(at(5.0), now(view(0.4), vec![worker(1, "ann@old.example", 1000)]));
        live.totals.failures.insert("ZP-QUOTA".into(), 2);
        live.totals.retries.insert("ZP-CUT".into(), 3);
        live.totals.grown.insert("ZP-TRY".into(), 4);
        live.totals.mailbox_s[2].add(12.0);
        live.totals.mailbox_s[2].add(1e6);
        live.totals.progress_ms = Some(1_795_000_000_500);
        live.left = Some(crate::ui::live::Forecast { least_s: 1.0, likely_s: 2.0, most_s: 3.0 });
        live.tokens.push(crate::ui::live::TokenClock {
            side: Side::Source,
            left_s: 60.0,
            lifetime_s: 100.0,
            renewals: 0,
        });
        live.samples.push(sample());
        live
    }

    fn sample() -> Sample {
        let json = serde_json::json!({
            "side": "source", "span": {"secs": 5, "nanos": 0}, "cores": 4,
            "cpu": {"busy": 0.5, "iowait": 0.1, "steal": 0.0},
            "disks": [{"device": "sda", "write_bytes_per_s": 0.0, "read_bytes_per_s": 0.0, "writes_per_s": 0.0,
                "reads_per_s": 0.0, "write_await_ms": null, "read_await_ms": null, "utilisation": 0.25,
                "rotational": true}],
            "memory": {"total_bytes": 8, "available_bytes": 4, "swap_in_bytes_per_s": 0.0},
            "network": null, "pressure": null,
            "volumes": [{"path": "/opt/zimbra/store", "total_bytes": 9, "free_bytes": 3}],
            "runnable": null, "blocked": null
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_strict_parser_reads_it_and_finds_the_numbers() {
        let text = text(&live());
        let families = exposition::read(&text).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"));
        assert!(families > 20, "{families}");
        for line in [
            "zmpace_failures_total{code=\"ZP-QUOTA\"} 2",
            "zmpace_host_cpu_used_ratio{role=\"source\",host=\"a\\\"b\\\\c\"} 0.5",
            "zmpace_account_duration_seconds_bucket{size_class=\"10MB\",le=\"30\"} 1",
            "zmpace_account_duration_seconds_bucket{size_class=\"10MB\",le=\"+Inf\"} 2",
            "zmpace_auth_token_expiry_timestamp_seconds{role=\"source\"} 1795000065",
            "zmpace_window_open 1",
        ] {
            assert!(text.lines().any(|there| there == line), "no `{line}` in\n{text}");
        }
        assert!(!text.contains('@'), "a mailbox is named:\n{text}");
    }

    #[test]
    fn the_dashboard_asks_for_what_there_is() {
        let page = text(&live());
        let names: BTreeSet<&str> = page
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split(['{', ' ']).next())
            .collect();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tuning/grafana.json");
        let dashboard: serde_json::Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let mut asked = 0;
        for panel in dashboard["panels"].as_array().unwrap() {
            for target in panel["targets"].as_array().into_iter().flatten() {
                let expression = target["expr"].as_str().unwrap();
                let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                for name in words.filter(|word| word.starts_with("zmpace_")) {
                    assert!(names.contains(name), "{expression}: there is no {name}");
                    asked += 1;
                }
            }
        }
        assert!(asked >= 15, "{asked}");
    }
}
