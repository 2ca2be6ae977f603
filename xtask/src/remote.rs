//! `cargo xtask test --remote`: tests remote stores against servers of other projects, as far as they are installed.
//! This file starts and stops the servers; the tests are in `tests/remote`.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::process::{answers, cargo, run as run_command};
use crate::report::{Outcome, Result, Skip};
use crate::workspace::Workspace;

/// A server that the tests can use.
struct Server {
    program: &'static str,
    /// The argument to ask whether it is installed.
    asked: &'static str,
    /// The environment variable that tells the tests where it listens.
    variable: &'static str,
    how: &'static str,
    /// Its arguments for a port and a directory of its own.
    args: fn(u16, &Path) -> Result<Vec<String>>,
}

const SERVERS: &[Server] = &[
    Server {
        program: "moto_server",
        asked: "--help",
        variable: "ZARR_TEST_MOTO",
        how: "pip install 'moto[server]'",
        args: |port, _| Ok(words(&["-H", "127.0.0.1", "-p", &port.to_string()])),
    },
    Server {
        program: "azurite-blob",
        asked: "--version",
        variable: "ZARR_TEST_AZURITE",
        how: "npm install --global azurite",
        args: |port, home| {
            let (port, home) = (port.to_string(), home.to_string_lossy());
            Ok(words(&[
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                &port,
                "--location",
                &home,
                "--silent",
                "--skipApiVersionCheck",
            ]))
        },
    },
    Server {
        program: "nginx",
        asked: "-v",
        variable: "ZARR_TEST_NGINX",
        how: "apt-get install nginx-light",
        args: nginx,
    },
];

fn words(args: &[&str]) -> Vec<String> {
    args.iter().map(|arg| (*arg).to_owned()).collect()
}

/// Serves a directory with one value on a port.
fn nginx(port: u16, home: &Path) -> Result<Vec<String>> {
    let text = format!(
        "daemon off; pid {0}/pid; error_log {0}/log; events {{}}\n\
         http {{ access_log off; server {{ listen 127.0.0.1:{port}; root {0}; }} }}\n",
        home.display()
    );
    let file = home.join("nginx.conf");
    let write = |path: &Path, text: &str| {
        fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    write(&file, &text)?;
    write(&home.join("value"), "one value of some bytes")?;
    Ok(words(&["-c", &file.to_string_lossy()]))
}

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    let mut tests = cargo(
        workspace,
        &[
            "test",
            "--package",
            "zarr-remote-tests",
            "--",
            "--nocapture",
        ],
    );
    tests.env("ZARR_REMOTE", "full");
    let (mut running, mut skipped) = (Vec::new(), 0);
    for server in SERVERS {
        if !answers(Command::new(server.program).arg(server.asked)) {
            skipped += 1;
            let skip = Skip {
                what: server.program,
                why: "it is not installed".to_owned(),
                how: server.how.to_owned(),
            };
            println!("{skip}");
            continue;
        }
        let started = start(workspace, server)?;
        tests.env(server.variable, &started.address);
        running.push(started);
    }
    let result = run_command(&mut tests);
    println!("remote: {} servers used, {skipped} skipped", running.len());
    result.map(|()| Outcome::Done)
}

/// A server, which is stopped when this is dropped.
struct Running {
    child: Child,
    address: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have stopped by itself.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

fn start(workspace: &Workspace, server: &Server) -> Result<Running> {
    let problem = |error| format!("{}: {error}", server.program);
    let home = workspace.target().join("remote").join(server.program);
    fs::create_dir_all(&home).map_err(problem)?;
    let port = free_port().map_err(problem)?;
    let child = Command::new(server.program)
        .args((server.args)(port, &home)?)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(problem)?;
    let address = format!("127.0.0.1:{port}");
    println!("$ {} on {address}", server.program);
    let running = Running { child, address };
    let begin = Instant::now();
    while TcpStream::connect(&running.address).is_err() {
        if begin.elapsed() > Duration::from_secs(30) {
            return Err(format!("{} does not listen after 30 s", server.program));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(running)
}

/// A port that is free at this moment.
fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
