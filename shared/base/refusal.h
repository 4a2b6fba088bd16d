/* SPDX-License-Identifier: Apache-2.0 */
/* Codes of a final no (bus.proto, Refusal.code). The command and the console translate them; `allowed` is language-neutral. */
#ifndef BASE_REFUSAL_H
#define BASE_REFUSAL_H

#define REFUSAL_REQUIRED      "required"        /* the field must be given */
#define REFUSAL_NOT_A_NUMBER  "not_a_number"    /* allowed: "1..500", "1..60 0.01" (range and step) */
#define REFUSAL_OUT_OF_RANGE  "out_of_range"    /* allowed: the range */
#define REFUSAL_NOT_IN_LIST   "not_in_list"     /* allowed: "fr|en" */
#define REFUSAL_NOT_A_DATE    "not_a_date"      /* allowed: "yyyy-mm-dd" */
#define REFUSAL_TOO_LONG      "too_long"        /* allowed: "500" bytes or entries */
#define REFUSAL_NOT_TEXT      "not_text"        /* not UTF-8, control characters */
#define REFUSAL_BAD_ID        "bad_id"          /* allowed: "1..128" */
#define REFUSAL_BAD_ADDRESS   "bad_address"     /* email; allowed: what address.h says */
#define REFUSAL_BAD_FORMAT    "bad_format"      /* allowed: a pattern, "A1A 1A1", "10 digits" */
#define REFUSAL_UNKNOWN       "unknown"         /* refers to a thing that does not exist, or that is not the caller's */
#define REFUSAL_DUPLICATE     "duplicate"       /* twice in one list or batch */
#define REFUSAL_NOT_YOURS     "not_yours"       /* another institution's */
#define REFUSAL_BAD_STATE     "bad_state"       /* allowed: the states in which it can be done; state: its own */
#define REFUSAL_BEFORE        "before"          /* must not be before; allowed: the other field's name */
#define REFUSAL_UNDECODABLE   "undecodable"     /* the payload is not the message that the type names */
#define REFUSAL_UNKNOWN_COLUMN "unknown_column" /* noted once, ignored */
#define REFUSAL_NO_FILTER     "no_filter"       /* field: what was typed; allowed: "state|kind", the list's filters */
#define REFUSAL_OTHER_TITLE   "other_title"     /* noted: another title stands already; allowed: that title */
#define REFUSAL_NO_CONSENT    "no_consent"      /* noted: she stays out of the pool */
#define REFUSAL_UNDOES_SET    "undoes_set"      /* noted: the file changes what RowSet had set */
#define REFUSAL_LATE          "late"            /* a log was not reached in time; field: log; allowed: events missing */
#define REFUSAL_VERIFIER      "verifier"        /* the verifier has not accepted; allowed: which condition is broken */
#define REFUSAL_STANDS_ANEW   "stands_anew"     /* where learners stand has changed since the round's freeze */
#define REFUSAL_LATER_ROUND   "later_round"     /* a later round has filled seats to which learners would come back */
#define REFUSAL_ERASED        "erased"          /* the row was erased and may not come back */
#define REFUSAL_WITHDRAWN     "withdrawn"       /* closed or withdrawn; feeding does not reopen it */

#endif
