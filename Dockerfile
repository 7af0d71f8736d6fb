# syntax=docker/dockerfile:1
# One image for every role: `server start` by default, `worker start` in the target of that name. Nothing is run in the
# platform of the image, only copied, so that buildx makes amd64 and arm64 on one machine without emulation:
#   docker buildx build --platform linux/amd64,linux/arm64 --target server -t noetl .

FROM --platform=$BUILDPLATFORM node:24.11.1-bookworm-slim AS build
ARG TARGETARCH
ARG TINI_VERSION=0.19.0-1
# For `noetl --version --json`: the history is not part of the build.
ARG COMMIT=""
ENV NOETL_BUILD_CACHE=/cache
WORKDIR /src
RUN dpkg --add-architecture "${TARGETARCH}" \
 && apt-get update \
 && cd /tmp && apt-get download "tini:${TARGETARCH}=${TINI_VERSION}*" \
 && dpkg-deb --extract tini_*.deb /tini \
 && rm -rf /var/lib/apt/lists/* /tmp/tini_*.deb
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
# The binary asks for nothing but glibc. Its Bun is kept between builds.
RUN --mount=type=cache,target=/cache \
    PLATFORM="linux-$([ "${TARGETARCH}" = amd64 ] && echo x64 || echo "${TARGETARCH}")" \
 && GITHUB_SHA="${COMMIT}" npm run binary -- "${PLATFORM}" \
 && install -D "dist/binary/${PLATFORM}/noetl" /out/usr/local/bin/noetl \
 && install -D /tini/usr/bin/tini-static /out/usr/local/bin/tini \
 && ln -s noetl /out/usr/local/bin/ntl \
 && install -d -m 0750 /out/var/lib/noetl

# Python is part of the base: steps of kind python need an interpreter, steps of kind shell its bash.
FROM python:3.13.9-slim-bookworm AS server
LABEL org.opencontainers.image.source="https://github.com/noetl/noetl" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.description="NoETL server and worker"
COPY --from=build /out/usr/local/bin/ /usr/local/bin/
COPY --from=build --chown=10001:10001 --chmod=0750 /out/var/lib/noetl /var/lib/noetl
ENV NOETL_HOME=/var/lib/noetl HOME=/var/lib/noetl PYTHONDONTWRITEBYTECODE=1
WORKDIR /var/lib/noetl
USER 10001:10001
EXPOSE 8082
VOLUME ["/var/lib/noetl"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["python3", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8082/api/health', timeout=2)"]
# tini is the first process: it ends what orphaned steps leave behind.
ENTRYPOINT ["/usr/local/bin/tini", "--", "/usr/local/bin/noetl"]
CMD ["server", "start", "--foreground", "--host", "0.0.0.0", "--port", "8082"]

FROM server AS worker
EXPOSE 9090
HEALTHCHECK NONE
CMD ["worker", "start", "--foreground"]

# What `docker build .` gives.
FROM server
