/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One table of settings per program: parsed, range-checked, printed by --help and as an example file. Sources, the later
 * wins: default, file (--config FILE, lines `name = value`, # comments, `include = FILE`), environment BASSIN_<NAME>,
 * flag --name VALUE (with dashes). --check tells what is wrong and exits 2, or 0.
 *
 * One file serves a whole pool. What stands before its first `[section]` is for every service; a section is for the service
 * of that name (learner_intake, or learner_intake_north by --log-id) and wins. A name that the program does not know is refused
 * with its line, but not in a section of another service, nor in an included file outside sections, which may hold several
 * programs' settings (--check names them). A section that is no service's is refused. Without --config the file is
 * $home/etc/SECTION.conf, else $home/etc/bassin.conf, where there is one.
 *
 * Secrets are shown as `***`. A TEXT that begins with `$home/` lies in the folder that the setting `home` names. --example
 * prints a file with all defaults, --manual a page for man(1), --completion a line for bash. People are spoken to in the
 * language of their environment: every help text of a table, and what the program is for, is translated in
 * shared/service/po/fr.po.
 */
#ifndef SERVICE_SETTINGS_H
#define SERVICE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/compiler.h"

enum setting_kind { SETTING_KIND_TEXT, SETTING_KIND_INT, SETTING_KIND_CHOICE, SETTING_KIND_SECRET };

struct setting {
	const char *name;           /* smtp_wait_ms; NULL ends the table */
	enum setting_kind kind;
	const char *fallback;       /* NULL: required */
	int64_t min, max;           /* INT: value; TEXT: bytes */
	const char *choices;        /* CHOICE: "hold|allowlist|send" */
	const char *help;
	const char *example;        /* what the example file sets it to; NULL: a comment with the default */
};

#define SETTING_REQUIRED NULL
/* Marks what the program is for, to be translated with the settings. */
#define SETTINGS_ABOUT(text_) (text_)
#define SETTING_TEXT(name_, fallback_, help_)            { #name_, SETTING_KIND_TEXT, fallback_, 0, 4096, NULL, help_, NULL }
#define SETTING_SECRET(name_, fallback_, help_)          { #name_, SETTING_KIND_SECRET, fallback_, 0, 4096, NULL, help_, NULL }
#define SETTING_INT(name_, fallback_, min_, max_, help_) { #name_, SETTING_KIND_INT, fallback_, min_, max_, NULL, help_, NULL }
#define SETTING_CHOICE(name_, fallback_, choices_, help_) { #name_, SETTING_KIND_CHOICE, fallback_, 0, 0, choices_, help_, NULL }
#define SETTING_END                                      { NULL, SETTING_KIND_TEXT, NULL, 0, 0, NULL, NULL, NULL }

struct settings;

/* A name that the table does not have is a bug. Text is never NULL and lives as long as the settings. */
const char *settings_text(const struct settings *s, const char *name);
int64_t     settings_int(const struct settings *s, const char *name);

enum settings_result {
	SETTINGS_OK,
	SETTINGS_DONE,      /* --help and the like: exit with 0 */
	SETTINGS_WRONG,     /* exit 2 */
	SETTINGS_SCHEMA,    /* --schema: the caller knows, and prints it */
};
/* Reads all sources for the tables (NULL-terminated list of tables; of several, the last one is what every service knows, and
 * stands before the sections of an example). Prints what --help and errors have to say. */
enum settings_result settings_read(const char *program, const char *about, const struct setting *const *tables, int argc,
                                   char **argv, struct settings **out) MUST_CHECK;
/* What another program looks up of a service's settings: the file that this service reads in home, and its section; no flags,
 * no environment. Names that tables do not have are passed over. NULL after complaints on stderr, in the language in use. */
struct settings *settings_of_service(const char *program, const char *home, const char *log_id,
                                     const struct setting *const *tables) MUST_CHECK;
void settings_destroy(struct settings **self);

#endif
