//! The way between Forewatch and a broker, for tests in which it is cut or stands still.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// How the way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Open,
    /// Nothing comes from the broker any more, which is not told.
    Held,
    /// What was connected is not any more, and nothing connects.
    Cut,
}

/// A running proxy. Ends with the test.
pub(crate) struct Proxy {
    port: u16,
    way: watch::Sender<Way>,
}

impl Proxy {
    /// Leads to this port.
    pub(crate) async fn to(broker: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (way, seen) = watch::channel(Way::Open);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                if *seen.borrow() != Way::Cut {
                    tokio::spawn(carry(socket, broker, seen.clone()));
                }
            }
        });
        Self { port, way }
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    pub(crate) fn set(&self, way: Way) {
        self.way.send_replace(way);
    }
}

async fn carry(socket: TcpStream, broker: u16, mut way: watch::Receiver<Way>) {
    let Ok(broker) = TcpStream::connect(("127.0.0.1", broker)).await else { return };
    let (mut from_here, mut to_here) = socket.into_split();
    let (mut from_broker, mut to_broker) = broker.into_split();
    let mut held = way.clone();
    let back = async {
        let mut bytes = vec![0; 64 * 1024];
        while held.wait_for(|way| *way != Way::Held).await.is_ok() {
            let Ok(count @ 1..) = from_broker.read(&mut bytes).await else { return };
            if to_here.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = back => {}
        _ = tokio::io::copy(&mut from_here, &mut to_broker) => {}
        _ = way.wait_for(|way| *way == Way::Cut) => {}
    }
}
