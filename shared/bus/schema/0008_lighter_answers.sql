-- SPDX-License-Identifier: Apache-2.0
-- Every command pays for these indexes, a feed of a thousand rows with a thousand entries; the trail is searched seldom, newest
-- lines first, and a look through a million lines takes a second or two. Time and institution keep theirs.
DROP INDEX audit_by_id;
DROP INDEX audit_by_principal;
-- What is answered is tidied by its id, whose first part is the moment when it was made: no command of that age is taken again.
DROP INDEX command_reply_by_age;
