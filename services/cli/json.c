/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a message's descriptor and builds a jansson value. */
#include "json.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ids.h"

static json_t *
of_bytes(const ProtobufCBinaryData *bytes)
{
	char *hex = malloc(2 * bytes->len + 1);
	json_t *value;

	if (hex == NULL)
		return NULL;
	hex_from_bytes(bytes->data, bytes->len, hex);
	value = json_string(hex);
	free(hex);
	return value;
}

static json_t *
of_text(const char *text)
{
	json_t *value = json_string(text == NULL ? "" : text);

	return value == NULL ? json_null() : value;
}

static json_t *
of_enum(const ProtobufCFieldDescriptor *field, int number)
{
	const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value(field->descriptor, number);

	return value == NULL ? json_integer(number) : json_string(value->name);
}

/* One value at `at`, of the field's type. *size is how far the next one of a list stands. */
static json_t *
of_value(const ProtobufCFieldDescriptor *field, const void *at, size_t *size)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32: *size = sizeof(int32_t); return json_integer(*(const int32_t *)at);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32: *size = sizeof(uint32_t); return json_integer(*(const uint32_t *)at);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64: *size = sizeof(int64_t); return json_integer(*(const int64_t *)at);
	case PROTOBUF_C_TYPE_BOOL:
		*size = sizeof(protobuf_c_boolean);
		return json_boolean(*(const protobuf_c_boolean *)at);
	case PROTOBUF_C_TYPE_FLOAT: {
		json_t *real = json_real((double)*(const float *)at);
		*size = sizeof(float);
		return real == NULL ? json_null() : real;
	}
	case PROTOBUF_C_TYPE_DOUBLE: {
		json_t *real = json_real(*(const double *)at);
		*size = sizeof(double);
		return real == NULL ? json_null() : real; /* not a number, infinite */
	}
	case PROTOBUF_C_TYPE_ENUM: *size = sizeof(int); return of_enum(field, *(const int *)at);
	case PROTOBUF_C_TYPE_STRING: *size = sizeof(char *); return of_text(*(const char *const *)at);
	case PROTOBUF_C_TYPE_BYTES: *size = sizeof(ProtobufCBinaryData); return of_bytes(at);
	default: {
		const ProtobufCMessage *message = *(const ProtobufCMessage *const *)at;
		*size = sizeof(message);
		return message == NULL ? json_null() : json_of_message(message);
	}
	}
}

static json_t *
of_list(const ProtobufCFieldDescriptor *field, size_t count, const char *at)
{
	json_t *list = json_array();
	size_t size = 0;

	for (size_t i = 0; list != NULL && i < count; i++, at += size)
		if (json_array_append_new(list, of_value(field, at, &size)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

json_t *
json_of_message(const ProtobufCMessage *message)
{
	json_t *object = json_object();

	for (unsigned i = 0; object != NULL && i < message->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
		const char *at = (const char *)message + field->offset;
		const char *quantifier = (const char *)message + field->quantifier_offset;
		size_t size;
		json_t *value;

		if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 && *(const uint32_t *)quantifier != field->id)
			continue;
		if (field->label == PROTOBUF_C_LABEL_REPEATED)
			value = of_list(field, *(const size_t *)quantifier, *(const char *const *)at);
		else
			value = of_value(field, at, &size);
		if (json_object_set_new(object, field->name, value) != 0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

int
json_write(FILE *to, json_t *value)
{
	int rc = value == NULL ? -1 : json_dumpf(value, to, JSON_INDENT(2) | JSON_ENCODE_ANY);

	json_decref(value);
	if (rc == 0 && fputc('\n', to) == EOF)
		rc = -1;
	return rc;
}
