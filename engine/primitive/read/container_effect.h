// Which commands the reader container.exec_read may run inside a container: the primitives' own idea of what only
// looks.
//
// Written apart from the guard's list (guard/exec_reads.h), on purpose: either alone keeps a change from passing. This
// one opens no connection at all; container.can_reach does, with words of its own.
#pragma once

#include <span>
#include <string>

namespace runbook::primitive {

/// Whether the command only looks, ends by itself, and tells no environment. Alone in its object file, so that a test
/// can link without it.
bool is_container_read(std::span<const std::string> argv);

}  // namespace runbook::primitive
