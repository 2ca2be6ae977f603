//! Runs the models in some thousands of orders; `cargo xtask test --models` in more.

use std::process::Command;

#[test]
fn models_hold_in_every_order_that_is_tried() -> std::io::Result<()> {
    let out = Command::new(env!("CARGO_BIN_EXE_models")).output()?;
    print!("{}", String::from_utf8_lossy(&out.stdout));
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    assert_eq!(out.stdout.split(|&byte| byte == b'\n').count(), 6);
    Ok(())
}
