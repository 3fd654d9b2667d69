//! What shells complete.

use std::process::Command;

use crate::support::Home;

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = Home::new().run(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{shell}");
        assert!(ran.stdout.contains("check-config"), "{shell}");
    }
    let ran = Home::new().run(&["completions", "tcsh"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("powershell"), "{}", ran.stderr);
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
