// The proof that an INTENT is durable, and the exact list of what may now be sent for it.
//
// Move-only, and made in one place: live::LiveExecutor, after the journal has said that the INTENT is on disk.
// A client that is given no Permit lets reads pass only; with one it lets pass, besides reads, what `sends` lists,
// byte for byte. So what the operator approved, what the log says and what leaves the process are one thing.
//
// It stands here and not in live/, because the guard is the one who reads it and may include nothing above base.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace runbook::live {
class LiveExecutor;
}

namespace runbook::guard {

using Argv = std::vector<std::string>;

class Permit {
 public:
  Permit(Permit&&) = default;
  Permit& operator=(Permit&&) = default;
  Permit(const Permit&) = delete;
  Permit& operator=(const Permit&) = delete;

  /// The audit sequence number of the INTENT.
  [[nodiscard]] std::uint64_t intent() const { return intent_; }
  /// What a server may know the INTENT by: made of its record's hash, so no other one has it, and whoever sent the same
  /// INTENT again would give the same.
  [[nodiscard]] const std::string& key() const { return key_; }
  /// The commands that may be sent, word for word.
  [[nodiscard]] const std::vector<Argv>& sends() const { return sends_; }

 private:
  friend class live::LiveExecutor;
  Permit(std::uint64_t intent, std::string key, std::vector<Argv> sends)
      : intent_(intent), key_(std::move(key)), sends_(std::move(sends)) {}

  std::uint64_t intent_;
  std::string key_;
  std::vector<Argv> sends_;
};

}  // namespace runbook::guard
