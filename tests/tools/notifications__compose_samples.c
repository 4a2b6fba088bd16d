/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Composes sample mails into the folder given as argument, for a parser that we did not write: KIND-LANGUAGE.eml for
 * each kind and language, and attack-FIELD-N.eml for each text of the corpus in each field where it was not refused.
 */
#include "unit/notifications/mail_samples.h"

#include <stdio.h>

static const char *const kinds[] = {
#define KIND_AS_TEXT(kind, text) text,
	MAIL_KINDS(KIND_AS_TEXT)
#undef KIND_AS_TEXT
};
static const char *const languages[] = { "unknown", "fr", "en" };
enum { KINDS = MAIL_KIND_COUNT, LANGUAGES = 3 };

static void die(const char *what, const char *detail)
{
	fprintf(stderr, "%s: %s\n", what, detail);
	exit(1);
}

static void write_file(const char *folder, const char *name, const struct mail_message *m)
{
	char path[4096];
	FILE *f;

	if (snprintf(path, sizeof path, "%s/%s.eml", folder, name) >= (int)sizeof path)
		die("path too long", folder);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(m->bytes, 1, m->len, f) != m->len || fclose(f) != 0)
		die("cannot write", path);
}

static void compose_plain(const char *folder, int kind, int language)
{
	struct mail_message m;
	struct compose_flaw flaw;
	struct sample s;
	char name[128];

	sample_make((enum mail_kind)kind, (enum mail_language)language, &s);
	if (mail_compose(&s.facts, &m, &flaw) != COMPOSE_OK)
		die(flaw.field, flaw.why);
	snprintf(name, sizeof name, "%s-%s", kinds[kind], languages[language]);
	write_file(folder, name, &m);
	mail_message_clear(&m);
}

static void compose_attack(const char *folder, int kind, size_t field, size_t attack)
{
	struct sample_field fields[SAMPLE_FIELDS_MAX];
	struct mail_message m;
	struct compose_flaw flaw;
	struct sample s;
	char name[128];

	sample_make((enum mail_kind)kind, MAIL_LANGUAGE_UNKNOWN, &s);
	sample_fields(&s, fields);
	*fields[field].text = sample_attacks[attack];
	if (mail_compose(&s.facts, &m, &flaw) != COMPOSE_OK)
		return;
	snprintf(name, sizeof name, "attack-%d-%s-%zu", kind, fields[field].name, attack);
	write_file(folder, name, &m);
	mail_message_clear(&m);
}

int main(int argc, char **argv)
{
	struct sample_field fields[SAMPLE_FIELDS_MAX];
	struct sample s;
	size_t field_count;

	if (argc != 2)
		die("usage", "compose_samples FOLDER");
	sample_make(MAIL_CANDIDATES, MAIL_FRENCH, &s);
	field_count = sample_fields(&s, fields);
	compose_open();
	for (int k = 0; k < KINDS; k++) {
		for (int l = 0; l < LANGUAGES; l++)
			compose_plain(argv[1], k, l);
		for (size_t f = 0; f < field_count; f++) {
			for (size_t a = 0; a < SAMPLE_ATTACKS; a++)
				compose_attack(argv[1], k, f, a);
		}
	}
	compose_close();
	return 0;
}
