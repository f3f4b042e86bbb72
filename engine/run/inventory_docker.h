// What the inventory says of Docker Engines and of containers.
//
//   [targets.docker-1]
//   kind = "docker"
//   url  = "unix:///var/run/docker.sock"     # or tcp://host:2376, with TLS and ca_file, cert_file, key_file
//
//   [targets.api-blue]
//   kind   = "container"
//   engine = "docker-1"                      # such a target, or a URL like its own
//   name   = "veza_backend_api_blue"
//
// A container's url is made of the two (safety/container_url.h). Internal to run/.
#pragma once

#include "base/error.h"
#include "run/toml.h"
#include "safety/target.h"

namespace runbook::run {

/// The keys that only a container has.
bool is_container_key(std::string_view key);

/// Checks a docker target, and gives a container its url. kConfig with file and line; other kinds are let pass.
Result<void> place_docker_target(const Document& document, const std::string& path, safety::Target& target);

/// A target given as a URL on the command line: unix:///var/run/docker.sock, with #name behind it for a container. It
/// can be looked at only. kUsage.
Result<safety::Target> docker_target_from_url(std::string_view url, std::string_view kind);

/// Every container once, and what says that it runs in a container names a target. kConfig with file and line.
Result<void> check_containers(const Document& document,
                              const std::map<std::string, safety::Target, std::less<>>& targets);

}  // namespace runbook::run
