//! One outside program with all it starts: a process group that is stopped, continued and killed as one.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _},
    process::{Child, Command},
    sync::mpsc,
};

/// Longest line kept of what a program says; the rest of it is dropped.
const LINE: usize = 4096;
/// Lines that may wait to be read.
const LINES: usize = 64;

/// What a group has used so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Usage {
    /// Seconds of processor time.
    pub(super) cpu_s: f64,
    /// Bytes of memory now.
    pub(super) memory: u64,
}

/// A running group. Dropped, it is killed.
pub(super) struct Group {
    child: Child,
    id: Pid,
    note: PathBuf,
    ended: bool,
}

impl Group {
    /// Starts a program as the leader of a group of its own; `notes` is a folder where running groups are noted,
    /// so that the next run can end what a killed one left behind. What it says comes line by line.
    pub(super) fn start(mut command: Command, notes: &Path) -> io::Result<(Self, mpsc::Receiver<String>)> {
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let id = child.id().and_then(|id| Pid::from_raw(id.cast_signed())).ok_or(io::ErrorKind::NotFound)?;
        let note = notes.join(id.to_string());
        let (sender, lines) = mpsc::channel(LINES);
        if let Some(out) = child.stdout.take() {
            tokio::spawn(read_lines(out, sender.clone()));
        }
        if let Some(err) = child.stderr.take() {
            tokio::spawn(read_lines(err, sender));
        }
        let group = Self { child, id, note, ended: false };
        fs::create_dir_all(notes)?;
        let began = member(id.as_raw_pid()).map_or(0, |leader| leader.began);
        fs::write(&group.note, began.to_string())?;
        Ok((group, lines))
    }

    /// Waits for the leader, then ends whatever it left behind.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.ended = true;
        if !members(self.id).is_empty() {
            self.signal(Signal::KILL);
        }
        let _ = fs::remove_file(&self.note);
        Ok(status)
    }

    /// Lets all of it stand still, or go on.
    pub(super) fn park(&self, still: bool) {
        self.signal(if still { Signal::STOP } else { Signal::CONT });
    }

    /// Asks it to end; kills it if it has not within `grace`.
    pub(super) async fn end(&mut self, grace: Duration) {
        self.signal(Signal::TERM);
        // A group that stands still cannot hear.
        self.signal(Signal::CONT);
        if tokio::time::timeout(grace, self.wait()).await.is_err() {
            self.signal(Signal::KILL);
            let _ = self.wait().await;
        }
    }

    /// What it has used, as far as its members still tell.
    pub(super) fn usage(&self) -> Usage {
        members(self.id).iter().fold(Usage::default(), |sum, member| Usage {
            cpu_s: sum.cpu_s + member.usage.cpu_s,
            memory: sum.memory + member.usage.memory,
        })
    }

    fn signal(&self, signal: Signal) {
        // It may be gone already.
        let _ = kill_process_group(self.id, signal);
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            self.signal(Signal::KILL);
            let _ = fs::remove_file(&self.note);
        }
    }
}

/// Ends groups that a killed run left behind: they would write into mailboxes that are given out again.
pub(super) fn end_orphans(notes: &Path) {
    let Ok(entries) = fs::read_dir(notes) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let id = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse::<i32>().ok());
        let noted = fs::read_to_string(&path).unwrap_or_default();
        if let Some(group) = id.and_then(Pid::from_raw).filter(|group| is_ours(*group, &noted)) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = fs::remove_file(path);
    }
}

/// Whether a group is still the one whose leader began at the moment noted: the number alone may belong to somebody
/// else by now. The kernel gives a number to no new process while a group has it, so one without its leader is ours.
fn is_ours(group: Pid, noted: &str) -> bool {
    let Ok(noted) = noted.trim().parse::<u64>() else { return false };
    match member(group.as_raw_pid()) {
        Some(leader) => leader.began == noted,
        None => members(group).iter().any(|member| member.began >= noted),
    }
}

struct Member {
    group: i32,
    began: u64,
    usage: Usage,
}

fn members(group: Pid) -> Vec<Member> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    numbers.filter_map(member).filter(|member| member.group == group.as_raw_pid()).collect()
}

fn member(id: i32) -> Option<Member> {
    parse(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
}

/// One line of `/proc/PID/stat`; the name in brackets may hold anything.
fn parse(stat: &str) -> Option<Member> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<f64>().ok();
    // Own time and that of children that were waited for.
    let ticks = number(11)? + number(12)? + number(13)? + number(14)?;
    Some(Member {
        group: fields.get(2)?.parse().ok()?,
        began: fields.get(19)?.parse().ok()?,
        usage: Usage {
            cpu_s: ticks / rustix::param::clock_ticks_per_second() as f64,
            memory: (number(21)? * rustix::param::page_size() as f64) as u64,
        },
    })
}

/// Lines as they come; a carriage return ends one too, as progress bars do.
async fn read_lines(mut from: impl AsyncRead + Unpin, to: mpsc::Sender<String>) {
    let (mut buffer, mut line) = (vec![0; 8192], Vec::new());
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        for &byte in &buffer[..read] {
            if byte != b'\n' && byte != b'\r' {
                if line.len() < LINE {
                    line.push(byte);
                }
            } else if !line.is_empty() {
                let text = String::from_utf8_lossy(&line).into_owned();
                line.clear();
                if to.send(text).await.is_err() {
                    return;
                }
            }
        }
    }
    if !line.is_empty() {
        let _ = to.send(String::from_utf8_lossy(&line).into_owned()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_anything() {
        let stat = "17 (a) b (c) S 1 4242 4242 0 -1 0 0 0 0 0 100 50 25 25 20 0 1 0 777 9 3 0";
        let member = parse(stat).unwrap();
        assert_eq!((member.group, member.began), (4242, 777));
        assert!((member.usage.cpu_s - 200.0 / rustix::param::clock_ticks_per_second() as f64).abs() < 1e-9);
        assert!(parse("17 (cut").is_none() && parse("").is_none());
    }

    #[tokio::test]
    async fn long_lines_are_cut_and_carriage_returns_end_them() {
        let (sender, mut lines) = mpsc::channel(8);
        let text = format!("1 of 3\r2 of 3\r\n{}\nend", "x".repeat(10_000));
        read_lines(text.as_bytes(), sender).await;
        let mut all = Vec::new();
        while let Ok(line) = lines.try_recv() {
            all.push(line.len());
        }
        assert_eq!(all, [6, 6, LINE, 3]);
    }
}
