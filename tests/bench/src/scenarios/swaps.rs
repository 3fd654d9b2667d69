//! What callers notice while a provider is replaced again and again: how long the slowest of a hundred
//! answers take, with swaps and without.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::Stage;
use crate::answers::WHOLE;
use crate::contenders::ADMIN_KEY;
use crate::load::{Load, request};
use crate::machine::memory;
use crate::wire::Answers;

pub const NAME: &str = "swaps";
/// Between two swaps. A hundred times as often as anybody would.
const PAUSE: Duration = Duration::from_millis(20);
/// The provider that is swapped.
const PROVIDER: &str = "openai";

pub async fn run(stage: &Stage, folder: &Path, component: Option<&Path>) -> Result<()> {
    let versions = versions(folder, component)?;
    println!("\nswaps: {} of them, 64 connections asking", stage.swaps);
    for contender in &stage.contenders {
        let Some(admin) = contender
            .process
            .admin
            .filter(|_| contender.prefix == "openai/")
        else {
            continue;
        };
        let (id, address) = (contender.process.id(), contender.process.address);
        let whole = request(address, &format!("{}{WHOLE}", contender.prefix), false);
        let load = Load::new(stage.connections, Duration::ZERO, address, whole, 1);
        let mut operator = Answers::new(TcpStream::connect(admin).await?);
        // Both are compiled before it counts.
        for version in &versions {
            swap(&mut operator, admin, version).await?;
        }
        tokio::time::sleep(stage.warm).await;
        load.times();
        let before = memory(id)?.proportional;
        tokio::time::sleep(stage.measured * 4).await;
        let quiet = ninety_ninth(&load.times());
        let (began, mut swapping) = (Instant::now(), Duration::ZERO);
        for version in versions.iter().cycle().take(stage.swaps) {
            tokio::time::sleep(PAUSE).await;
            let began = Instant::now();
            swap(&mut operator, admin, version).await?;
            swapping += began.elapsed();
        }
        let taken = began.elapsed();
        let times = load.times();
        let swapped = ninety_ninth(&times);
        // Whoever was not answered as expected ends the benchmark here.
        load.end().await?;
        println!(
            "  {:<34} p99 {quiet:.0} µs without, {swapped:.0} µs with ({:.2} of it)",
            contender.name,
            swapped / quiet
        );
        println!(
            "  {:<34} {} answers, none failed, in {:.1} s; {:.1} ms a swap; {before:.1} MiB before, {:.1} after",
            "",
            times.len(),
            taken.as_secs_f64(),
            swapping.as_secs_f64() * 1e3 / stage.swaps as f64,
            memory(id)?.proportional
        );
    }
    Ok(())
}

/// Two components that do the same and are not the same.
fn versions(folder: &Path, component: Option<&Path>) -> Result<[PathBuf; 2]> {
    let bytes = match component {
        Some(path) => fs::read(path)?,
        None => tidegate_bundle::component(PROVIDER)
            .context("it is not bundled")?
            .to_vec(),
    };
    let paths = [folder.join("one.wasm"), folder.join("other.wasm")];
    fs::write(&paths[0], &bytes)?;
    // A custom section of no meaning: its id, its size, and its name with the size of that.
    fs::write(&paths[1], [&bytes[..], &[0, 6, 5], b"other"].concat())?;
    Ok(paths)
}

async fn swap(operator: &mut Answers, admin: SocketAddr, component: &Path) -> Result<()> {
    let body = serde_json::json!({ "path": component }).to_string();
    let request = format!(
        "PUT /admin/providers/{PROVIDER} HTTP/1.1\r\nhost: {admin}\r\nauthorization: Bearer {ADMIN_KEY}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    operator.socket.write_all(request.as_bytes()).await?;
    let head = operator.head().await?;
    let status = head.status;
    operator.body(head, b"", |_| ()).await?;
    ensure!(status == 200, "a swap was answered with status {status}");
    Ok(())
}

fn ninety_ninth(times: &[f64]) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = sorted.len() * 99 / 100;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}
