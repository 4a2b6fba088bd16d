# SPDX-License-Identifier: Apache-2.0
# Every everyday action is a target; `make help` lists them.
#   SAN=address,undefined | SAN=thread   on any target: builds into a folder of its own with that sanitizer
#   CRASH=1                              builds into a folder of its own with the named crash points of reliability.md

SHELL      := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:

comma := ,
SAN   ?=
CRASH ?=
B     := build$(if $(SAN),/$(subst $(comma),-,$(SAN)))$(if $(CRASH),/test)
BIN   := $(B)/bin
# Where `make install` puts things: GNU's names and conventions, each of which may be set, DESTDIR before all of them. The
# programs look for their catalogues at $(bindir)/../share/locale. Settings and what a pool writes are a machine's own, so
# they stay in /etc and /var whatever the prefix.
PREFIX         ?= /usr/local
prefix         := $(PREFIX)
exec_prefix    := $(prefix)
bindir         := $(exec_prefix)/bin
datarootdir    := $(prefix)/share
datadir        := $(datarootdir)
mandir         := $(datarootdir)/man
docdir         := $(datarootdir)/doc/bassin
localedir      := $(datarootdir)/locale
sysconfdir     := /etc
localstatedir  := /var
completionsdir := $(datadir)/bash-completion/completions
INSTALL         = install
INSTALL_PROGRAM = $(INSTALL) -m 755
INSTALL_DATA    = $(INSTALL) -m 644
BASSIN_HOME ?= $(CURDIR)/var
export BASSIN_HOME
# Each build folder gets a make of its own, since B is fixed when make starts.
SUBMAKE = $(MAKE) --no-print-directory -j$(shell nproc)

CC  := gcc
CXX := g++
PACKAGES := libczmq libzmq libprotobuf-c libpq libcurl gmime-3.0 libical jansson libsodium icu-uc icu-i18n smartcols
# Asked once, and only by rules that compile: `make help` and `make setup` must work on a bare machine.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $(shell pkg-config --libs $(PACKAGES)))$(PKG_LIBS)

OPT      := $(if $(SAN),-O1,-O2)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
HARDEN   := -fstack-protector-strong $(if $(SAN),,-D_FORTIFY_SOURCE=2)
WARN     := -Wall -Wextra -Wshadow -Wvla -Wformat=2 -Werror
DEFS     := $(if $(SAN)$(CRASH),-DBASSIN_CRASH_POINTS)
CPPFLAGS  = -D_GNU_SOURCE $(DEFS) -Ishared -I$(B)/gen $(PKG_CFLAGS)
CFLAGS   := -std=c17 -pedantic $(WARN) -Wstrict-prototypes -Wmissing-prototypes $(OPT) -g $(HARDEN) $(SANFLAGS)
CXXFLAGS := -std=c++17 $(WARN) $(OPT) -g $(HARDEN) $(SANFLAGS)
LDFLAGS  := $(SANFLAGS) -Wl,--as-needed
LIBS      = $(PKG_LIBS) -lcsv -lpthread -lm

# ---- what there is -------------------------------------------------------------------------------------------------
PROTOS   := $(wildcard proto/bassin/v1/*.proto)
PROTO_C  := $(PROTOS:proto/%.proto=$(B)/gen/%.pb-c.c)
PROTO_H  := $(PROTO_C:.c=.h)
SERVICES := employer_intake learner_intake matching notifications cli
BUILT    := $(foreach s,$(SERVICES),$(if $(wildcard services/$(s)/main.c),$(s)))
program   = $(BIN)/$(if $(filter cli,$1),bassin,bassin-$(subst _,-,$1))
# Beside what a service's main.c gives: services/<name>/programs/<program>.c, linked with that service's library.
PROGRAM_SRC := $(wildcard services/*/programs/*.c)
small_program = $(BIN)/bassin-$(subst _,-,$(basename $(notdir $1)))
PROGRAMS := $(foreach s,$(BUILT),$(call program,$(s))) $(foreach p,$(PROGRAM_SRC),$(call small_program,$(p)))

SQL_COMPONENTS := core $(foreach s,$(SERVICES),$(if $(wildcard services/$(s)/sql),$(s)))
sql_dir   = $(if $(filter core,$1),shared/bus,services/$1)
SQL_GEN  := $(SQL_COMPONENTS:%=$(B)/gen/%/sql.c)
TEMPLATES := $(wildcard services/notifications/templates/*)
TEMPLATE_GEN := $(if $(TEMPLATES),$(B)/gen/notifications/templates.c)
GEN_H    := $(PROTO_H) $(SQL_GEN:.c=.h) $(TEMPLATE_GEN:.c=.h)

obj       = $(patsubst %.cc,$(B)/obj/%.o,$(patsubst %.c,$(B)/obj/%.o,$1))
gen_obj   = $(patsubst $(B)/gen/%.c,$(B)/obj/gen/%.o,$1)
SHARED_SRC := $(wildcard shared/*/*.c)
LIBBASSIN  := $(B)/lib/libbassin.a
service_src = $(filter-out %/main.c services/$1/programs/%,$(wildcard services/$1/*.c services/$1/*.cc services/$1/*/*.c))
service_gen = $(filter $(B)/gen/$1/%,$(SQL_GEN) $(TEMPLATE_GEN))

UNIT_SRC  := $(wildcard tests/unit/*/test_*.c)
UNIT_BIN  := $(UNIT_SRC:tests/unit/%.c=$(B)/tests/%)
TOOL_SRC  := $(wildcard tests/tools/*.c)
TOOL_BIN  := $(TOOL_SRC:tests/tools/%.c=$(B)/tests/tools/%)
SIM_SRC   := $(wildcard tests/simulation/*.c)
SIM_BIN   := $(if $(SIM_SRC),$(B)/tests/simulate)
BENCH_SRC := $(wildcard tests/bench/*.c)
BENCH_BIN := $(BENCH_SRC:tests/bench/%.c=$(B)/tests/bench/%)
ENGINE_BENCH_SRC := $(wildcard tests/bench/engine/*.c)
ENGINE_BENCH := $(B)/tests/bench/engine/engine $(B)/tests/bench/engine/engine-lemon
LANGUAGES := $(wildcard shared/*/po/*.po services/*/po/*.po)
CATALOGS  := $(foreach p,$(LANGUAGES),$(B)/locale/$(basename $(notdir $p))/LC_MESSAGES/bassin-$(word 2,$(subst /, ,$p)).mo)

# ---- everyday targets ----------------------------------------------------------------------------------------------
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo '  SAN=address,undefined or SAN=thread on any of them: a build with that sanitizer, in a folder of its own'
	@echo '  BASSIN_HOME=DIR on any of them: where the pool lives (default var/); another folder is another pool'

setup: ## install what is missing to build, run and test (Debian 12)
	scripts/setup build run test

build: ## build every program into build/bin/
	@scripts/setup build
	@$(SUBMAKE) SAN='$(SAN)' CRASH='$(CRASH)' programs documents

demo: ## a whole pool with sample data: feeds three colleges, runs a round, sends the emails to a local inbox
	@scripts/setup build run
	@$(SUBMAKE) SAN='$(SAN)' programs
	@BASSIN_BIN=$(BIN) scripts/demo

run: ## an empty pool in the foreground; Ctrl-C stops it
	@scripts/setup build run
	@$(SUBMAKE) SAN='$(SAN)' programs
	@BASSIN_BIN=$(BIN) scripts/pool run

stop: ## stop the pool that `make demo` or `make run` started
	@BASSIN_BIN=$(BIN) scripts/pool stop

TEST_PARTS = programs documents unit-tests test-tools simulation properties fuzz-programs
SAN_LABEL = $(if $(findstring thread,$(SAN)),--full '[tsan]',$(if $(SAN),'[asan]'))
check: ## build and run the tests: unit, simulation, integration; plain and with ASan and UBSan
	@scripts/setup build run test
	@$(if $(SAN),$(SUBMAKE) SAN='$(SAN)' $(TEST_PARTS),$(SUBMAKE) $(TEST_PARTS))
	@$(SUBMAKE) SAN= CRASH=1 programs test-tools
	@$(if $(SAN),true,$(SUBMAKE) SAN=address,undefined $(TEST_PARTS))
	@tests/run --no-skips $(SAN_LABEL) $(CHECK_ARGS)

check-full: ## check, then ThreadSanitizer, valgrind, lint, and longer runs
	@scripts/setup build run test lint deb
	@$(SUBMAKE) $(TEST_PARTS)
	@$(SUBMAKE) CRASH=1 programs test-tools
	@$(SUBMAKE) SAN=address,undefined $(TEST_PARTS)
	@$(SUBMAKE) SAN=thread $(TEST_PARTS)
	@$(SUBMAKE) lint
	@tests/run --no-skips --full $(CHECK_ARGS)

LINT_SRC = $(SHARED_SRC) $(foreach s,$(SERVICES),$(filter %.c,$(wildcard services/$(s)/*.c services/$(s)/*/*.c)))
# cppcheck goes without the generated headers: it does not read protobuf-c's, takes their #error at its word, and skips
# the file.
lint: ## clang-tidy, cppcheck and shellcheck, all quiet
	@scripts/setup build lint
	@$(SUBMAKE) generated
	@cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 -j2 \
	  --suppress=missingIncludeSystem -Ishared $(addprefix -Iservices/,$(SERVICES)) $(LINT_SRC)
	@printf '%s\n' $(LINT_SRC) | xargs -P2 -n4 scripts/tidy $(B)
	@shellcheck -x $$(grep -lE -d skip '^#!.*\b(ba)?sh|shellcheck shell=' scripts/* scripts/lib/* .ci/run deploy/monitoring/* \
	  tests/unit/shared/*.sh)

format: ## format the C sources in place
	@scripts/setup lint
	clang-format -i $(LINT_SRC) $(wildcard shared/*/*.h services/*/*.h services/*/*/*.h) $(UNIT_SRC) $(SIM_SRC) $(TOOL_SRC) \
	  $(wildcard tests/properties/*.[ch] tests/fuzz/*.[ch])

bench: ## measure what the pool is held to (tests/bench/README.md); fails when a required ratio is missed
	@scripts/setup build run test bench
	@$(SUBMAKE) programs bench-programs
	@BASSIN_BIN=$(BIN) tests/bench/run

bench-engine: ## measure the matching engine against the machine and against LEMON; fails when a ratio is missed
	@scripts/setup build bench
	@$(SUBMAKE) programs engine-bench
	@BASSIN_BIN=$(BIN) tests/bench/engine/run $(BENCH_ARGS)

install: ## install programs, catalogues, man pages, completion and what deploy/ holds under PREFIX (default /usr/local)
	@$(MAKE) --no-print-directory build
	$(INSTALL) -d $(sort $(dir $(INSTALLED)))
	$(INSTALL_PROGRAM) $(PROGRAMS) $(DESTDIR)$(bindir)
	cd $(B)/locale && find . -name '*.mo' -exec $(INSTALL_DATA) {} $(abspath $(DESTDIR)$(localedir))/{} \;
	cd $(B)/man && find . -type f -exec $(INSTALL_DATA) {} $(abspath $(DESTDIR)$(mandir))/{} \;
	$(INSTALL_DATA) $(COMPLETIONS) $(DESTDIR)$(completionsdir)
	for f in $(notdir $(EXAMPLES)); do $(AT_PLACES) $(B)/examples/$$f >$(DESTDIR)$(docdir)/examples/$$f; done
	$(INSTALL_DATA) $(READMES) LICENSE $(DESTDIR)$(docdir)
	for f in $(DEPLOYED); do to=$(DESTDIR)$(datadir)/bassin/$$f; $(AT_PLACES) $$f >$$to; chmod --reference=$$f $$to; done

uninstall: ## take away what `make install` has put there; settings and pools stay
	rm -f $(INSTALLED)
	@for d in $(sort $(dir $(INSTALLED))); do while case $$d in */*assin*) true;; *) false;; esac; \
	  do rmdir $$d 2>/dev/null || break; d=$$(dirname $$d); done; done

DEB := $(B)/deb
deb: ## a Debian package of all of it: build/deb/bassin_VERSION_ARCH.deb
	@scripts/setup build deb
	rm -rf $(DEB)
	mkdir -p $(DEB)/source
	cp -a Makefile $(READMES) LICENSE proto services shared deploy scripts $(DEB)/source
	mv $(DEB)/source/deploy/debian $(DEB)/source/debian
	cd $(DEB)/source && env -u MAKEFLAGS -u MAKELEVEL dpkg-buildpackage --build=binary --no-sign >../build.log 2>&1 || \
	  { tail -n 40 ../build.log; exit 1; }
	@ls $(DEB)/bassin_*.deb

clean: ## remove what was built (a pool under var/ stays)
	rm -rf build

.PHONY: help setup build demo run stop check check-full lint format bench bench-engine install uninstall deb clean \
        programs documents generated unit-tests test-tools simulation bench-programs engine-bench

# ---- what is built -------------------------------------------------------------------------------------------------
programs: $(PROGRAMS) $(CATALOGS)
generated: $(GEN_H)
unit-tests: $(UNIT_BIN)
test-tools: $(TOOL_BIN)
simulation: $(SIM_BIN)
bench-programs: $(BENCH_BIN)
engine-bench: $(ENGINE_BENCH)

$(B)/gen/%.pb-c.c $(B)/gen/%.pb-c.h: proto/%.proto
	@mkdir -p $(B)/gen
	protoc-c --proto_path=proto --c_out=$(B)/gen $<
# A vocabulary imports another one: its header must be there first.
$(PROTO_H:.h=.c): $(PROTOS)

define sql_rule
$(B)/gen/$1/sql.c $(B)/gen/$1/sql.h &: scripts/embed-sql $(wildcard $(call sql_dir,$1)/sql/*.sql $(call sql_dir,$1)/schema/*.sql) $(wildcard $(call sql_dir,$1)/sql $(call sql_dir,$1)/schema)
	@mkdir -p $$(dir $$@)
	scripts/embed-sql $1 $(call sql_dir,$1) $(B)/gen/$1
endef
$(foreach c,$(SQL_COMPONENTS),$(eval $(call sql_rule,$(c))))

$(B)/gen/notifications/templates.c $(B)/gen/notifications/templates.h &: scripts/embed-text $(TEMPLATES)
	@mkdir -p $(dir $@)
	scripts/embed-text $(B)/gen/notifications/templates $(TEMPLATES)

$(B)/obj/gen/%.o: $(B)/gen/%.c | $(GEN_H)
	@mkdir -p $(dir $@)
	@echo "  CC  $<"
	@$(CC) $(CPPFLAGS) $(filter-out -pedantic,$(CFLAGS)) -Wno-missing-prototypes -MMD -MP -c $< -o $@
$(B)/obj/%.o: %.c | $(GEN_H)
	@mkdir -p $(dir $@)
	@echo "  CC  $<"
	@$(CC) $(CPPFLAGS) $(INC) $(CFLAGS) -MMD -MP -c $< -o $@
$(B)/obj/%.o: %.cc | $(GEN_H)
	@mkdir -p $(dir $@)
	@echo "  CXX $<"
	@$(CXX) $(CPPFLAGS) $(INC) $(CXXFLAGS) -MMD -MP -c $< -o $@

$(B)/obj/shared/service/%.o: INC := -DBASSIN_DOMAIN='"bassin-service"'
$(LIBBASSIN): $(call obj,$(SHARED_SRC)) $(call gen_obj,$(PROTO_C)) $(call gen_obj,$(B)/gen/core/sql.c)
	@mkdir -p $(dir $@)
	@rm -f $@ && ar rcs $@ $^

define service_rules
$(B)/lib/lib$1.a: $(call obj,$(call service_src,$1)) $(call gen_obj,$(call service_gen,$1))
	@mkdir -p $$(dir $$@)
	@rm -f $$@ && ar rcs $$@ $$^
$(B)/obj/services/$1/%.o: INC := -Iservices/$1 -DBASSIN_DOMAIN='"bassin-$1"'
$(call program,$1): $(B)/obj/services/$1/main.o $(B)/lib/lib$1.a $(LIBBASSIN)
	@mkdir -p $$(dir $$@)
	@echo "  LD  $$@"
	@$(CXX) $(LDFLAGS) $$^ $$(LIBS) -o $$@
$(B)/obj/tests/unit/$1/%.o: INC := -Iservices/$1 -Itests
$(filter $(B)/tests/$1/%,$(UNIT_BIN)): $(B)/tests/%: $(B)/obj/tests/unit/%.o $(B)/lib/lib$1.a $(LIBBASSIN)
	@mkdir -p $$(dir $$@)
	@echo "  LD  $$@"
	@$(CXX) $(LDFLAGS) $$^ -lcmocka $$(LIBS) -o $$@
endef
$(foreach s,$(SERVICES),$(eval $(call service_rules,$(s))))

define program_rule
$(call small_program,$1): $(call obj,$1) $(B)/lib/lib$(word 2,$(subst /, ,$1)).a $(LIBBASSIN)
	@mkdir -p $$(dir $$@)
	@echo "  LD  $$@"
	@$(CXX) $(LDFLAGS) $$^ $$(LIBS) -o $$@
endef
$(foreach p,$(PROGRAM_SRC),$(eval $(call program_rule,$(p))))

$(B)/obj/tests/unit/shared/%.o: INC := -Itests
$(filter $(B)/tests/shared/%,$(UNIT_BIN)): $(B)/tests/%: $(B)/obj/tests/unit/%.o $(LIBBASSIN)
	@mkdir -p $(dir $@)
	@echo "  LD  $@"
	@$(CXX) $(LDFLAGS) $^ -lcmocka $(LIBS) -o $@

# A test tool names the service that it uses by its own name: tests/tools/<service>__<tool>.c (none: shared alone).
tool_service = $(if $(findstring __,$(notdir $1)),$(firstword $(subst __, ,$(notdir $1))))
define tool_rule
$(B)/obj/$(1:.c=.o): INC := -Itests $(if $(call tool_service,$1),-Iservices/$(call tool_service,$1))
$(B)/tests/$(patsubst tests/%.c,%,$1): $(B)/obj/$(1:.c=.o) $(if $(call tool_service,$1),$(B)/lib/lib$(call tool_service,$1).a) $(LIBBASSIN)
	@mkdir -p $$(dir $$@)
	@echo "  LD  $$@"
	@$(CXX) $(LDFLAGS) $$^ $$(LIBS) -o $$@
endef
$(foreach t,$(TOOL_SRC) $(BENCH_SRC),$(eval $(call tool_rule,$(t))))

# RabbitMQ's client library is for this peer alone.
$(B)/tests/bench/rabbit: LIBS += -lrabbitmq

# LEMON is a peer to measure against, in C++ headers that only this program reads.
$(B)/obj/tests/bench/engine/%.o: INC := -Iservices/matching
$(B)/tests/bench/engine/engine: $(call obj,$(ENGINE_BENCH_SRC)) $(B)/lib/libmatching.a $(LIBBASSIN)
	@mkdir -p $(dir $@)
	@echo "  LD  $@"
	@$(CXX) $(LDFLAGS) $^ $(LIBS) -o $@
$(B)/tests/bench/engine/engine-lemon: $(call obj,tests/bench/engine/lemon.cc tests/bench/engine/made.c)
	@mkdir -p $(dir $@)
	@echo "  LD  $@"
	@$(CXX) $(LDFLAGS) $^ -lm -o $@

$(B)/obj/tests/simulation/%.o: INC := -Itests/simulation
$(SIM_BIN): $(call obj,$(SIM_SRC)) $(LIBBASSIN)
	@mkdir -p $(dir $@)
	@echo "  LD  $@"
	@$(CXX) $(LDFLAGS) $^ $(LIBS) -o $@

define catalog_rule
$(B)/locale/$(basename $(notdir $1))/LC_MESSAGES/bassin-$(word 2,$(subst /, ,$1)).mo: $1
	@mkdir -p $$(dir $$@)
	msgfmt --check --statistics -o $$@ $$< 2>/dev/null
endef
$(foreach p,$(LANGUAGES),$(eval $(call catalog_rule,$(p))))

# ---- pages for man(1), completion and example settings, made by the programs from their own tables ---------------------
SERVICE_PROGRAMS := $(foreach s,$(filter-out cli,$(BUILT)),$(notdir $(call program,$(s))))
USER_PROGRAMS := $(filter-out $(SERVICE_PROGRAMS),$(notdir $(PROGRAMS)))
pages_of = $(USER_PROGRAMS:%=$1/man1/%.1) $(SERVICE_PROGRAMS:%=$1/man8/%.8)
PAGES := $(call pages_of,$(B)/man) $(call pages_of,$(B)/man/fr)
COMPLETIONS := $(addprefix $(B)/completions/,$(notdir $(PROGRAMS)))
EXAMPLES := $(B)/examples/bassin.conf $(B)/examples/bassin.fr.conf
documents: $(PAGES) $(COMPLETIONS) $(EXAMPLES)
# $1: en or fr; $2: program; $3: what it is asked for
tell = BASSIN_LANG=$1 $(BIN)/$2 $3 >$@
$(PAGES) $(COMPLETIONS) $(EXAMPLES): $(PROGRAMS) $(CATALOGS)
$(B)/man/fr/%:
	@mkdir -p $(dir $@)
	@$(call tell,fr,$(basename $(notdir $@)),--manual)
$(B)/man/%:
	@mkdir -p $(dir $@)
	@$(call tell,en,$(basename $(notdir $@)),--manual)
$(B)/completions/%:
	@mkdir -p $(dir $@)
	@$(call tell,en,$*,--completion)
# One file for a whole pool: what is for every service, once, then the section of each.
sections = for p in $(SERVICE_PROGRAMS); do BASSIN_LANG=$1 $(BIN)/$$p --example | \
    if [ $$p = $(firstword $(SERVICE_PROGRAMS)) ]; then cat; else echo; sed -n '/^\[/,$$p'; fi; done >$@
$(B)/examples/bassin.fr.conf:
	@mkdir -p $(dir $@)
	@$(call sections,fr)
$(B)/examples/bassin.conf:
	@mkdir -p $(dir $@)
	@$(call sections,en)

DEPLOYED  := $(shell find deploy -path deploy/debian -prune -o -type f -print)
READMES   := README.md README.fr.md
INSTALLED := $(addprefix $(DESTDIR)$(bindir)/,$(notdir $(PROGRAMS))) $(CATALOGS:$(B)/locale/%=$(DESTDIR)$(localedir)/%) \
    $(PAGES:$(B)/man/%=$(DESTDIR)$(mandir)/%) $(COMPLETIONS:$(B)/completions/%=$(DESTDIR)$(completionsdir)/%) \
    $(EXAMPLES:$(B)/%=$(DESTDIR)$(docdir)/%) $(addprefix $(DESTDIR)$(docdir)/,$(READMES) LICENSE) \
    $(addprefix $(DESTDIR)$(datadir)/bassin/,$(DEPLOYED))
# What deploy/ says of places is said of those that were chosen.
AT_PLACES = sed -e 's,/usr/local/bin,$(bindir),g' -e 's,/usr/local/share/bassin,$(datadir)/bassin,g' \
    -e 's,/etc/bassin,$(sysconfdir)/bassin,g' -e 's,/var/lib/bassin,$(localstatedir)/lib/bassin,g'

# ---- properties and fuzzing: the solver against an exhaustive search, libFuzzer (clang) ------------------------------
# Each test_*.c of tests/properties is a program; the other files are what they share.
PROPERTY_SRC := $(wildcard tests/properties/*.c)
PROPERTY_BIN := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/properties/test_*.c))
properties: $(PROPERTY_BIN)
$(B)/obj/tests/properties/%.o: INC := -Itests -Itests/properties -Iservices/matching
$(PROPERTY_BIN): $(B)/tests/properties/%: $(B)/obj/tests/properties/%.o \
    $(call obj,$(filter-out tests/properties/test_%,$(PROPERTY_SRC))) $(B)/lib/libmatching.a $(LIBBASSIN)
	@mkdir -p $(dir $@)
	@echo "  LD  $@"
	@$(CXX) $(LDFLAGS) $^ $(LIBS) -o $@

# The fuzz targets bring their own sanitizers, whatever SAN says, and only what they need of the sources.
FUZZ      := build/fuzz
FUZZ_BIN  := $(patsubst tests/fuzz/%.c,$(FUZZ)/%,$(wildcard tests/fuzz/*.c))
FUZZ_SRC  := $(wildcard shared/base/*.c services/matching/instance*.c services/matching/json_*.c services/matching/names.c \
    services/matching/intern.c services/matching/outcome*.c services/matching/lottery.c services/matching/digest.c \
    services/matching/engine/*.c services/matching/verifier/*.c services/notifications/bounce.c)
FUZZ_FLAGS = -std=c17 -D_GNU_SOURCE -Ishared -Iservices/matching -Iservices/notifications $(PKG_CFLAGS) -O1 -g -fno-omit-frame-pointer \
    -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_SECONDS ?= 600
fuzz-programs: $(FUZZ_BIN)
fuzz: ## fuzz the readers and the solver for FUZZ_SECONDS each (600); what is found stays in build/fuzz/
	@scripts/setup build test
	@$(SUBMAKE) fuzz-programs
	@/usr/bin/python3 tests/fuzz/run.py --seconds $(FUZZ_SECONDS) $(FUZZ_BIN)
$(FUZZ)/obj/%.o: %.c
	@mkdir -p $(dir $@)
	@echo "  FUZZ $<"
	@clang $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c $< -o $@
$(FUZZ_BIN): $(FUZZ)/%: $(FUZZ)/obj/tests/fuzz/%.o $(FUZZ_SRC:%.c=$(FUZZ)/obj/%.o)
	@echo "  LD  $@"
	@clang $(FUZZ_FLAGS) -fsanitize=fuzzer $^ $(LIBS) -o $@
-include $(shell find $(FUZZ)/obj -name '*.d' 2>/dev/null)
.PHONY: properties fuzz-programs fuzz

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
