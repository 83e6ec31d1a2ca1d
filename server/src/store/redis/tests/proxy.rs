//! A wire to Redis that can lose answers, and hold requests back.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

/// What a wire does with what passes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    Passes,
    /// Requests pass; their answers do not, and the connection is cut.
    LosesAnswers,
    /// Requests that hold this text lie on the wire until [`Proxy::deliver`], also when their sender has gone.
    Holds(&'static str),
}

/// See the module. Ends with the program.
pub(super) struct Proxy {
    pub(super) port: u16,
    state: Arc<State>,
}

struct State {
    /// How the wire is, and whether what it held is to be delivered.
    wire: Mutex<(Wire, bool)>,
    delivered: Condvar,
}

impl Proxy {
    /// A wire to the Redis at a port of this machine.
    pub(super) fn to(redis: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State { wire: Mutex::new((Wire::Passes, false)), delivered: Condvar::new() });
        let of = state.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                let server = TcpStream::connect(("127.0.0.1", redis)).unwrap();
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let state = of.clone();
                std::thread::spawn(move || copy(from, to, |request| state.request_passes(request)));
                let state = of.clone();
                std::thread::spawn(move || {
                    copy(server, client, |_| state.wire.lock().unwrap().0 != Wire::LosesAnswers);
                });
            }
        });
        Self { port, state }
    }

    pub(super) fn set(&self, wire: Wire) {
        self.state.wire.lock().unwrap().0 = wire;
    }

    /// Lets go of what was held back.
    pub(super) fn deliver(&self) {
        self.state.wire.lock().unwrap().1 = true;
        self.state.delivered.notify_all();
    }
}

impl State {
    fn request_passes(&self, request: &[u8]) -> bool {
        let wire = self.wire.lock().unwrap();
        if let Wire::Holds(text) = wire.0
            && String::from_utf8_lossy(request).contains(text)
        {
            drop(self.delivered.wait_while(wire, |(_, delivered)| !*delivered).unwrap());
        }
        true
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream, passes: impl Fn(&[u8]) -> bool) {
    let mut bytes = vec![0; 65_536];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        if !passes(&bytes[..count]) || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
