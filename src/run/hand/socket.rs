//! A socket in the state folder: one line in, an answer out, or the live picture until the run ends. Its owner
//! alone may speak.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _},
        net::UnixStream as Blocking,
    },
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
    sync::{oneshot, watch},
    task::JoinHandle,
};
use tokio_util::task::TaskTracker;

use super::parse;
use crate::{
    run::night::{Bell, Happening},
    ui::live::Live,
};

/// Pictures as they are taken; empty before the first.
pub type Pictures = watch::Receiver<Option<Arc<Live>>>;

/// The request that is answered by pictures, one JSON object a line.
const LIVE: &str = "live";

/// Longest order; the orders there are fit many times.
const MOST_BYTES: usize = 4096;
/// A caller that does not finish its line by then is not listened to.
const PATIENCE: Duration = Duration::from_secs(5);
/// The loop answers within a turn; it may be busy writing its journal.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Answers under way when the run ends get this long to be sent.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Where the socket of a state folder is.
pub fn path_in(state: &Path) -> PathBuf {
    state.join("ctl.sock")
}

/// The listening end; ends with the run.
pub struct Socket {
    path: PathBuf,
    listening: JoinHandle<()>,
    talks: TaskTracker,
}

impl Socket {
    /// Listens in the state folder. The journal's lock must be held: what lies there is then left over.
    ///
    /// # Errors
    /// What the system said; a path of more than about a hundred bytes is too long for a socket.
    pub fn open(state: &Path, bell: &Bell, pictures: &Pictures) -> io::Result<Self> {
        let path = path_in(state);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        // The folder is 0700, so nobody came in between.
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        let owner = fs::metadata(&path)?.uid();
        let talks = TaskTracker::new();
        let listening = tokio::spawn({
            let (bell, talks, pictures) = (bell.clone(), talks.clone(), pictures.clone());
            async move {
                loop {
                    match listener.accept().await {
                        Ok((stream, _)) => {
                            talks.spawn(talk(stream, owner, bell.clone(), pictures.clone()));
                        }
                        // Out of descriptors, most likely: it passes.
                        Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
                    }
                }
            }
        });
        Ok(Self { path, listening, talks })
    }

    /// Stops listening once the last answers are out.
    pub async fn close(self) {
        self.listening.abort();
        self.talks.close();
        let _ = tokio::time::timeout(LAST_WORDS, self.talks.wait()).await;
        let _ = fs::remove_file(&self.path);
    }
}

async fn talk(mut stream: UnixStream, owner: u32, bell: Bell, pictures: Pictures) {
    let said = match stream.peer_cred() {
        Ok(peer) if peer.uid() == owner || peer.uid() == 0 => match hear(&mut stream).await {
            Ok(line) if line.trim() == LIVE => return show(stream, pictures).await,
            Ok(line) => obey(&line, &bell).await,
            Err(cause) => Err(cause),
        },
        _ => Err("only the user who runs zmpace may do that".to_owned()),
    };
    let answer = match said {
        Ok(text) => format!("ok {text}\n"),
        Err(text) => format!("error {text}\n"),
    };
    // A caller who has gone does not want it.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Shows each picture until the run ends or the caller has gone; a slow one misses some.
async fn show(mut stream: UnixStream, mut pictures: Pictures) {
    loop {
        let picture = pictures.borrow_and_update().clone();
        if let Some(line) = picture.and_then(|live| serde_json::to_string(&*live).ok())
            && stream.write_all((line + "\n").as_bytes()).await.is_err()
        {
            return;
        }
        if pictures.changed().await.is_err() {
            let _ = stream.shutdown().await;
            return;
        }
    }
}

async fn hear(stream: &mut UnixStream) -> Result<String, String> {
    let mut line = Vec::new();
    let reading = async {
        let mut byte = [0; 256];
        while !line.contains(&b'\n') && line.len() <= MOST_BYTES {
            match stream.read(&mut byte).await {
                Ok(0) | Err(_) => break,
                Ok(read) => line.extend_from_slice(&byte[..read]),
            }
        }
    };
    if tokio::time::timeout(PATIENCE, reading).await.is_err() || line.len() > MOST_BYTES {
        return Err("an order is one line".to_owned());
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}

async fn obey(line: &str, bell: &Bell) -> Result<String, String> {
    let ask = parse(&line.split_whitespace().collect::<Vec<_>>())?;
    let (answer, answered) = oneshot::channel();
    let gone = || "the run is over".to_owned();
    bell.send(Happening::Asked(ask, Some(answer))).map_err(|_| gone())?;
    match tokio::time::timeout(ANSWER_WITHIN, answered).await {
        Ok(said) => said.map_err(|_| gone())?,
        Err(_) => Err("the run is busy and has not answered; the order still stands".to_owned()),
    }
}

/// Why an order could not be given.
#[derive(Debug)]
pub enum Unheard {
    /// Nobody listens there.
    Nobody,
    /// The run refused it.
    Refused(String),
    /// The system did.
    Failed(io::Error),
}

/// The calling end: gives one order and waits for the answer.
///
/// # Errors
/// See [`Unheard`].
pub fn call(state: &Path, order: &str) -> Result<String, Unheard> {
    let mut stream = connect(state)?;
    let mut answer = String::new();
    stream
        .set_read_timeout(Some(ANSWER_WITHIN + PATIENCE))
        .and_then(|()| stream.write_all(format!("{order}\n").as_bytes()))
        .and_then(|()| stream.read_to_string(&mut answer))
        .map_err(Unheard::Failed)?;
    match answer.split_once(' ') {
        Some(("ok", text)) => Ok(text.to_owned()),
        Some(("error", text)) => Err(Unheard::Refused(text.trim_end().to_owned())),
        _ => Err(Unheard::Refused("the run ended before it answered".to_owned())),
    }
}

/// The looking end: pictures as they come, one JSON object a line.
///
/// # Errors
/// See [`Unheard`].
pub fn look(state: &Path) -> Result<Blocking, Unheard> {
    let mut stream = connect(state)?;
    stream.write_all(format!("{LIVE}\n").as_bytes()).map_err(Unheard::Failed)?;
    Ok(stream)
}

fn connect(state: &Path) -> Result<Blocking, Unheard> {
    Blocking::connect(path_in(state)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => Unheard::Nobody,
        _ => Unheard::Failed(error),
    })
}
