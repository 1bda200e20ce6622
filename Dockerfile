# Parley in a container:
#
#   docker build -t parley . && docker run -p 10000:10000 -v parley-data:/data parley
#
# or `docker compose up --build`.

# --- The build ---
FROM swift:6.3-bookworm AS build

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        pkg-config libuv1-dev libssl-dev libsodium-dev zlib1g-dev libsqlite3-dev libcurl4-openssl-dev \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /src
COPY Package.swift ./
COPY Sources ./Sources
# The package names the tests and examples, and is not read without them.
COPY Tests ./Tests
COPY Examples ./Examples
RUN swift build --configuration release --product parley --static-swift-stdlib -Xswiftc -cross-module-optimization \
    && install -D --strip .build/release/parley /out/parley

# --- What runs ---
FROM debian:12-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        ca-certificates libgcc-s1 libstdc++6 libuv1 libssl3 libsodium23 zlib1g libsqlite3-0 libcurl4 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10000 --user-group --home-dir /data --shell /usr/sbin/nologin parley \
    && install -d -o parley -g parley -m 0700 /data

WORKDIR /app
COPY --from=build /out/parley /usr/local/bin/parley
COPY Public ./Public

# Inside a container, loopback would reach nobody.
ENV PARLEY_HOST=0.0.0.0 \
    PARLEY_PORT=10000 \
    PARLEY_DATA=/data \
    PARLEY_PUBLIC=/app/Public

USER parley
VOLUME /data
EXPOSE 10000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=10s CMD ["parley", "health"]
ENTRYPOINT ["parley"]
CMD ["serve"]
