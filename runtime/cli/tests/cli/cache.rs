//! Compiled code is kept where nobody else can put any.

use std::os::unix::fs::PermissionsExt as _;

use crate::support::Home;

#[test]
fn compiled_code_is_kept_in_a_folder_of_the_users_alone() {
    let home = Home::new();
    let cache = home.path().join("cache");
    let home = home.variable("XDG_CACHE_HOME", cache.to_str().unwrap());
    home.run(&["--no-cache", "chat", "echo/echo-1", "hi"])
        .prints("hi\n");
    assert!(!cache.exists());

    home.run(&["chat", "echo/echo-1", "hi"]).prints("hi\n");
    let folder = cache.join("tidegate").join("components");
    let mode = std::fs::metadata(&folder).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    let again = home.run(&["inspect", "echo", "--json"]).json();
    assert_eq!(again["from-cache"], true);
}
