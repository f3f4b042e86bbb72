// A Redis target of a test, as an inventory would describe it.
#pragma once

#include <string>
#include <utility>

#include "safety/target.h"

namespace runbook::test {

inline safety::Target redis_target(std::string name, std::string url) {
  safety::Target target;
  target.name = std::move(name);
  target.kind = "redis";
  target.url = std::move(url);
  return target;
}

}  // namespace runbook::test
