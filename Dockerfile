# One image as service, gate and job: `docker run haldane` serves, `docker run haldane gate …` judges and exits.
# An exact version without a digest: only the registry tells the digest of an image, and it could not be asked where
# this was written; one from elsewhere would be a guess. `docker buildx imagetools inspect node:24.21.0-slim` prints it;
# then build with --build-arg NODE_IMAGE=node:24.21.0-slim@sha256:<digest>.
ARG NODE_IMAGE=node:24.21.0-slim
FROM ${NODE_IMAGE} AS build
WORKDIR /haldane
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

# What npm publishes. A release hands in the package that it has built: --build-context package=<folder>.
FROM scratch AS package
COPY --from=build /haldane/dist /

FROM ${NODE_IMAGE}
ENV NODE_ENV=production HALDANE_HOST=0.0.0.0 HALDANE_DATA_DIR=/data NODE_COMPILE_CACHE=/opt/haldane-compiled
COPY --from=package / /opt/haldane
RUN ln -s /opt/haldane/bin/haldane.cjs /usr/local/bin/haldane \
  && mkdir /data "$NODE_COMPILE_CACHE" \
  && chown 1000:1000 /data "$NODE_COMPILE_CACHE"
# The user node, as a number: Kubernetes sees that it is not root.
USER 1000:1000
# Judges two canaries with the service: an image that cannot is not built, and what was compiled for it is kept.
RUN HALDANE_DATA_DIR=/tmp/demo haldane demo && rm -r /tmp/demo
VOLUME /data
EXPOSE 8090
HEALTHCHECK --interval=10s --timeout=3s CMD ["haldane", "health"]
ENTRYPOINT ["haldane"]
CMD ["serve"]
