# One image for every process of OBB; the command says which one it is:
#   node apps/api/dist/main.js · apps/fetcher/dist/main.js (docker-compose.yml says with what) · apps/proxy/dist/main.js · apps/stack/dist/migrate.js

FROM node:20-slim AS base
ENV CI=true TURBO_TELEMETRY_DISABLED=1 DO_NOT_TRACK=1
RUN npm install --global pnpm@10.34.8
WORKDIR /obb

# The dependencies depend on the lock file alone, and so does this layer.
FROM base AS packages
COPY pnpm-lock.yaml pnpm-workspace.yaml ./
RUN pnpm fetch

FROM packages AS build
COPY . .
RUN pnpm install --frozen-lockfile --offline && pnpm exec turbo run build

# The same workspace without sources and without what only a build, a test or the embedded database needs.
FROM packages AS production
COPY --from=build /obb/package.json ./
COPY --from=build /obb/apps ./apps
COPY --from=build /obb/packages ./packages
RUN find . -name node_modules -prune -exec rm -rf {} + \
  && rm -rf apps/*/src packages/*/src \
  && pnpm install --frozen-lockfile --offline --prod --no-optional --ignore-scripts \
    --filter '@obb/api...' --filter '@obb/fetcher...' --filter '@obb/proxy...' --filter '@obb/stack...'

FROM node:20-slim
ENV NODE_ENV=production OBB_HOME=/data HOST=0.0.0.0
WORKDIR /obb
RUN mkdir /data && chown node:node /data
COPY --from=production /obb ./
USER node
VOLUME /data
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
CMD ["node", "apps/api/dist/main.js"]
