//! Counters of another machine through one SSH channel that stays open.
//!
//! The remote end is a loop of shell built-ins that answers one request with one block of sections. A channel
//! per reading would start a login shell each time, whose start-up files can cost more than what is measured;
//! `cat` would fork. Only `df`, once in [`super::SLOW_EVERY`] readings, is a process.
//!
//! Rules for libssh2 that rest on experiments: a time-out always, or a dead host blocks for ever; one session
//! per thread, as it has one lock; the socket is shut down before anything is dropped, as drops wait too;
//! nothing may come on stderr, which would dead-lock; `flush` is never called, as it throws away what came in.
//!
//! Sources: libssh2 manual; POSIX.1 "Shell Command Language" (a failed redirection ends no loop).

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{ErrorKind, Read as _, Write as _},
    net::{Shutdown, TcpStream, ToSocketAddrs as _},
    path::Path,
    time::Duration,
};

use secrecy::ExposeSecret;
use ssh2::{Channel, ErrorCode, MethodType, Session};

use super::{
    Probe, ProbeError, SLOW_EVERY, SshTarget, Watch,
    known_hosts::{self, KnownHosts, Verdict},
};
use crate::control::sample::Side;

/// Longest answer believed; a true one is a few KiB.
const LONGEST_ANSWER: usize = 1 << 20;
/// Most reads for one answer, so that a host that trickles cannot hold the thread for ever.
const MOST_READS: usize = 1024;
/// libssh2's word for any private key it cannot open, above all one whose passphrase is missing or wrong.
const KEY_FILE_ERROR: ErrorCode = ErrorCode::Session(-16);

/// One machine, connected. Fields are dropped in this order: first the socket is shut down.
pub struct Remote {
    _hangup: Hangup,
    channel: Channel,
    _session: Session,
    side: Side,
    host: String,
    port: u16,
    turn: u64,
    slow: String,
}

/// Shuts the socket down when dropped, so that dropping the session need not wait for its time-out.
struct Hangup(TcpStream);

impl Drop for Hangup {
    fn drop(&mut self) {
        // It may be closed already, which is just as well.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

impl Remote {
    /// Connects, checks the host key, signs in and starts the loop.
    ///
    /// # Errors
    /// Each step has its own variant.
    pub fn connect(side: Side, target: &SshTarget, watch: &Watch) -> Result<Self, ProbeError> {
        let handshake = |error: ssh2::Error| ProbeError::Handshake {
            side,
            host: target.host.clone(),
            port: target.port,
            message: error.message().to_owned(),
        };
        let known = read_known_hosts(side, target)?;
        let stream = dial(side, target)?;
        let socket = stream.try_clone().map_err(|source| unreachable_host(side, target, source))?;
        let mut session = Session::new().map_err(handshake)?;
        // Declared after the session, hence dropped before it on every way out.
        let hangup = Hangup(socket);
        session.set_timeout(u32::try_from(target.timeout.as_millis()).unwrap_or(u32::MAX).max(1));
        session.set_tcp_stream(stream);
        let wanted = known.preferences(&target.host, target.port);
        session.method_pref(MethodType::HostKey, &wanted).map_err(handshake)?;
        session.handshake().map_err(handshake)?;
        let key = session.host_key().map(|(key, _)| key.to_vec()).unwrap_or_default();
        check_host_key(side, target, &known, &key)?;
        sign_in(side, target, &session)?;
        let channel = session.channel_session().map_err(|error| lost(side, target, error.message()))?;
        let mut remote = Self {
            _hangup: hangup,
            channel,
            _session: session,
            side,
            host: target.host.clone(),
            port: target.port,
            turn: 0,
            slow: String::new(),
        };
        remote.channel.exec(&command(watch)).map_err(|error| lost(side, target, error.message()))?;
        Ok(remote)
    }

    fn lost(&self, message: String) -> ProbeError {
        ProbeError::Lost { side: self.side, host: self.host.clone(), port: self.port, message }
    }

    /// Reads up to the closing line of this turn.
    fn answer(&mut self, closing: &str) -> Result<String, ProbeError> {
        let mut answer: Vec<u8> = Vec::with_capacity(16 * 1024);
        let mut buffer = [0; 8 * 1024];
        for _ in 0..MOST_READS {
            let got = match self.channel.read(&mut buffer) {
                Ok(0) => return Err(self.lost(format!("the remote loop ended{}", said(&answer)))),
                Ok(got) => got,
                Err(error) if error.kind() == ErrorKind::TimedOut => {
                    return Err(self.lost(format!("no answer in time{}", said(&answer))));
                }
                Err(error) => return Err(self.lost(format!("{error}{}", said(&answer)))),
            };
            answer.extend_from_slice(&buffer[..got]);
            if answer.ends_with(closing.as_bytes()) {
                return Ok(String::from_utf8_lossy(&answer).into_owned());
            }
            if answer.len() > LONGEST_ANSWER {
                break;
            }
        }
        Err(self.lost(format!("the answer has no end{}", said(&answer))))
    }
}

impl Probe for Remote {
    fn read(&mut self) -> Result<String, ProbeError> {
        let turn = self.turn;
        self.turn += 1;
        let slow = turn.is_multiple_of(SLOW_EVERY);
        let request = if slow { format!("{turn} slow\n") } else { format!("{turn}\n") };
        if let Err(error) = self.channel.write_all(request.as_bytes()) {
            return Err(self.lost(error.to_string()));
        }
        let mut text = self.answer(&format!("== end {turn}\n"))?;
        if slow {
            self.slow =
                text.find("\n== mountinfo\n").map_or_else(String::new, |at| text[at + 1..].to_owned());
        } else {
            text.push_str(&self.slow);
        }
        Ok(text)
    }
}

/// The first words a host said instead of counters, such as "This account is not available".
fn said(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    let words: String = text.chars().filter(|c| !c.is_control() || *c == '\n').take(160).collect();
    let words = words.trim().replace('\n', " / ");
    if words.is_empty() || words.starts_with("== ") { String::new() } else { format!(" after: {words}") }
}

fn lost(side: Side, target: &SshTarget, message: &str) -> ProbeError {
    ProbeError::Lost { side, host: target.host.clone(), port: target.port, message: message.to_owned() }
}

fn unreachable_host(side: Side, target: &SshTarget, source: std::io::Error) -> ProbeError {
    ProbeError::Unreachable { side, host: target.host.clone(), port: target.port, source }
}

/// Tries each address of the host.
fn dial(side: Side, target: &SshTarget) -> Result<TcpStream, ProbeError> {
    let failed = |source| unreachable_host(side, target, source);
    let timeout = target.timeout.max(Duration::from_millis(1));
    let mut last = std::io::Error::new(ErrorKind::NotFound, "the name has no address");
    for address in (target.host.as_str(), target.port).to_socket_addrs().map_err(failed)? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(stream) => {
                stream.set_nodelay(true).map_err(failed)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(failed(last))
}

fn read_known_hosts(side: Side, target: &SshTarget) -> Result<KnownHosts, ProbeError> {
    match fs::read(&target.known_hosts) {
        Ok(bytes) => Ok(KnownHosts::parse(&String::from_utf8_lossy(&bytes))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(KnownHosts::default()),
        Err(source) => Err(ProbeError::KnownHosts { side, file: target.known_hosts.clone(), source }),
    }
}

fn check_host_key(side: Side, target: &SshTarget, known: &KnownHosts, key: &[u8]) -> Result<(), ProbeError> {
    let (host, port, file) = (target.host.clone(), target.port, target.known_hosts.clone());
    let fingerprint = known_hosts::fingerprint(key);
    match known.judge(&host, port, key) {
        Verdict::Known => Ok(()),
        Verdict::Unknown => match known_hosts::line(&host, port, key) {
            Some(line) => Err(ProbeError::UnknownHostKey { side, host, port, fingerprint, line, file }),
            None => {
                Err(ProbeError::Handshake { side, host, port, message: "it showed no host key".to_owned() })
            }
        },
        Verdict::Changed => {
            let name = known_hosts::name(&host, port);
            Err(ProbeError::ChangedHostKey { side, host, port, name, fingerprint, file })
        }
        Verdict::Revoked => Err(ProbeError::RevokedHostKey { side, host, port, fingerprint, file }),
    }
}

/// Key files in order, then the agent. A password is never asked for nor sent.
fn sign_in(side: Side, target: &SshTarget, session: &Session) -> Result<(), ProbeError> {
    let passphrase = target.passphrase.as_ref().map(ExposeSecret::expose_secret);
    let mut tried: Vec<String> = Vec::new();
    let mut locked = None;
    for file in &target.identity_files {
        if let Err(error) = File::open(file) {
            tried.push(format!("{}: {error}", file.display()));
            continue;
        }
        match session.userauth_pubkey_file(&target.user, None, file, passphrase) {
            Ok(()) => return Ok(()),
            Err(error) if error.code() == KEY_FILE_ERROR => {
                tried.push(format!("{}: does not open", file.display()));
                locked.get_or_insert_with(|| does_not_open(side, target, file));
            }
            Err(error) => tried.push(format!("{}: {}", file.display(), error.message())),
        }
    }
    if target.use_agent {
        match agent(target, session) {
            Ok(true) => return Ok(()),
            Ok(false) => tried.push("agent: it holds no key that is let in".to_owned()),
            Err(error) => tried.push(format!("agent: {}", error.message())),
        }
    }
    if tried.is_empty() {
        tried.push("no key file is configured and the agent is not used".to_owned());
    }
    let (host, port, user) = (target.host.clone(), target.port, target.user.clone());
    Err(locked.unwrap_or_else(|| ProbeError::Refused { side, host, port, user, tried: tried.join("; ") }))
}

fn does_not_open(side: Side, target: &SshTarget, file: &Path) -> ProbeError {
    let problem = if target.passphrase.is_some() {
        "the passphrase is wrong, or the key is of an unknown kind"
    } else {
        "it needs a passphrase and none is configured, or the key is of an unknown kind"
    };
    ProbeError::Passphrase { side, host: target.host.clone(), file: file.to_owned(), problem }
}

/// Whether one of the agent's keys was let in.
fn agent(target: &SshTarget, session: &Session) -> Result<bool, ssh2::Error> {
    let mut agent = session.agent()?;
    agent.connect()?;
    agent.list_identities()?;
    Ok(agent.identities()?.iter().any(|key| agent.userauth(&target.user, key).is_ok()))
}

/// The loop, as one line: a login shell that is a csh cannot take a line end inside quotes.
///
/// `c` prints a file as a section. Lines of `stat` that are long and of no use are left out, and so are memory
/// and image files. Where `sh` is bash, it seeks back after each line and the kernel prints the file anew: a
/// line may then come twice or cut at its front, never with a wrong number; the parser skips such lines.
fn script(watch: &Watch) -> String {
    let mut paths = String::new();
    let mut space = String::new();
    for path in &watch.paths {
        let path = quote(path);
        // `cd` is how a built-in resolves symbolic links; it goes back so as not to hold the file system busy.
        // Writing to a string cannot fail.
        let _ = write!(paths, r#"cd -P -- {path} && printf "%s\t%s\n" {path} "$PWD"; cd /; "#);
        let _ = write!(space, r#"printf "@ %s\n" {path}; df -Pk -- {path} </dev/null; "#);
    }
    let fast = [
        "c uptime /proc/uptime; c stat /proc/stat; c diskstats /proc/diskstats; ",
        r#"printf "== meminfo\n"; while IFS= read -r l; do printf "%s\n" "$l"; "#,
        "case $l in Cached:*) break;; esac; done </proc/meminfo; ",
        r#"printf "== vmstat\n"; while read -r k v; do "#,
        r#"case $k in pswpin) printf "%s %s\n" "$k" "$v"; break;; esac; done </proc/vmstat; "#,
        "c loadavg /proc/loadavg; c netdev /proc/net/dev; c pressure.cpu /proc/pressure/cpu; ",
        "c pressure.io /proc/pressure/io; c pressure.memory /proc/pressure/memory; ",
    ]
    .concat();
    let slow = [
        "c mountinfo /proc/self/mountinfo; ",
        "a rotational /sys/block/ /queue/rotational; a linkspeed /sys/class/net/ /speed; ",
        r#"printf "== paths\n"; "#,
        paths.as_str(),
        r#"printf "== space\n"; "#,
        space.as_str(),
    ]
    .concat();
    [
        "exec 2>/dev/null; LC_ALL=C; export LC_ALL; cd /; ",
        r#"c() { printf "== %s\n" "$1"; while IFS= read -r l; do "#,
        r#"case $l in intr*|softirq*|*" loop"[0-9]*|*" ram"[0-9]*) ;; *) printf "%s\n" "$l";; esac; done <"$2"; }; "#,
        r#"a() { printf "== %s\n" "$1"; for f in "$2"*"$3"; do d=${f#"$2"}; d=${d%%/*}; v=; "#,
        r#"case $d in loop*|ram*) continue;; esac; read -r v <"$f"; printf "%s %s\n" "$d" "$v"; done; }; "#,
        "while read -r t w; do ",
        fast.as_str(),
        "case $w in slow) ",
        slow.trim_end_matches([' ', ';']),
        r#";; esac; printf "== end %s\n" "$t"; done"#,
    ]
    .concat()
}

/// What the login shell is given; it need understand no more than `exec` and single quotes.
fn command(watch: &Watch) -> String {
    format!("exec sh -c {}", quote(&script(watch)))
}

/// One word for a POSIX shell, whatever is in it.
fn quote(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::{super::proc::Counters, *};

    fn answers(watch: &Watch, requests: &str) -> String {
        let mut shell = Command::new("sh")
            .args(["-c", &command(watch)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        shell.stdin.take().unwrap().write_all(requests.as_bytes()).unwrap();
        String::from_utf8(shell.wait_with_output().unwrap().stdout).unwrap()
    }

    #[test]
    fn a_word_stays_one_word() {
        assert_eq!(quote("it's $HOME"), r"'it'\''s $HOME'");
    }

    #[test]
    fn the_command_is_one_line() {
        let text = command(&Watch { paths: vec!["/opt/zimbra's store".into()] });
        assert!(!text.contains('\n'));
        assert!(!text.contains('!'));
    }

    #[test]
    fn a_real_shell_answers_what_the_parser_reads() {
        let folder = tempfile::Builder::new().prefix("it's; touch \"$HOME\" ").tempdir().unwrap();
        let path = folder.path().to_str().unwrap().to_owned();
        let text = answers(&Watch { paths: vec![path.clone()] }, "0 slow\n1\n");
        let (slow, fast) = text.split_once("== end 0\n").unwrap();
        assert!(fast.ends_with("== end 1\n"));
        assert!(!fast.contains("== mountinfo"));
        let counters = Counters::parse(slow).unwrap();
        assert!(counters.uptime.is_some());
        assert!(counters.cores >= Some(1));
        assert!(counters.memory.is_some());
        assert!(counters.mounts.is_some());
        assert!(counters.resolved.contains_key(&path));
        assert_eq!(counters.volumes.len(), 1, "{slow}");
        assert_eq!(counters.volumes[0].path, path);
        assert!(counters.interfaces.iter().any(|interface| interface.name == "lo"));
    }

    #[test]
    fn what_a_host_says_instead_is_passed_on() {
        assert_eq!(said(b"This account is not available.\n"), " after: This account is not available.");
        assert_eq!(said(b"== uptime\n1"), "");
    }
}
