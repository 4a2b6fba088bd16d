/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tasks: what people must do. Other services tell of theirs (topic task); what asks for somebody here is found here: a mail
 * that waits for a contact, an address that refuses mail. A task closes itself when its condition goes; closed by hand it
 * opens again only when its fact comes in a new version.
 */
#ifndef NOTIFICATIONS_TASKS_H
#define NOTIFICATIONS_TASKS_H

#include "notifications.h"

/* Of a batch, the events of topic task; others are passed over. STORE_BROKEN: one is not sound. */
int tasks_told(struct work *w, const char *log_id, const struct event *events, size_t count) MUST_CHECK;
/* That log no longer has this key. */
int tasks_gone(struct work *w, const char *log_id, const char *key) MUST_CHECK;
/* Mails, contacts or suppressions have changed: looked at soon. */
void tasks_soon(struct work *w);
/* A learner was erased: her number goes out of notes. */
int tasks_forget(struct work *w, const char *const *learners, size_t count) MUST_CHECK;

/* All matters that are found here. enum store_result. */
int tasks_find(struct work *w, struct matters *out) MUST_CHECK;
int64_t tasks_due(void *service);
int tasks_run(struct work *w);
/* Open tasks by institution, for status. */
int tasks_count(struct work *w) MUST_CHECK;
int tasks_prune(struct work *w, int64_t closed_before_ms, bool *more) MUST_CHECK;

/* task_commands.c */
enum verdict on_task_list(struct call *call);
enum verdict on_task_done(struct call *call);

#endif
