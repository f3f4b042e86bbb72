// What was seen, kept by its content: <state>/evidence/<sha256>, 0600. One folder for all: each folder more would be
// a sync more in every dry run, and ext4 and XFS look up a name among a million as quickly as among ten.
//
// The name is the hash of the content, so the audit log pins evidence by naming it, equal content is stored once, and
// what was altered later is found on reading. `add` only stages; `flush` makes a whole phase durable in one go: all
// files written aside and synced, then renamed, then the folder synced once. A file under its final name is
// therefore complete. A crash before the rename leaves a *.tmp that nothing refers to.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/storage.h"

namespace runbook::safety {

class EvidenceStore {
 public:
  /// `state` is the state directory; nothing is touched before the first `flush`.
  EvidenceStore(Storage& storage, const std::filesystem::path& state) : storage_(storage), root_(state / "evidence") {}

  /// Takes the bytes until `flush`; gives their SHA-256, 64 hexadecimal digits, by which the audit log refers to them.
  std::string add(std::string bytes);

  /// Makes everything added durable, or fails with kStorage: then nothing may be concluded from it, and all stays
  /// staged.
  Result<void> flush();

  /// kRefused once a flush has failed, also when a later one succeeded: records of this run say of what was seen then
  /// that it was not kept.
  [[nodiscard]] Result<void> complete() const;

  /// The bytes, staged ones too. kNotFound when there are none, kAudit when they are not what the hash says, kUsage
  /// when the text is no SHA-256.
  [[nodiscard]] Result<std::string> read(std::string_view sha256) const;

 private:
  [[nodiscard]] std::filesystem::path path_of(std::string_view sha256) const;
  [[nodiscard]] Result<std::string> read_stored(std::string_view sha256) const;
  Result<void> write_staged();
  Result<void> write_batch(std::span<const std::string> hashes);

  Storage& storage_;
  std::filesystem::path root_;
  bool root_made_ = false;
  std::optional<Error> failed_;                             // of the first flush that did
  std::map<std::string, std::string, std::less<>> staged_;  // by SHA-256
};

}  // namespace runbook::safety
