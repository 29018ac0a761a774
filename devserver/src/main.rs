//! The command line of the local backend.

mod banner;
mod cli;

use std::io::Read;
use std::process::ExitCode;

use clap::Parser;
use threadpass_devserver::{Running, Server, log};
use tokio::sync::oneshot;

use cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    log::to_stderr();
    let running = match start(&cli).await {
        Ok(running) => running,
        Err(message) => {
            #[expect(clippy::print_stderr, reason = "the one sentence a person has to read")]
            {
                eprintln!("threadpass-devserver: {message}");
            }
            return ExitCode::FAILURE;
        }
    };
    if cli.json {
        banner::json(&running)
    } else {
        banner::text(&running)
    }
    asked_to_end(cli.exit_with_stdin()).await;
    running.shutdown().await;
    ExitCode::SUCCESS
}

async fn start(cli: &Cli) -> Result<Running, String> {
    let config = cli.config().map_err(|error| error.to_string())?;
    Server::start(config).await.map_err(|error| error.to_string())
}

/// Waits for Ctrl-C, a request to terminate, or the end of standard input where that counts.
async fn asked_to_end(with_stdin: bool) {
    let (ended, stdin_ended) = oneshot::channel();
    if with_stdin {
        // A thread of its own: a read that never returns must not keep the runtime from ending.
        std::thread::spawn(move || {
            let mut buffer = [0; 1024];
            while matches!(std::io::stdin().read(&mut buffer), Ok(1..)) {}
            let _ = ended.send(());
        });
    }
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
        Ok(()) = stdin_ended => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            terminate.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
