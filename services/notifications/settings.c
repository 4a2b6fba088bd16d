/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of notifications, and what must stand together before a mail may leave the house. */
#include "notifications.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/log.h"

#define MINUTE_MS 60000
#define MINUTES_OF_HOUR 60
#define CONNECT_MAX_MS 30000
#define TOTAL_FACTOR 10 /* a whole dialogue against one silence */

/* clang-format off */
const struct setting notifications_settings[] = {
	SETTING_CHOICE(mail_mode, "hold", "hold|allowlist|send",
	               "hold: compose and keep; allowlist: write to those on the list, suppress the others; send: write to all"),
	SETTING_TEXT(allowlist, "", "addresses and @domains, separated by blanks or commas"),
	SETTING_TEXT(sender_name_fr, "", "who writes, in French; this and the next four are required unless mail_mode is hold"),
	SETTING_TEXT(sender_name_en, "", "who writes, in English"),
	SETTING_TEXT(sender_address, "", "email address that mails come from"),
	SETTING_TEXT(sender_postal_address, "", "postal address of who writes, named in each mail"),
	SETTING_TEXT(sender_phone, "", "telephone of who writes, named in each mail"),
	SETTING_TEXT(unsubscribe_to, "", "address for who wants no more mail; empty: the coordinator of the college concerned"),
	SETTING_TEXT(message_id_domain, "", "after the @ of Message-IDs; empty: that of sender_address"),
	SETTING_TEXT(smtp_url, "", "mail relay: smtp://host[:port] or smtps://host[:port]"),
	SETTING_CHOICE(smtp_tls, "none", "none|starttls|tls", "tls: from the first byte, as with smtps://"),
	SETTING_TEXT(smtp_user, "", "empty: no authentication; needs TLS"),
	SETTING_SECRET(smtp_password, "", "of smtp_user"),
	SETTING_TEXT(smtp_ca_file, "", "PEM file of authorities for TLS; empty: the system's"),
	SETTING_INT(smtp_connections, "4", 1, CONNECTIONS_MAX, "connections to the relay, each used for many mails"),
	SETTING_INT(smtp_wait_ms, "60000", 100, 600000, "longest silence of the relay, ms"),
	SETTING_TEXT(bounce_maildir, "", "Maildir where delivery reports (RFC 3464) to bounce_address arrive; empty: none are read"),
	SETTING_TEXT(bounce_address, "", "envelope sender, to which reports go; empty: sender_address"),
	SETTING_INT(bounce_check_ms, "60000", 10, 3600000, "how often new reports are looked for, ms"),
	SETTING_INT(retry_unit_ms, "60000", 1, MINUTE_MS, "a minute of the schedule 5, 15, 30, 60 ... minutes; shorter in a demo, ms"),
	SETTING_INT(postings_wait_ms, "600000", 0, 7 * DAY_MS, "wait after an employer's last new posting for more of them, ms"),
	SETTING_INT(postings_longest_ms, "3600000", 0, 7 * DAY_MS, "longest wait after the first one, ms"),
	SETTING_INT(candidates_wait_ms, "60000", 0, 7 * DAY_MS, "wait before employers are told of a published round, ms"),
	SETTING_INT(summary_wait_ms, "600000", 0, 7 * DAY_MS, "wait before coordinators are told of it, ms"),
	SETTING_INT(freed_wait_ms, "60000", 0, 7 * DAY_MS, "wait before employers are told that somebody has given up a place, ms"),
	SETTING_CHOICE(employer_frequency, "daily", "now|daily|weekly|never",
	               "how often an employer's contact is written to who has asked for nothing: what is not urgent comes in one message"),
	SETTING_CHOICE(coordinator_frequency, "daily", "now|daily|weekly|never", "the same for a college's coordinator"),
	SETTING_TEXT(mail_zone, "America/Toronto", "time zone of the pool's hours, days and months"),
	SETTING_INT(mail_from_hour, "8", 0, 23, "mail that is not urgent goes from this hour of the day on"),
	SETTING_INT(mail_until_hour, "18", 1, 24, "and until this hour begins"),
	SETTING_CHOICE(mail_weekends, "no", "no|yes", "whether it goes on Saturdays and Sundays too"),
	SETTING_CHOICE(mail_holidays, "no", "no|yes", "whether it goes on Québec's public holidays too"),
	SETTING_INT(requests_small, "2", 1, 1000,
	            "messages a month that may ask a firm of fewer than 10 people for something, or one whose size is not known"),
	SETTING_INT(requests_medium, "6", 1, 1000, "the same for a firm of 10 to 49"),
	SETTING_INT(requests_large, "8", 1, 1000, "the same for a larger firm"),
	SETTING_INT(stale_days, "14", 1, 365, "what is older is suppressed and not sent for the first time, days"),
	SETTING_INT(keep_days, "90", 1, 3650, "messages and addresses of mails that have ended are kept so long, days"),
	SETTING_INT(contact_keep_days, "400", 1, 3650, "contacts of firms that nothing has needed for so long are deleted, days"),
	SETTING_INT(tasks_wait_ms, "5000", 10, 3600000, "wait after a change before tasks are looked at, ms"),
	SETTING_END
};
/* clang-format on */

static bool
is_given(const struct settings *s, const char *name)
{
	return settings_text(s, name)[0] != '\0';
}

/* An address that is given must be one. */
static int
addresses_check(const struct settings *s)
{
	static const char *const names[] = { "sender_address", "unsubscribe_to", "bounce_address" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		const char *address = settings_text(s, names[i]);
		if (address[0] != '\0' && !address_is_sound(address)) {
			log_error("setting=%s wrong=address", names[i]);
			return -1;
		}
	}
	return 0;
}

/* Whoever writes must say who she is (S.C. 2010, c. 23, s. 6(2)). */
static int
sender_check(const struct settings *s, struct post_settings *out)
{
	static const char *const required[] = {
		"sender_name_fr", "sender_name_en", "sender_address", "sender_postal_address", "sender_phone",
	};

	out->sender_is_complete = true;
	for (size_t i = 0; i < COUNT_OF(required); i++) {
		if (is_given(s, required[i]))
			continue;
		out->sender_is_complete = false;
		if (out->mode != MODE_HOLD) {
			log_error("setting=%s missing=1 required unless mail_mode=hold", required[i]);
			return -1;
		}
	}
	if (out->mode != MODE_HOLD && !is_given(s, "smtp_url")) {
		log_error("setting=smtp_url missing=1 required unless mail_mode=hold");
		return -1;
	}
	return addresses_check(s);
}

static int
domain_read(const struct settings *s, struct post_settings *out)
{
	const char *domain = settings_text(s, "message_id_domain"),
		   *at = strchr(settings_text(s, "sender_address"), '@');

	if (domain[0] == '\0')
		domain = at == NULL ? "" : at + 1;
	size_t size = strlen(domain);
	if (size > 0 && (size > sizeof out->message_id_domain - 1 || !address_domain_is_sound(domain, size))) {
		log_error("setting=message_id_domain wrong=domain");
		return -1;
	}
	(void)snprintf(out->message_id_domain, sizeof out->message_id_domain, "%s", domain);
	return 0;
}

static enum mail_mode
mode_of(const char *text)
{
	return strcmp(text, "send") == 0 ? MODE_SEND : strcmp(text, "allowlist") == 0 ? MODE_ALLOWLIST : MODE_HOLD;
}

static void
times_read(const struct settings *s, struct post_settings *out)
{
	int64_t postings = settings_int(s, "postings_wait_ms"), longest = settings_int(s, "postings_longest_ms");

	out->waits[MAIL_POSTINGS_RECEIVED] = (struct waits){ postings, longest > postings ? longest : postings };
	out->waits[MAIL_CANDIDATES].wait_ms = settings_int(s, "candidates_wait_ms");
	out->waits[MAIL_ROUND_SUMMARY].wait_ms = settings_int(s, "summary_wait_ms");
	out->waits[MAIL_PLACE_FREED].wait_ms = out->waits[MAIL_PLACE_FREED].longest_ms = settings_int(s, "freed_wait_ms");
	out->waits[MAIL_CANDIDATES].longest_ms = out->waits[MAIL_CANDIDATES].wait_ms;
	out->waits[MAIL_ROUND_SUMMARY].longest_ms = out->waits[MAIL_ROUND_SUMMARY].wait_ms;
	out->retry_unit_ms = settings_int(s, "retry_unit_ms");
	out->stale_ms = settings_int(s, "stale_days") * DAY_MS;
	out->keep_ms = settings_int(s, "keep_days") * DAY_MS;
	out->contact_keep_ms = settings_int(s, "contact_keep_days") * DAY_MS;
}

static enum frequency
frequency_of(const struct settings *s, const char *name)
{
	enum frequency f;

	BUG_IF(!frequency_from_text(settings_text(s, name), &f));
	return f;
}

static int
timing_read(const struct settings *s, struct post_settings *out)
{
	int opens = (int)settings_int(s, "mail_from_hour"), closes = (int)settings_int(s, "mail_until_hour");

	if (opens >= closes) {
		log_error("setting=mail_until_hour wrong=\"not after mail_from_hour\"");
		return -1;
	}
	out->zone = zone_open(settings_text(s, "mail_zone"));
	if (out->zone == NULL) {
		log_error("setting=mail_zone wrong=\"no such time zone\"");
		return -1;
	}
	out->timing = (struct timing){ .zone = out->zone,
		                       .opens = opens * MINUTES_OF_HOUR,
		                       .closes = closes * MINUTES_OF_HOUR,
		                       .weekends = strcmp(settings_text(s, "mail_weekends"), "yes") == 0,
		                       .holidays = strcmp(settings_text(s, "mail_holidays"), "yes") == 0,
		                       .caps = { settings_int(s, "requests_small"), settings_int(s, "requests_medium"),
		                                 settings_int(s, "requests_large") },
		                       .employers = frequency_of(s, "employer_frequency"),
		                       .coordinators = frequency_of(s, "coordinator_frequency") };
	return 0;
}

int
post_settings_read(const struct settings *s, struct post_settings *out)
{
	*out = (struct post_settings){ .mode = mode_of(settings_text(s, "mail_mode")),
		                       .allowlist = settings_text(s, "allowlist") };
	out->sender =
	    (struct mail_sender){ .name = { settings_text(s, "sender_name_fr"), settings_text(s, "sender_name_en") },
		                  .email = settings_text(s, "sender_address"),
		                  .postal_address = settings_text(s, "sender_postal_address"),
		                  .phone = settings_text(s, "sender_phone"),
		                  .stop_email = settings_text(s, "unsubscribe_to") };
	out->connections = (unsigned)settings_int(s, "smtp_connections");
	out->bounce_maildir = settings_text(s, "bounce_maildir");
	out->bounce_address = settings_text(s, "bounce_address");
	out->bounce_check_ms = settings_int(s, "bounce_check_ms");
	times_read(s, out);
	if (timing_read(s, out) != 0 || sender_check(s, out) != 0)
		return -1;
	return domain_read(s, out);
}

static const char *
text_or_null(const struct settings *s, const char *name)
{
	return is_given(s, name) ? settings_text(s, name) : NULL;
}

struct worker_settings
post_worker_settings(const struct settings *s, const struct post_settings *post)
{
	long wait_ms = (long)settings_int(s, "smtp_wait_ms");
	struct worker_settings w = { .from = post->bounce_address[0] != '\0' ? post->bounce_address : post->sender.email };

	w.delivery = (struct delivery_conf){ .url = settings_text(s, "smtp_url"),
		                             .user = text_or_null(s, "smtp_user"),
		                             .password = text_or_null(s, "smtp_password"),
		                             .ca_file = text_or_null(s, "smtp_ca_file"),
		                             .helo_name = post->message_id_domain,
		                             .parallel = post->connections,
		                             .paced = true,
		                             .connect_ms = wait_ms < CONNECT_MAX_MS ? wait_ms : CONNECT_MAX_MS,
		                             .reply_ms = wait_ms,
		                             .total_ms = TOTAL_FACTOR * wait_ms };
	if (strcmp(settings_text(s, "smtp_tls"), "starttls") == 0)
		w.delivery.tls = DELIVERY_TLS_STARTTLS;
	return w;
}
