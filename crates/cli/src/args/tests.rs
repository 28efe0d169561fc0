use std::fmt::Write as _;

use clap::{CommandFactory, Parser};

use super::Args;

#[test]
fn the_definitions_are_sound() {
    Args::command().debug_assert();
}

#[test]
fn a_key_may_begin_with_a_hyphen() {
    let typed = "kizuna peer add http://h.example --name n --member M --user u --key -abc";
    assert!(Args::try_parse_from(typed.split(' ')).is_ok());
}

#[test]
fn help_says_what_each_command_does() {
    let mut command = Args::command().term_width(100);
    command.build();
    let mut text = String::new();
    collect(&mut command, &mut text);
    insta::assert_snapshot!(text);
}

fn collect(command: &mut clap::Command, text: &mut String) {
    let help = command.render_long_help();
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{help}\n────────");
    for inner in command.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
        collect(inner, text);
    }
}
