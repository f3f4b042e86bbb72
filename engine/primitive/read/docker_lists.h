// Lists of a Docker Engine to values that playbooks see, and what it is asked to list. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace runbook::primitive {

/// "&filters=…" of the arguments of these names that were given, as the API wants it; empty when none was.
std::string filters_query(const Value& args, std::initializer_list<std::string_view> names);

/// "10m" before now, or a time as docker writes it, in milliseconds since 1970. kUsage names row and argument.
Result<double> docker_moment(std::string_view row, const Value& args, std::string_view name, double now_ms);

/// Seconds since 1970 with three digits behind the point, as the API wants times.
std::string seconds_text(double ms);

/// What the rows docker.ps, docker.images, docker.df and docker.info give.
Value::Map container_list(const Value& list);
Value::Map image_list(const Value& list);
Value::Map disk_usage(const Value& usage);
Value::Map engine_info(const Value& info);

/// What container.top and container.diff give.
Value::Map process_list(const Value& top);
Value::Map file_changes(const Value& changes);

/// Events, one JSON text after the other. kProtocol.
Result<Value::Map> event_list(std::string_view body);

/// Which image a container's `inspect` runs, and those of the same repository in the list of images: {current,
/// previous, others}.
Value::Map images_beside(const Value& inspect, const Value& images);

}  // namespace runbook::primitive
