//! The exit codes are documented where people look, and in the same words.

use crate::support::Home;

#[test]
fn the_readme_lists_the_exit_codes_of_the_help() {
    let help = Home::new().run(&["--help"]).stdout;
    let codes = help.split_once("Exit codes:\n").unwrap().1;
    let codes = codes.split_once("\n\n").unwrap().0;
    let readme = include_str!("../../README.md");
    for line in codes.lines() {
        let (code, meaning) = line.trim().split_once(' ').unwrap();
        let row = format!("| {code} | {} |", meaning.trim());
        assert!(readme.contains(&row), "`README.md` has no row `{row}`");
    }
}

#[test]
fn the_version_is_that_of_the_package_and_names_the_contracts() {
    let short = concat!("tidegate ", env!("CARGO_PKG_VERSION"), "\n");
    Home::new().run(&["-V"]).prints(short);
    let contracts = "contracts: llm:provider@0.1.0\n";
    Home::new()
        .run(&["--version"])
        .prints(&format!("{short}{contracts}"));
}

#[test]
fn a_filter_that_is_none_is_an_error() {
    let ran = Home::new().run(&["--log", "[[[", "providers"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .starts_with("error: `--log` is `[[[`, which is no filter"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_readme_has_every_command() {
    let help = Home::new().run(&["--help"]).stdout;
    let commands = help.split_once("Commands:\n").unwrap().1;
    let commands = commands.split_once("\n\n").unwrap().0;
    let readme = include_str!("../../README.md");
    for line in commands.lines() {
        let command = line.split_whitespace().next().unwrap();
        let row = format!("| `tidegate {command}");
        assert!(
            command == "help" || readme.contains(&row),
            "`README.md` has no row `{row}`"
        );
    }
}
