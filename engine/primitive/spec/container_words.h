// The words in which changes of containers are said: to the daemon, and to people.
//
// A request is {method, path, body}, or {method, path} without one, as guard/docker.h reads it off the permit.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "safety/change.h"

namespace runbook::primitive {

/// How all of them compare.
inline constexpr std::string_view kReadAgain =
    "leaves a window: docker has no atomic compare; it is read again right before, and named by its id";

/// Whether a text is a name of something of docker's: letters, digits and these marks, 300 bytes at most.
bool made_of(std::string_view text, std::string_view marks);

/// The first twelve digits of an id; "ID" when nobody has looked.
std::string short_id(std::string_view id);

/// A request to the daemon about a container, named by its id or its name: POST /containers/3f2a…/restart.
safety::Words post(std::string_view container, std::string_view what);
safety::Words post(std::string_view container, std::string_view what, const Value& body);
/// The same about the container that is in `from`.
safety::Words post(const safety::Change& change, std::string_view what);

/// The request that sets the restart policy: "always", "on-failure:5".
safety::Words set_policy(std::string_view container, std::string_view policy);

/// kUsage unless `timeout` and `within`, where they are given, are whole seconds from 0 to 600.
Result<void> check_waits(const Value& args);

/// "10": the seconds that it has to end by itself, from the argument `timeout`.
std::string grace(const Value& args);

/// What a container made anew is to have, of each of the rows that make one: {image?, env? = {NAME = "value" or {secret
/// = "NAME"}}}.
Value wish_of(const safety::Change& change);

/// "api-blue, the container veza_backend_api_blue": the target, and what bears its name.
std::string container_text(const safety::Change& change, std::string_view name);
std::string container_text(const safety::Change& change);

}  // namespace runbook::primitive
