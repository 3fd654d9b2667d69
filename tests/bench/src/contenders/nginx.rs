//! nginx as a reverse proxy, where it is installed: what passing bytes on costs, without a look at them.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Result, bail};

use super::Process;

/// A running nginx, or none.
pub fn start(upstream: SocketAddr, folder: &Path) -> Result<Option<Process>> {
    let asked = Command::new("nginx")
        .arg("-v")
        .stderr(Stdio::null())
        .status();
    if !asked.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let folder = folder.join("nginx");
    fs::create_dir(&folder)?;
    // nginx cannot say which port it was given.
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let file = folder.join("nginx.conf");
    fs::write(&file, configuration(upstream, address, &folder))?;
    let arguments = ["-c", &file.to_string_lossy(), "-e", "stderr"];
    let process = Process::start(Path::new("nginx"), &arguments, &[], |_| {
        for _ in 0..500 {
            if TcpStream::connect(address).is_ok() {
                return Ok((address, None));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        bail!("it does not listen on {address}")
    })?;
    Ok(Some(process))
}

fn configuration(upstream: SocketAddr, address: SocketAddr, folder: &Path) -> String {
    let folder = folder.display();
    format!(
        "daemon off; master_process off; pid {folder}/pid;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  upstream mock {{ server {upstream}; keepalive 512; keepalive_requests 1000000000; }}
  server {{
    listen {address} backlog=1024;
    location / {{
      proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header connection \"\"; proxy_buffering off;
    }}
  }}
}}
"
    )
}
