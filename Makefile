.PHONY: test check build

# The tests alone.
test:
	go test ./...

# All that must hold before a change goes in.
check:
	.ci/run

# One static file in dist.
build:
	.ci/build-static dist "$$(git describe --tags --always --dirty)"
