#include "safety/evidence.h"

#include <algorithm>
#include <vector>

#include "base/hash.h"

namespace runbook::safety {

namespace {

constexpr std::size_t kMaxBytes = 1U << 30U;
constexpr std::size_t kBatch = 64;  // files open at a time

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

std::string EvidenceStore::add(std::string bytes) {
  auto hash = sha256(bytes);
  staged_.try_emplace(hash, std::move(bytes));
  return hash;
}

Result<void> EvidenceStore::flush() {
  auto done = write_staged();
  if (!done && !failed_) failed_ = done.error();
  return done;
}

Result<void> EvidenceStore::complete() const {
  if (!failed_) return {};
  return Error{.code = Code::kRefused,
               .message = "evidence could not be stored, and without it nothing more is changed: " + failed_->message,
               .where = failed_->where,
               .next = "see to the disk, then start anew"};
}

Result<void> EvidenceStore::write_staged() {
  if (staged_.empty()) return {};
  if (!root_made_) {
    RUNBOOK_CHECK(make_directories(storage_, root_));
    root_made_ = true;
  }
  std::vector<std::string> missing;
  for (const auto& [hash, bytes] : staged_) {
    if (!read_stored(hash)) missing.push_back(hash);
  }
  for (std::span<const std::string> rest(missing); !rest.empty();) {
    const auto batch = rest.first(std::min(rest.size(), kBatch));
    RUNBOOK_CHECK(write_batch(batch));
    rest = rest.subspan(batch.size());
  }
  RUNBOOK_CHECK(storage_.sync_directory(
      root_));  // also when nothing is missing: who put it there may have been killed before this
  staged_.clear();
  return {};
}

Result<void> EvidenceStore::write_batch(std::span<const std::string> hashes) {
  std::vector<AsideFile> written;
  for (const auto& hash : hashes) {
    RUNBOOK_TRY(aside, AsideFile::write(storage_, path_of(hash), staged_.find(hash)->second));
    written.push_back(std::move(aside));
  }
  for (auto& aside : written) aside.start_writing();
  for (auto& aside : written) RUNBOOK_CHECK(aside.sync());
  for (auto& aside : written) RUNBOOK_CHECK(aside.put_in_place());
  return {};
}

Result<std::string> EvidenceStore::read(std::string_view hash) const {
  if (!is_sha256(hash)) {
    return Error{
        .code = Code::kUsage, .message = "evidence is named by 64 hexadecimal digits", .where = std::string(hash)};
  }
  if (const auto staged = staged_.find(hash); staged != staged_.end()) return staged->second;
  return read_stored(hash);
}

std::filesystem::path EvidenceStore::path_of(std::string_view hash) const { return root_ / hash; }

Result<std::string> EvidenceStore::read_stored(std::string_view hash) const {
  const auto path = path_of(hash);
  RUNBOOK_TRY(bytes, read_file(storage_, path, kMaxBytes));
  if (sha256(bytes) != hash) {
    return Error{
        .code = Code::kAudit, .message = "this evidence was altered after it was stored", .where = path.string()};
  }
  return std::move(bytes);
}

}  // namespace runbook::safety
