// SPDX-License-Identifier: Apache-2.0
// The C++ shim around kainjow's mustache: nothing else in this service is C++. No exception gets out.
#include "mustache.h"

#include <cstdlib>
#include <cstring>
#include <exception>
#include <kainjow/mustache.hpp>

namespace km = kainjow::mustache;

struct mustache_data { km::data value; };

namespace {
// Looks names up as the library does, and remembers the first one that has no value.
struct watching_context : km::context<std::string> {
	using context::context;
	mutable std::string missing;
	const km::data *get(const std::string &name) const override { return seen(name, context::get(name)); }
	const km::data *get_partial(const std::string &name) const override { return seen(name, context::get_partial(name)); }
	const km::data *seen(const std::string &name, const km::data *found) const {
		if (found == nullptr && missing.empty()) missing = name.empty() ? "?" : name;
		return found;
	}
};

// The library writes &apos;, which some older mail programs show as it stands.
std::string escape_html(const std::string &text) {
	std::string out = km::html_escape(text);
	for (size_t at = 0; (at = out.find("&apos;", at)) != std::string::npos;) out.replace(at, 6, "&#39;");
	return out;
}

template <class F> int guarded(F &&act) { try { act(); return 0; } catch (const std::exception &) { return -1; } }

mustache_data *made(km::data::type type) {
	mustache_data *d = nullptr;
	guarded([&] { d = new mustache_data{km::data(type)}; });
	return d;
}
}

mustache_data *mustache_object(void) { return made(km::data::type::object); }
mustache_data *mustache_list(void) { return made(km::data::type::list); }
void mustache_destroy(mustache_data **self) { if (self != nullptr) { delete *self; *self = nullptr; } }

int mustache_set_text(mustache_data *self, const char *name, const char *text) {
	return self == nullptr || text == nullptr ? -1 : guarded([&] { self->value.set(name, km::data(text)); });
}
int mustache_set_flag(mustache_data *self, const char *name, bool flag) {
	return self == nullptr ? -1 : guarded([&] { self->value.set(name, km::data(flag)); });
}
int mustache_set_take(mustache_data *self, const char *name, mustache_data **child) {
	int rc = self == nullptr || *child == nullptr ? -1 : guarded([&] { self->value.set(name, (*child)->value); });
	mustache_destroy(child);
	return rc;
}
int mustache_push_take(mustache_data *list, mustache_data **child) {
	int rc = list == nullptr || *child == nullptr ? -1 : guarded([&] { list->value.push_back((*child)->value); });
	mustache_destroy(child);
	return rc;
}

mustache_result mustache_render(const char *text, const mustache_data *data, mustache_escape escape, char **out,
                                char missing[MUSTACHE_NAME_MAX]) {
	*out = nullptr;
	missing[0] = '\0';
	try {
		km::mustache page{std::string(text)};
		watching_context context(&data->value);
		page.set_custom_escape(escape == MUSTACHE_HTML ? escape_html : [](const std::string &s) { return s; });
		std::string made_text = page.render(context);
		if (!page.is_valid()) return MUSTACHE_BROKEN;
		if (!context.missing.empty()) {
			missing[context.missing.copy(missing, MUSTACHE_NAME_MAX - 1)] = '\0';
			return MUSTACHE_MISSING;
		}
		*out = strdup(made_text.c_str());
		return *out == nullptr ? MUSTACHE_NO_MEMORY : MUSTACHE_OK;
	} catch (const std::exception &) {
		return MUSTACHE_NO_MEMORY;
	}
}
