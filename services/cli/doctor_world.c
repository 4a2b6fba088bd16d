/* SPDX-License-Identifier: Apache-2.0 */
/* What `bassin doctor` says of the machine and what is around it: clock, disk, ports, the mail relay. */
#include <curl/curl.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/language.h"
#include "doctor.h"

#define DISK_FAIL_MIB 256
#define DISK_WARN_MIB 2048
#define PORT_WAIT_MS 2000
#define RELAY_WAIT_S 10L
#define ZMTP_FIRST 0xff /* a ZeroMQ peer speaks first: 0xff, eight bytes, 0x7f */
#define ZMTP_TENTH 0x7f

/* ---- clock and disk ---------------------------------------------------------------------------------------------- */
void
doctor_clock(struct doctor *d)
{
	struct timex t = { .modes = 0 };
	int state = adjtimex(&t);

	if (state == TIME_ERROR || (t.status & STA_UNSYNC) != 0)
		doctor_say(d, HEALTH_WARN, "clock", _("this machine's clock is not kept right by any server (NTP)"),
		           "timedatectl set-ntp true");
	else
		doctor_say(d, HEALTH_OK, "clock", _("this machine's clock is kept right"), "");
}

void
doctor_disk(struct doctor *d, const char *what, const char *path)
{
	struct statvfs disk;

	if (statvfs(path, &disk) != 0)
		return; /* another machine's, or not for our eyes */
	unsigned long long mib = (unsigned long long)disk.f_bavail * disk.f_frsize / MiB;
	enum health health = mib < DISK_FAIL_MIB ? HEALTH_FAIL : mib < DISK_WARN_MIB ? HEALTH_WARN : HEALTH_OK;
	doctor_say(d, health, "disk", doctor_text(d, _("%s (%s): %llu MiB free"), what, path, mib),
	           health == HEALTH_OK ? "" : doctor_text(d, _("make room: df -h %s; du -xsh %s/*"), path, path));
}

/* ---- ports ------------------------------------------------------------------------------------------------------- */
enum listener { LISTENER_NONE, LISTENER_BASSIN, LISTENER_OTHER };

/* Non-blocking, with an end to the waiting. */
static int
connect_within(const struct addrinfo *to, int wait_ms)
{
	int fd = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, to->ai_protocol), error = 0;
	socklen_t size = sizeof error;

	if (fd < 0)
		return -1;
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	if ((connect(fd, to->ai_addr, to->ai_addrlen) == 0 || errno == EINPROGRESS) && poll(&p, 1, wait_ms) == 1 &&
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0)
		return fd;
	(void)close(fd);
	return -1;
}

static enum listener
greeting_read(int fd)
{
	unsigned char bytes[10];
	size_t have = 0;

	while (have < sizeof bytes) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t got = poll(&p, 1, PORT_WAIT_MS) == 1 ? recv(fd, bytes + have, sizeof bytes - have, 0) : -1;
		if (got <= 0)
			return LISTENER_OTHER;
		have += (size_t)got;
	}
	return bytes[0] == ZMTP_FIRST && bytes[9] == ZMTP_TENTH ? LISTENER_BASSIN : LISTENER_OTHER;
}

/* tcp://host:port, or tcp://[host]:port -> addresses; 0, or getaddrinfo's error. */
static int
endpoint_resolve(const char *endpoint, struct addrinfo **out)
{
	char host[ENDPOINT_MAX_BYTES + 1];
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
	const char *at = endpoint + strlen("tcp://"), *colon = strrchr(endpoint, ':');
	int size = (int)(colon - at);

	if (at[0] == '[' && size > 2) {
		at++;
		size -= 2;
	}
	(void)snprintf(host, sizeof host, "%.*s", size, at);
	return getaddrinfo(host, colon + 1, &hints, out);
}

static void
endpoint_check(struct doctor *d, const struct local *p, const char *endpoint)
{
	struct addrinfo *addresses = NULL;
	enum listener found = LISTENER_NONE;

	int error = endpoint_resolve(endpoint, &addresses);
	if (error != 0) {
		doctor_say(d, HEALTH_FAIL, "ports",
		           doctor_text(d, "%s: %s: %s", p->name, endpoint, gai_strerror(error)),
		           doctor_text(d, _("mend the host's name in %s, or DNS"), app_path(d->app, "etc/directory")));
		return;
	}
	for (const struct addrinfo *a = addresses; a != NULL && found == LISTENER_NONE; a = a->ai_next) {
		int fd = connect_within(a, PORT_WAIT_MS);
		if (fd < 0)
			continue;
		found = greeting_read(fd);
		(void)close(fd);
	}
	freeaddrinfo(addresses);
	if (found == LISTENER_BASSIN)
		doctor_say(d, HEALTH_OK, "ports", doctor_text(d, _("%s answers at %s"), p->name, endpoint), "");
	else if (found == LISTENER_OTHER)
		doctor_say(d, HEALTH_FAIL, "ports",
		           doctor_text(d, _("another program answers at %s, where %s should be"), endpoint, p->name),
		           doctor_text(d, "ss -ltnp | grep %s", strrchr(endpoint, ':')));
	else
		doctor_say(d, HEALTH_WARN, "ports",
		           doctor_text(d, _("nobody answers at %s, where %s should be"), endpoint, p->name),
		           doctor_text(d, "systemctl start %s; journalctl -u %s -p warning", p->unit, p->unit));
}

void
doctor_ports(struct doctor *d)
{
	for (size_t i = 0; i < d->locals.count; i++) {
		const struct directory_entry *e = directory_find(d->app->directory, d->locals.at[i].name);
		for (size_t n = 0; e != NULL && n < e->endpoint_count; n++)
			if (strncmp(e->endpoints[n], "tcp://", strlen("tcp://")) == 0)
				endpoint_check(d, &d->locals.at[i], e->endpoints[n]);
	}
}

/* ---- the mail relay ---------------------------------------------------------------------------------------------- */
static bool
is_set(const struct local *p, const char *name, const char *value)
{
	return strcmp(settings_text(p->settings, name), value) == 0;
}

/* Greets the relay as a delivery does, with TLS and sign-in where they are set, and sends nothing. */
static CURLcode
relay_greet(const struct local *p, char error[CURL_ERROR_SIZE])
{
	static const struct {
		const char *setting;
		CURLoption option;
	} options[] = {
		{ "smtp_url", CURLOPT_URL },
		{ "smtp_user", CURLOPT_USERNAME },
		{ "smtp_password", CURLOPT_PASSWORD },
		{ "smtp_ca_file", CURLOPT_CAINFO },
	};
	CURL *easy = curl_easy_init();
	char url[1024];
	CURLcode rc = easy == NULL ? CURLE_OUT_OF_MEMORY : curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);

	for (size_t i = 0; rc == CURLE_OK && i < COUNT_OF(options); i++)
		if (!is_set(p, options[i].setting, ""))
			rc = curl_easy_setopt(easy, options[i].option, settings_text(p->settings, options[i].setting));
	if (rc == CURLE_OK && is_set(p, "smtp_tls", "tls") &&
	    strncmp(settings_text(p->settings, "smtp_url"), "smtp://", 7) == 0) {
		(void)snprintf(url, sizeof url, "smtps://%s", settings_text(p->settings, "smtp_url") + 7);
		rc = curl_easy_setopt(easy, CURLOPT_URL, url);
	}
	if (rc == CURLE_OK && is_set(p, "smtp_tls", "starttls"))
		rc = curl_easy_setopt(easy, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_TIMEOUT, RELAY_WAIT_S);
	if (rc == CURLE_OK)
		rc = curl_easy_perform(easy);
	curl_easy_cleanup(easy);
	return rc;
}

static const char *
relay_mend(CURLcode rc)
{
	switch (rc) {
	case CURLE_COULDNT_RESOLVE_HOST: return _("mend the host's name in smtp_url, or DNS: getent hosts HOST");
	case CURLE_COULDNT_CONNECT:
	case CURLE_OPERATION_TIMEDOUT: return _("is the relay running, its port in smtp_url right, the firewall open?");
	case CURLE_USE_SSL_FAILED:
		return _("the relay offers no STARTTLS: smtp_tls = tls with its port for that, or another relay");
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return _(
		    "its certificate is not trusted: smtp_ca_file = FILE of its authority, or the name in smtp_url");
	case CURLE_LOGIN_DENIED: return _("smtp_user and smtp_password are not what the relay wants");
	default: return _("look at the settings smtp_... in [notifications]");
	}
}

static void
relay_check(struct doctor *d, const struct local *p)
{
	const char *url = settings_text(p->settings, "smtp_url");
	char error[CURL_ERROR_SIZE] = "";

	if (url[0] == '\0') {
		doctor_say(d, HEALTH_OK, "relay", _("no relay is set: mail stays in the house (mail_mode = hold)"), "");
		return;
	}
	CURLcode rc = relay_greet(p, error);
	if (rc != CURLE_OK) {
		doctor_say(d, is_set(p, "mail_mode", "hold") ? HEALTH_WARN : HEALTH_FAIL, "relay",
		           doctor_text(d, "%s: %s", url, error[0] != '\0' ? error : curl_easy_strerror(rc)),
		           relay_mend(rc));
		return;
	}
	doctor_say(d, HEALTH_OK, "relay",
	           doctor_text(d, _("%s answers; mail_mode = %s"), url, settings_text(p->settings, "mail_mode")), "");
	if (is_set(p, "smtp_tls", "none") && strncmp(url, "smtps:", 6) != 0 && strstr(url, "//127.") == NULL &&
	    strstr(url, "//localhost") == NULL)
		doctor_say(d, HEALTH_WARN, "relay", _("mail goes to it in the clear, where others may read it"),
		           "smtp_tls = starttls");
}

void
doctor_relay(struct doctor *d)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return;
	for (size_t i = 0; i < d->locals.count; i++)
		if (d->locals.at[i].conninfo[0] != '\0' && strcmp(d->locals.at[i].service, "notifications") == 0)
			relay_check(d, &d->locals.at[i]);
	curl_global_cleanup();
}
