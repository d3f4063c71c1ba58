# One image for every process of OBB and for its command line; the command says which one it is (compose.yml):
#   node apps/api/dist/main.js · apps/fetcher/dist/main.js · apps/proxy/dist/main.js · apps/stack/dist/migrate.js · obb
# For linux/amd64 and linux/arm64. Nothing in it is tied to an architecture, so it is built on the builder's own.

# Node.js 24.21.0 on Debian 12; an index of both architectures.
ARG NODE_IMAGE=node:24-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6

FROM --platform=$BUILDPLATFORM ${NODE_IMAGE} AS base
ENV CI=true TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
# By its hash, which the lock file has.
COPY scripts/runtimes/pnpm /opt/pnpm
RUN cd /opt/pnpm && npm ci --ignore-scripts --no-audit --no-fund && ln -s /opt/pnpm/node_modules/.bin/pnpm /usr/local/bin/pnpm
WORKDIR /obb

# The dependencies depend on the lock file and its patches alone, and so does this layer.
FROM base AS packages
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
COPY patches ./patches
RUN pnpm fetch

FROM packages AS build
COPY . .
RUN pnpm install --frozen-lockfile --offline && pnpm exec turbo run build

# The same workspace without sources and without what only a build, a test or the embedded database needs.
FROM packages AS production
COPY --from=build /obb/package.json /obb/obb ./
COPY --from=build /obb/scripts/runtime.mjs /obb/scripts/healthy.mjs ./scripts/
COPY --from=build /obb/apps ./apps
COPY --from=build /obb/packages ./packages
RUN find . -name node_modules -prune -exec rm -rf {} + \
  && rm -rf apps/*/src packages/*/src apps/portal/paraglide apps/portal/messages \
  && pnpm install --frozen-lockfile --offline --prod --no-optional --ignore-scripts \
    --filter '@obb/api...' --filter '@obb/fetcher...' --filter '@obb/proxy...' --filter '@obb/stack...' \
    --filter '@obb/cli...'

FROM ${NODE_IMAGE}
ENV NODE_ENV=production OBB_HOME=/data HOST=0.0.0.0 HOME=/tmp
WORKDIR /obb
# Repairs files from Usenet that lack articles.
RUN apt-get update && apt-get install -y --no-install-recommends par2 && rm -rf /var/lib/apt/lists/*
# A volume that is made at one of them takes over its mode, so that any --user may write there.
RUN mkdir /data /backups && chmod 1777 /data /backups && ln -s /obb/obb /usr/local/bin/obb
COPY --from=production /obb ./
USER node
VOLUME /data
EXPOSE 8080 8081 8082 8083
STOPSIGNAL SIGTERM
CMD ["node", "apps/api/dist/main.js"]
