//! The fixtures of `echo` through `echo-py`: the contract means the same in another language.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use tidegate_tests::said::{aloud, assert_some_ran};

use crate::fixtures::{first_line, folder, of};
use crate::{crowd, machine};

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_in_python_passes_the_fixtures_of_echo() {
    let path = match component() {
        Ok(path) => path,
        Err(reason) if std::env::var("CI").is_ok_and(|ci| ci == "true") => panic!("{reason}"),
        Err(reason) => return aloud(&format!("skipped: echo-py, {reason}")),
    };
    let component = machine::load("echo-py", std::fs::read(path).unwrap()).await;
    let cases = of("echo").into_iter().map(|case| {
        let component = component.clone();
        let name = case.name.replace("echo/", "echo-py/");
        let case = tidegate_tests::fixture::Case { name, ..case };
        (case.name.clone(), async move { case.run(component).await })
    });
    let report = crowd::run(cases).await;
    aloud(&format!("fixtures of echo-py: {}", first_line(&report)));
    assert_some_ran("fixtures of echo-py", &report);
    report.assert_none_failed();
}

/// The component: the one in `TIDEGATE_ECHO_PY`, or one built from the sources.
fn component() -> Result<PathBuf, String> {
    if let Some(path) = std::env::var_os("TIDEGATE_ECHO_PY") {
        return Ok(path.into());
    }
    let folder = folder("echo-py");
    let build = folder.join("build.py");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("echo-py");
    let output = target.join("echo-py.wasm");
    let sources = [
        "src",
        "build.py",
        "requirements.txt",
        "../../wit/provider.wit",
    ];
    let changed = sources
        .iter()
        .map(|source| newest(&folder.join(source)))
        .max();
    if Some(newest(&output)) > changed {
        return Ok(output);
    }
    std::fs::create_dir_all(&target).map_err(|error| error.to_string())?;
    let built = Command::new("python3")
        .arg(build)
        .args([&output, &target.join("build")])
        .output()
        .map_err(|error| format!("`python3` does not run: {error}"))?;
    match built.status.success() {
        true => Ok(output),
        false => Err(format!(
            "`guests/echo-py/build.py` fails: {}",
            String::from_utf8_lossy(&built.stderr).trim()
        )),
    }
}

/// When a file, or anything in a folder, was last changed. Nothing at all is older than everything.
fn newest(path: &Path) -> SystemTime {
    let Ok(entries) = std::fs::read_dir(path) else {
        let modified = std::fs::metadata(path).and_then(|it| it.modified());
        return modified.unwrap_or(SystemTime::UNIX_EPOCH);
    };
    let paths = entries.flatten().map(|entry| entry.path());
    // Python leaves its compiled files beside the sources whenever it reads them.
    let times = paths
        .filter(|path| !path.ends_with("__pycache__"))
        .map(|path| newest(&path));
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}
