//! What shells complete.

use std::collections::BTreeSet;
use std::process::Command;

use crate::support::Home;

#[test]
fn every_shell_gets_a_script_that_knows_every_command_and_option() {
    let home = Home::new();
    let help = |arguments: &[&str]| home.run(&[arguments, &["--help"]].concat()).stdout;
    let all = help(&[]);
    let (_, commands) = all.split_once("Commands:\n").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    let commands: Vec<&str> = commands
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.contains(&"check-config"), "{all}");
    let described = commands.iter().filter(|command| **command != "help");
    let options: BTreeSet<String> = described.flat_map(|it| options(&help(&[it]))).collect();
    assert!(options.contains("without-secrets"), "{options:?}");

    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = home.run(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        for command in &commands {
            assert!(ran.stdout.contains(command), "{shell}: {command}");
        }
        for option in &options {
            let written = match shell {
                "fish" => format!(" -l {option} "),
                _ => format!("--{option}"),
            };
            assert!(ran.stdout.contains(&written), "{shell}: {written}");
        }
    }
    let ran = home.run(&["completions", "tcsh"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("powershell"), "{}", ran.stderr);
}

/// The long options that a help text describes, without their dashes.
fn options(help: &str) -> Vec<String> {
    let lines = help.lines().map(str::trim_start);
    let described = lines.filter(|line| line.starts_with('-'));
    described
        .filter_map(|line| line.split_once("--"))
        .map(|(_, rest)| rest.split([' ', ',']).next().unwrap_or_default().into())
        .collect()
}

#[test]
fn bash_completes_a_command_with_it() {
    let home = Home::new();
    let script = home.write("tidegate.bash", home.run(&["completions", "bash"]).stdout);
    let complete = r#"source "$1"; COMP_WORDS=(tidegate check-c); COMP_CWORD=1
                      _tidegate tidegate check-c tidegate; echo "${COMPREPLY[*]}""#;
    let bash = Command::new("bash")
        .args(["-c", complete, "bash"])
        .arg(script)
        .output();
    let Ok(bash) = bash else {
        eprintln!("skipped: this machine has no bash");
        return;
    };
    assert_eq!(
        String::from_utf8_lossy(&bash.stdout),
        "check-config\n",
        "{bash:?}"
    );
}
