// Which container bears a name, which one was made to take its place, and which one that replaces.
//
// A container is recreated by several calls, and whoever makes them may die between any two. So the names and one label
// are such that what stands can always be told: the new one is made as NAME.next, carries the id of the one it replaces
// in the label runbook.replaces, and keeps it when it takes over the name.
#pragma once

#include <string>
#include <string_view>

#include "base/value.h"
#include "primitive/reach.h"

namespace runbook::primitive {

inline constexpr std::string_view kReplacesLabel = "runbook.replaces";

/// How a container is attached to each of its networks, as docker takes it when one is made or connected: {name =
/// {Aliases, IPAMConfig, Links, DriverOpts}}. Without the alias that docker makes of its id, which the next one has
/// not.
Value endpoints_of(const Value& inspect);

/// The network that it is made in; the others are connected afterwards. Empty when it is in none.
std::string first_network(const Value& inspect);

/// {current, next, replaced}, as container.lineage describes it.
Task<Result<Value>> read_lineage(Reach& reach, const safety::Target& target);

/// All that docker says of a container, environment included: for who sends it back to docker, and for nobody else.
/// Null when there is none of that id or name.
Task<Result<Value>> inspect_in_full(Reach& reach, const safety::Target& target, std::string_view container);

}  // namespace runbook::primitive
