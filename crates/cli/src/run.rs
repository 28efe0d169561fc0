//! Where a command runs: on the server that owns the data directory, or on a node opened here.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use kizuna_app::{AppError, Config, Node};

use crate::args::{Args, Audit, AuditCommand, Command, Place, VerifyCommand};
use crate::command;
use crate::control;
use crate::desk::Desk;
use crate::fail::{DONE, FAILED, Fail, USAGE};
use crate::progress::Bar;

/// How long a command waits for another one that has the data directory open.
const PATIENCE: Duration = Duration::from_secs(15);

/// Runs what was typed, and gives the exit code.
pub fn run(args: Args) -> u8 {
    let place = args.place();
    match args.command {
        Command::Serve(serve) => at_terminal(args.json, |desk| command::serve::run(&place, &serve, desk)),
        Command::Settings(file) => at_terminal(args.json, |desk| command::settings::run(&file, desk)),
        Command::Restore(file) => {
            at_terminal(args.json, |desk| command::backup::restore(&place, &file, desk))
        }
        Command::TaxiiCheck(check) => at_terminal(args.json, |desk| command::taxii_check::run(&check, desk)),
        Command::Hunt(hunt) => at_terminal(args.json, |desk| crate::hunt::run(&hunt, desk)),
        Command::Sightings(command) => at_terminal(args.json, |desk| crate::sightings::run(&command, desk)),
        Command::Bench(bench) => at_terminal(args.json, |desk| command::bench::run(&place, &bench, desk)),
        Command::Audit(Audit { command: Some(AuditCommand::Check { from }), .. }) => {
            at_terminal(args.json, |desk| command::audit::check(&from, desk))
        }
        Command::Verify(command) if !matches!(command, VerifyCommand::Store) => {
            at_terminal(args.json, |desk| command::verify::run(&command, desk))
        }
        Command::Demo(demo) => at_terminal(args.json, |desk| command::demo::run(&demo, desk)),
        _ => reach_node(args),
    }
}

/// Asks the running server; without one, opens the data directory.
fn reach_node(args: Args) -> u8 {
    let request = match request() {
        Ok(request) => request,
        Err(fail) => return at_terminal(args.json, |_| Err(fail)),
    };
    let (begun, place) = (Instant::now(), args.place());
    loop {
        if let Some(answer) = control::forward(&place.data, &request) {
            return answer.unwrap_or_else(|error| broken(&error));
        }
        match open(&place) {
            Ok(node) => {
                return at_terminal(args.json, |desk| command::run(&node, args.command, desk));
            }
            Err(error) if is_locked(&error) && begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(error) => return at_terminal(args.json, |_| Err(error.into())),
        }
    }
}

/// Runs a command on an open node, with its failure said on the desk.
pub fn on_node(node: &Node, command: Command, desk: &mut Desk<'_>) -> u8 {
    let done = command::run(node, command, desk);
    concluded(done, desk)
}

fn open(place: &Place) -> Result<Node, AppError> {
    Node::open(Config { database: place.database.clone(), ..Config::new(&place.data) })
}

/// Whether it is another process that is in the way, which may end: what else keeps a node from opening stays.
fn is_locked(error: &AppError) -> bool {
    matches!(error, AppError::Unavailable(why) if why.ends_with("another process owns this data directory"))
}

fn request() -> Result<control::Request, Fail> {
    let arguments: Option<Vec<String>> =
        std::env::args_os().map(|argument| argument.into_string().ok()).collect();
    let arguments = arguments.ok_or_else(|| Fail::usage("an argument is not UTF-8"))?;
    Ok(control::Request { arguments, place: std::env::current_dir()? })
}

fn broken(error: &io::Error) -> u8 {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return DONE;
    }
    // Nowhere is left to say that this cannot be said.
    let _ = writeln!(io::stderr(), "kizuna: {error}");
    FAILED
}

fn at_terminal(json: bool, work: impl FnOnce(&mut Desk<'_>) -> Result<(), Fail>) -> u8 {
    let bar = Bar::default();
    let progress = |name: &str, done: usize, total: usize| bar.show(name, done, total);
    let mut out = io::BufWriter::new(io::stdout());
    let mut desk = Desk {
        place: std::env::current_dir().unwrap_or_default(),
        input: &mut io::stdin(),
        out: &mut out,
        err: &mut io::stderr(),
        progress: &progress,
        json,
    };
    let done = work(&mut desk);
    concluded(done, &mut desk)
}

/// Says why a command failed, and gives the exit code. A reader that closed the pipe has what it wanted.
fn concluded(done: Result<(), Fail>, desk: &mut Desk<'_>) -> u8 {
    let done = done.and_then(|()| desk.out.flush().map_err(Fail::from));
    let Err(fail) = done else { return DONE };
    let code = fail.code();
    let said = match &fail {
        Fail::Said | Fail::Ended(_) => return code,
        Fail::Work(error) if is_broken_pipe(error) => return DONE,
        Fail::Usage(text) => format!("kizuna: {text}"),
        Fail::Work(error) => format!("kizuna: {error:#}"),
    };
    // What was printed before the failure comes first.
    let _ = desk.out.flush();
    let _ = desk.say(said);
    if code == USAGE {
        let _ = desk.say("        (kizuna help COMMAND explains)");
    }
    code
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
