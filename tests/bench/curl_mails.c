/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mail by libcurl and nothing else, to have somebody to be measured against:
 *   curl_mails URL COUNT CONNECTIONS FILE     hands FILE to the relay COUNT times through one multi handle with so many easy
 *                                             handles, each of which keeps its connection; prints the seconds it took
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONNECTIONS_MAX 64

static char bytes[1 << 20];
static size_t size;

struct mail {
	CURL *easy;
	size_t at;
};

static void
die(const char *what)
{
	fprintf(stderr, "curl_mails: %s\n", what);
	exit(1);
}

static double
now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t
on_read(char *into, size_t item, size_t items, void *context)
{
	struct mail *m = context;
	size_t room = item * items, left = size - m->at, n = left < room ? left : room;

	memcpy(into, bytes + m->at, n);
	m->at += n;
	return n;
}

static void
mail_open(struct mail *m, const char *url, struct curl_slist *to)
{
	m->easy = curl_easy_init();
	if (m->easy == NULL || curl_easy_setopt(m->easy, CURLOPT_URL, url) != CURLE_OK ||
	    curl_easy_setopt(m->easy, CURLOPT_PRIVATE, m) != CURLE_OK ||
	    curl_easy_setopt(m->easy, CURLOPT_READFUNCTION, on_read) != CURLE_OK ||
	    curl_easy_setopt(m->easy, CURLOPT_READDATA, m) != CURLE_OK ||
	    curl_easy_setopt(m->easy, CURLOPT_UPLOAD, 1L) != CURLE_OK ||
	    curl_easy_setopt(m->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)size) != CURLE_OK ||
	    curl_easy_setopt(m->easy, CURLOPT_MAIL_FROM, "<bassin@chambre.example>") != CURLE_OK ||
	    curl_easy_setopt(m->easy, CURLOPT_MAIL_RCPT, to) != CURLE_OK)
		die("no memory, or a libcurl without SMTP");
}

static void
mail_begin(CURLM *multi, struct mail *m)
{
	m->at = 0;
	if (curl_multi_add_handle(multi, m->easy) != CURLM_OK)
		die("add");
}

/* Takes what has ended, and begins as many anew while there are some left. Returns how many have ended. */
static int
turn(CURLM *multi, int *left)
{
	CURLMsg *message;
	int queued, ended = 0;

	while ((message = curl_multi_info_read(multi, &queued)) != NULL) {
		CURL *easy = message->easy_handle;
		struct mail *m;
		if (message->msg != CURLMSG_DONE || message->data.result != CURLE_OK)
			die(curl_easy_strerror(message->data.result));
		if (curl_easy_getinfo(easy, CURLINFO_PRIVATE, &m) != CURLE_OK ||
		    curl_multi_remove_handle(multi, easy) != CURLM_OK)
			die("remove");
		ended++;
		if (*left > 0) {
			mail_begin(multi, m);
			(*left)--;
		}
	}
	return ended;
}

static double
send_all(const char *url, int count, int connections)
{
	struct curl_slist *to = curl_slist_append(NULL, "<benoit@brodeur.example>");
	struct mail mails[CONNECTIONS_MAX];
	CURLM *multi = curl_multi_init();
	int left = count, running;

	if (multi == NULL || to == NULL ||
	    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)connections) != CURLM_OK)
		die("no memory");
	for (int k = 0; k < connections; k++)
		mail_open(&mails[k], url, to);
	double since = now_s();
	for (int k = 0; k < connections && left > 0; k++, left--)
		mail_begin(multi, &mails[k]);
	for (int ended = 0; ended < count; ended += turn(multi, &left))
		if (curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK ||
		    curl_multi_perform(multi, &running) != CURLM_OK)
			die("multi");
	double took = now_s() - since;
	for (int k = 0; k < connections; k++)
		curl_easy_cleanup(mails[k].easy);
	(void)curl_multi_cleanup(multi);
	curl_slist_free_all(to);
	return took;
}

int
main(int argc, char **argv)
{
	if (argc != 5 || atoi(argv[2]) < 1 || atoi(argv[3]) < 1 || atoi(argv[3]) > CONNECTIONS_MAX)
		die("URL COUNT CONNECTIONS FILE");
	FILE *f = fopen(argv[4], "rbe");
	if (f == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		die(argv[4]);
	size = fread(bytes, 1, sizeof bytes, f);
	(void)fclose(f);
	printf("%.9f\n", send_all(argv[1], atoi(argv[2]), atoi(argv[3])));
	return 0;
}
