// Where a container is: the address of the engine that runs it, and its name there, as one text.
//
//   unix:///var/run/docker.sock#veza_backend_api_blue
//
// One text, because a record, a lock, an undo and a digest must mean the same container as the run that made them, and
// all of them know a target by where it is. A container is named and not given by its id: what is replaced keeps its
// name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace runbook::safety {

/// How long an id of docker's has to be to be shown, and to be taken for one.
inline constexpr std::size_t kShortId = 12;

struct ContainerPlace {
  std::string_view engine;  // "unix:///var/run/docker.sock"
  std::string_view name;    // "veza_backend_api_blue"; empty when the URL is an engine's
};

ContainerPlace container_place(std::string_view url);

std::string container_url(std::string_view engine, std::string_view name);

/// Whether docker takes it for a container's name: letters, digits, and _.- behind the first.
bool is_container_name(std::string_view name);

}  // namespace runbook::safety
