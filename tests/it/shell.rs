//! Help, completions and manual pages, which the program makes itself.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Output, Stdio};

use crate::processes::{Bounded, WATERFALL, program};

fn waterfall(arguments: &[&str]) -> Output {
    program(WATERFALL).args(arguments).run()
}

#[track_caller]
fn stdout(arguments: &[&str]) -> String {
    let output = waterfall(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that the help lists, except `help` itself.
fn commands() -> Vec<String> {
    let help = stdout(&["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = list.lines().filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next());
    let names: Vec<String> = names.filter(|&name| name != "help").map(str::to_owned).collect();
    assert!(names.len() >= 6, "{help}");
    names
}

/// The long options in a text.
fn options(text: &str) -> BTreeSet<&str> {
    (text.split(|c: char| !(c.is_ascii_alphabetic() || c == '-')))
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .collect()
}

#[test]
fn the_help_of_every_command_has_an_example_of_it() {
    assert!(stdout(&["--help"]).contains("\n  waterfall --directory records"));
    for command in commands() {
        let help = stdout(&[&command, "--help"]);
        let example = help.split("Example").nth(1).unwrap_or_else(|| panic!("{command}: {help}"));
        let is_shown = example.contains(&format!("waterfall {command} "))
            || command == "report" && example.contains("\n  waterfall ");
        assert!(is_shown, "{command}: {example}");
    }
}

#[test]
fn bash_completes_commands_and_options() {
    let script = stdout(&["completions", "bash"]);
    let complete = |words: &str| {
        let asked = format!(
            "{script}\nCOMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); COMPREPLY=()\n\
             _waterfall waterfall \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
        );
        let mut bash = program("bash").stdin(Stdio::piped()).start();
        bash.stdin.as_mut().unwrap().write_all(asked.as_bytes()).unwrap();
        String::from_utf8(bash.finish().stdout).unwrap()
    };
    assert_eq!(complete("waterfall summ"), "summarize\n");
    assert_eq!(complete("waterfall report --dir"), "--directory\n");
}

#[test]
fn every_shell_has_completions_of_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = stdout(&["completions", shell]);
        for command in commands() {
            assert!(script.contains(&command), "{shell}: {command}");
        }
    }
    assert_eq!(waterfall(&["completions", "csh"]).status.code(), Some(2));
}

#[test]
fn manual_pages_tell_what_the_help_tells() {
    for command in commands() {
        let page = stdout(&["man", &command]).replace(r"\-", "-").replace(r"\fB", " ");
        assert!(page.contains(&format!(".TH waterfall-{command} 1")), "{page}");
        let help = stdout(&[&command, "--help"]);
        let missing: Vec<_> = options(&help).difference(&options(&page)).copied().collect();
        assert!(missing.is_empty(), "{command}: {missing:?}");
        assert!(page.contains("Example"), "{command}");
    }
    let whole = stdout(&["man"]).replace(r"\-", "-");
    for command in commands() {
        assert!(whole.contains(&format!("waterfall-{command}(1)")), "{command}");
    }
}

#[test]
fn a_command_that_there_is_not_has_no_manual_page() {
    let output = waterfall(&["man", "sumarize"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("unknown command `sumarize`; did you mean `summarize`?"), "{told}");
}

#[test]
fn help_is_coloured_where_that_is_wanted_and_not_where_it_is_not() {
    let help = |variables: &[(&str, &str)]| {
        let mut command = program(WATERFALL);
        command.arg("--help").env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
        let output = command.envs(variables.iter().copied()).run();
        String::from_utf8(output.stdout).unwrap().contains('\u{1b}')
    };
    assert!(!help(&[]), "a pipe is no terminal");
    assert!(help(&[("CLICOLOR_FORCE", "1")]));
    assert!(!help(&[("NO_COLOR", "1")]));
}
