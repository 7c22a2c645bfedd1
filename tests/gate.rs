//! A gate between the program and a lab: what a network does to connections, whatever the servers think of it.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp::OwnedReadHalf, tcp::OwnedWriteHalf},
    sync::watch,
    task::JoinHandle,
};

/// What the gate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Bytes pass.
    Open,
    /// Every connection is reset, new ones as well: the server is down.
    Shut,
    /// Nothing passes and nobody is told: the network is parted.
    Silent,
    /// New connections meet something that does not speak TLS; old ones are reset.
    Babble,
}

/// A gate before a server. It ends when dropped.
pub struct Gate {
    address: SocketAddr,
    way: watch::Sender<Way>,
    serving: JoinHandle<()>,
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.serving.abort();
        self.way.send_replace(Way::Shut);
    }
}

impl Gate {
    /// An open gate before `server`.
    pub async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (way, told) = watch::channel(Way::Open);
        let serving = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server, told.clone()));
            }
        });
        Self { address, way, serving }
    }

    /// Where it listens.
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// Does otherwise from now on.
    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// Resets every connection there is and lets new ones in.
    pub async fn shake(&self) {
        self.set(Way::Shut);
        tokio::time::sleep(Duration::from_millis(30)).await;
        self.set(Way::Open);
    }
}

async fn carry(mut client: TcpStream, server: SocketAddr, mut way: watch::Receiver<Way>) {
    let _ = way.wait_for(|way| *way != Way::Silent).await;
    let now = *way.borrow();
    match now {
        Way::Babble => drop(client.write_all(b"220 mail.old.example ESMTP\r\n").await),
        Way::Shut => drop(client.set_zero_linger()),
        Way::Open | Way::Silent => {}
    }
    if matches!(now, Way::Babble | Way::Shut) {
        return;
    }
    let Ok(server) = TcpStream::connect(server).await else { return };
    for socket in [&client, &server] {
        let _ = socket.set_nodelay(true);
    }
    let ((client_reads, client_writes), (server_reads, server_writes)) =
        (client.into_split(), server.into_split());
    let up = tokio::spawn(pump(client_reads, server_writes, way.clone()));
    pump(server_reads, client_writes, way).await;
    let _ = up.await;
}

/// Passes bytes on for as long as the gate is open; its end drops both halves.
async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut way: watch::Receiver<Way>) {
    let mut piece = vec![0; 16 << 10];
    let broken = |way: &Way| matches!(way, Way::Shut | Way::Babble);
    let reset = |from: &OwnedReadHalf, to: &OwnedWriteHalf| {
        let _ = (from.as_ref().set_zero_linger(), to.as_ref().set_zero_linger());
    };
    loop {
        let Ok(now) = way.wait_for(|way| *way != Way::Silent).await.map(|way| *way) else { return };
        if broken(&now) {
            return reset(&from, &to);
        }
        let count = tokio::select! {
            read = from.read(&mut piece) => match read {
                Ok(count) if count > 0 => count,
                Ok(_) => {
                    // An orderly end is passed on as one.
                    let _ = to.shutdown().await;
                    return;
                }
                Err(_) => return,
            },
            _ = way.changed() => continue,
        };
        // What was read before the network parted waits for it to be whole again.
        let Ok(now) = way.wait_for(|way| *way != Way::Silent).await.map(|way| *way) else { return };
        if broken(&now) {
            return reset(&from, &to);
        }
        tokio::select! {
            written = to.write_all(&piece[..count]) => if written.is_err() { return },
            _ = way.wait_for(broken) => return reset(&from, &to),
        }
    }
}
