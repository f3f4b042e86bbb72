// Which evidence a record names.
#pragma once

#include <set>
#include <string>

#include "safety/record.h"

namespace runbook::safety {

/// The SHA-256 of what an EVIDENCE record says was read, or of the bytes that the calls of an INTENT send.
inline std::set<std::string> named_evidence(const Record& record) {
  std::set<std::string> named;
  if (record.type == "EVIDENCE") named.emplace(record.data["sha256"].text_or(""));
  if (record.type == "INTENT") {
    for (const auto& words : record.data["calls"].items()) {
      for (const auto& word : words.items()) named.emplace(word["$blob"].text_or(""));
    }
  }
  named.erase("");  // what could not be read
  return named;
}

}  // namespace runbook::safety
