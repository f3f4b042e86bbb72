// The shape of a playbook: everything about it that is data. Its functions stay in the worker.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/value.h"

namespace runbook::run {

struct InputSpec {
  std::string name;
  std::string kind{};  // "redis", "text", "number"
  std::string label{};
  Value fallback{};  // null when there is none; of a target {"users_of": input}, {"container_of": input}, {"host_of":
                     // input}, or text that selects (selection.h)
  bool optional = false;
  bool many = false;  // a list of targets
};

struct Mitigation {
  std::string name;
  std::vector<std::string> answers{};
  std::vector<std::string> not_while{};
  std::vector<std::string> needs{};  // inputs that may be left out, without which there is nothing that it could do
  std::string lacks{};               // the first of these that this run was not given (inputs.h); empty: none
  std::string warning{};
  std::vector<std::string> asks{};
  std::chrono::milliseconds within{30'000};
  std::chrono::milliseconds holds{0};
  bool holds_only = false;  // purpose = "hold": cures nothing, buys time
};

/// What is looked after when all is well again; its checks come from the worker when a plan is made.
struct WatchSpec {
  std::chrono::milliseconds within{0};
  std::string note{};
};

struct FollowUp {
  std::chrono::milliseconds after{0};
  std::string text{};
};

struct Playbook {
  std::string name;
  std::string file;
  std::string summary;               // the first paragraph of the comment above it
  std::vector<std::string> notes{};  // its further paragraphs
  std::vector<std::string> alerts;
  std::string severity;
  std::string owner;
  std::vector<InputSpec> inputs;
  std::map<std::string, std::string> findings;  // name → meaning; empty when the playbook does not declare them
  std::vector<Mitigation> mitigations;          // in order of preference
  std::vector<FollowUp> follow_up;
  std::optional<WatchSpec> watch{};

  [[nodiscard]] const Mitigation* mitigation(std::string_view name) const;
  /// All findings that the playbook can come to: the declared ones and those its mitigations answer; sorted.
  [[nodiscard]] std::vector<std::string> possible_findings() const;
  [[nodiscard]] bool read_only() const { return mitigations.empty(); }
};

/// Reads the shape that the worker sent. What a worker sends is not trusted: kProtocol when it is no shape.
Result<Playbook> playbook_from_shape(const Value& shape, std::string file, std::string_view source);

/// Why it cannot be used, whatever is found: an input that it needs is not there. kUsage.
Result<void> check_needs(const Mitigation& mitigation);

/// The mitigation of that name, for who asked for it; kUsage with the nearest name, and as check_needs.
Result<const Mitigation*> named_mitigation(const Playbook& book, const std::string& name);

/// Whether each "mitigation.name" is something that this mitigation asks for; kUsage with what it does ask for.
Result<void> check_asks(const Playbook& book, const std::map<std::string, std::string>& asks);

}  // namespace runbook::run
