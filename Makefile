.PHONY: test check bench build dist fuzz picture

# How long each fuzz target runs.
FUZZTIME ?= 60s

# The tests alone.
test:
	go test ./...

# All that must hold before a change goes in.
check:
	.ci/run

# The whole job on a simulated tenant, against what users' scripts send; see
# docs/performance.md: make bench PEOPLE=5000
# Some benchmarks only: make bench BENCH='Night|SmallFile|Memory'
PEOPLE ?= 300
BENCH ?= .
bench:
	ENLIST_BENCH_PEOPLE=$(PEOPLE) go test -run '^$$' -bench '$(BENCH)' -benchtime 1x -timeout 3h ./cmd/enlist

# One static file in dist.
build:
	.ci/build-static dist "$$(git describe --tags --always --dirty)"

# Archives for all platforms in dist, with checksums and bills of materials.
dist:
	.ci/dist dist "$$(git describe --tags --always --dirty)" $(PLATFORMS)

# The recorded terminal of README.md.
picture:
	.ci/picture/run

# Every fuzz target, one after the other: make fuzz FUZZTIME=10m
fuzz:
	@grep -rl --include='*_test.go' '^func Fuzz' pkg | sort | while read -r file; do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file"); do \
			echo "== $$target in $$file"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "./$$(dirname "$$file")" || exit 1; \
		done; \
	done
