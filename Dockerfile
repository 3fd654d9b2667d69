# Tidegate in a container: the program, the C library that it is linked to, and nothing else; no shell, no
# package manager. Certificates of the usual authorities are compiled in (runtime/host/src/egress/tls.rs).
#
#   docker build --tag tidegate .
#
# README.md says how to run it. There is no HEALTHCHECK: nothing in the image could ask, and what runs many
# containers asks by itself; `GET /readyz` on port 8080 is what to ask.

# The compiler that rust-toolchain.toml names; that file decides if they ever differ. Whoever publishes
# images pins the digest as well.
FROM rust:1.95.0-slim-bookworm AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /tidegate
# The target that guests are compiled for comes with it.
COPY rust-toolchain.toml ./
RUN rustup toolchain install
COPY . .
# Caches outlive a build and are in no layer: what is wanted is copied out in the same step. That is the
# program, and the libraries that it names, to the places where it looks for them.
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/tidegate/target,sharing=locked \
    cargo build --locked --profile dist --package tidegate-cli \
    && install -D --strip target/dist/tidegate /image/usr/bin/tidegate \
    && ldd target/dist/tidegate | grep --only-matching '/[^ ]*' \
        | xargs cp --dereference --parents --target-directory /image \
    && install -D --mode 0644 LICENSE /image/usr/share/doc/tidegate/LICENSE \
    && mkdir --parents /cache/tidegate

FROM scratch
COPY --from=build /image/ /
# Compiled code is kept in /var/cache/tidegate/components. It is executed, so the folder must be the user's.
COPY --from=build --chown=65532:65532 /cache/ /var/cache/
ENV XDG_CACHE_HOME=/var/cache
# Where commands look for `tidegate.toml`, and what its paths are relative to.
WORKDIR /etc/tidegate
# A number, so that an orchestrator can see that it is not root.
USER 65532:65532
EXPOSE 8080
# Lets calls under way end, for as long as `gateway.drain` says.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/tidegate"]
# Whoever runs the container maps the port, so the one inside is always the same. Beyond loopback `serve`
# wants keys in the configuration, and says so if there are none.
CMD ["serve", "--config", "/etc/tidegate/tidegate.toml", "--listen", "0.0.0.0:8080"]
