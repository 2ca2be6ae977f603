//! `zarr completions`.

use super::Home;

#[test]
fn scripts_for_shells() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = home.print(&format!("completions {shell}"));
        assert!(script.contains("doctor"), "{shell}");
    }
}
