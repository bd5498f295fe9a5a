# An image with one static program: no shell, not root, nothing written outside
# of mounted folders, so it runs with a read-only root:
#
#   docker build --build-arg VERSION=1.0.0 -t enlist .
#   docker run --rm --read-only --user "$(id -u)" -v "$PWD:/data" enlist run --tenant sim partners.csv
#
# For other platforms Go compiles across, so that nothing is emulated:
#
#   docker buildx build --platform linux/amd64,linux/arm64 -t REGISTRY/enlist --push .

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=development
ARG TARGETOS
ARG TARGETARCH
RUN GOOS="$TARGETOS" GOARCH="$TARGETARCH" .ci/build-static /out "$VERSION"

FROM scratch
ARG VERSION=development
LABEL org.opencontainers.image.title="enlist" \
      org.opencontainers.image.description="Puts external people on Exchange Online distribution groups from a CSV file" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/enlist /enlist
USER 65532:65532
WORKDIR /data
# The record of runs goes to the mounted folder, too, unless --state says otherwise,
# and so does the copy of standard input, which has no name there.
ENV XDG_CONFIG_HOME=/data \
    TMPDIR=/data
ENTRYPOINT ["/enlist"]
