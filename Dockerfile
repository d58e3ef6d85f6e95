# Haldane needs no build step: the image is Node, the dependencies and the sources.
# An exact version; to pin what it holds, build with --build-arg NODE_IMAGE=node:24.21.0-slim@sha256:<digest>.
ARG NODE_IMAGE=node:24.21.0-slim
FROM ${NODE_IMAGE}
# It listens on every interface, so it starts with HALDANE_ADMIN_TOKEN, another authentication, or
# HALDANE_AUTH_MODE=open: docs/operations/authentication.md.
ENV NODE_ENV=production HALDANE_HOST=0.0.0.0 HALDANE_DATA_DIR=/data
WORKDIR /app
COPY package.json package-lock.json haldane.example.yml ./
RUN npm ci --omit=dev
COPY src src
COPY judges judges
COPY gates gates
COPY providers providers
COPY openapi openapi
RUN mkdir /data && chown node:node /data
VOLUME /data
USER node
EXPOSE 8090
HEALTHCHECK --interval=10s --timeout=3s CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.HALDANE_PORT || 8090) + '/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
