//! A proxy that harms what passes through it: late, slow, cut, or with the answer to a chosen request
//! lost after it was carried out.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::threads::Serving;

/// What the proxy does to connections.
#[derive(Debug, Clone, Default)]
pub struct Harm {
    /// Each answer begins this much later.
    pub delay: Duration,
    /// Answers are cut after so many bytes of a connection.
    pub cut_after: Option<usize>,
    /// At most so many bytes of answers in ten milliseconds.
    pub throttle: Option<usize>,
    /// The answer to requests in which this text occurs is lost, and the connection closed.
    pub lose_reply_to: Option<String>,
    /// How often that happens.
    pub times: usize,
}

/// A running proxy.
#[derive(Debug)]
pub struct Toxic {
    serving: Serving,
    harm: Arc<Mutex<Harm>>,
}

impl Toxic {
    /// A proxy before `target`, harmless at first.
    #[must_use]
    pub fn new(target: SocketAddr) -> Toxic {
        let harm = Arc::new(Mutex::new(Harm::default()));
        let shared = Arc::clone(&harm);
        let serving = Serving::new(move |listener: TcpListener| async move {
            while let Ok((client, _)) = listener.accept().await {
                let harm = Arc::clone(&shared);
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(target).await {
                        let _ended = pass(client, server, &harm).await;
                    }
                });
            }
        });
        Toxic { serving, harm }
    }

    /// Its address, after `http://`.
    #[must_use]
    pub fn url(&self) -> String {
        self.serving.url()
    }

    /// What it does from now on.
    pub fn harm(&self, harm: Harm) {
        *self.harm.lock().unwrap_or_else(PoisonError::into_inner) = harm;
    }

    /// How many answers are still to be lost.
    #[must_use]
    pub fn left(&self) -> usize {
        self.harm
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .times
    }
}

/// Takes note if a request is one whose answer is to be lost.
fn is_chosen(harm: &Mutex<Harm>, bytes: &[u8]) -> bool {
    let mut harm = harm.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(text) = &harm.lose_reply_to else {
        return false;
    };
    let found = String::from_utf8_lossy(bytes).contains(text.as_str()) && harm.times > 0;
    if found {
        harm.times -= 1;
    }
    found
}

async fn pass(
    mut client: TcpStream,
    mut server: TcpStream,
    harm: &Mutex<Harm>,
) -> std::io::Result<()> {
    let (mut up, mut down) = (vec![0; 64 << 10], vec![0; 64 << 10]);
    let (mut passed, mut lost) = (0, false);
    loop {
        let now = harm.lock().unwrap_or_else(PoisonError::into_inner).clone();
        tokio::select! {
            read = client.read(&mut up) => {
                let n = read?;
                if n == 0 {
                    return Ok(());
                }
                lost |= is_chosen(harm, &up[..n]);
                server.write_all(&up[..n]).await?;
            }
            read = server.read(&mut down) => {
                let n = read?;
                if n == 0 || lost {
                    return Ok(());
                }
                tokio::time::sleep(now.delay).await;
                let room = now.cut_after.map_or(n, |cut| n.min(cut.saturating_sub(passed)));
                passed += room;
                for piece in down[..room].chunks(now.throttle.unwrap_or(room).max(1)) {
                    client.write_all(piece).await?;
                    if now.throttle.is_some() {
                        tokio::time::sleep(Duration::from_millis(10)).await;
                    }
                }
                if room < n {
                    return Ok(());
                }
            }
        }
    }
}
