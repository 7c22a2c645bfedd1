//! A machine that is as busy as a test says: a lab's `/proc`, copied once, under processors that the test drives.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use tokio::task::JoinHandle;
use zmpace::lab::Lab;

const CORES: u32 = 4;
const TICKS_PER_S: f64 = 100.0;

/// Counters under `folder` that go on until it is dropped.
pub struct Machine {
    pub folder: PathBuf,
    percent: Arc<AtomicU32>,
    telling: JoinHandle<()>,
}

impl Machine {
    /// As busy as this to begin with.
    pub fn like(lab: &Lab, folder: PathBuf, percent: u32) -> Self {
        copy(lab.proc_dir(), &folder);
        let percent = Arc::new(AtomicU32::new(percent));
        let telling = tokio::spawn(tell(folder.clone(), Arc::clone(&percent)));
        Self { folder, percent, telling }
    }

    /// So many percent of its processors from now on.
    pub fn becomes(&self, percent: u32) {
        self.percent.store(percent, Relaxed);
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.telling.abort();
    }
}

async fn tell(folder: PathBuf, percent: Arc<AtomicU32>) {
    let begun = Instant::now();
    let (mut then, mut busy) = (0.0, 0.0);
    loop {
        let now = begun.elapsed().as_secs_f64();
        busy += (now - then) * f64::from(percent.load(Relaxed)) / 100.0;
        then = now;
        let [used, idle] = [busy, now - busy].map(|seconds| (seconds * TICKS_PER_S) as u64);
        let row =
            |name: &str, times: u64| format!("{name} {} 0 0 {} 0 0 0 0 0 0\n", used * times, idle * times);
        let mut stat = row("cpu ", CORES.into());
        stat.extend((0..CORES).map(|core| row(&format!("cpu{core}"), 1)));
        // The clock is away while the rest is written, as with the lab's own: a reader then reads again.
        let _ = fs::remove_file(folder.join("uptime"));
        put(&folder.join("stat"), &stat).unwrap();
        put(&folder.join("uptime"), &format!("{:.2} 0.00\n", 1000.0 + now)).unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Whole or not at all.
fn put(path: &Path, text: &str) -> io::Result<()> {
    let fresh = path.with_extension("new");
    fs::write(&fresh, text)?;
    fs::rename(fresh, path)
}

/// A folder as it is now. The lab renames files into it meanwhile: one that is not there yet comes in a moment.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else if path.extension().is_none_or(|kind| kind != "new") {
            let copied = (0..100).any(|_| {
                fs::copy(&path, &target).is_ok() || {
                    std::thread::sleep(Duration::from_millis(5));
                    false
                }
            });
            assert!(copied, "{} cannot be copied", path.display());
        }
    }
}
