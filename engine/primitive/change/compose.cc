// Carrying out edits of compose files. The file is replaced as a whole: written beside it, made durable, renamed over
// it, with its owner and mode. As it was it stays beside it under a name that tells which content it was before, so
// that an undo brings back the very file.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include "base/hash.h"
#include "base/kept_file.h"
#include "base/text.h"
#include "guard/file.h"
#include "primitive/change/appliers.h"
#include "primitive/compose/compose_disk.h"

namespace runbook::primitive {

namespace {

using guard::Permit;
using safety::Change;
using safety::Target;

Error failed(const std::string& what, const std::string& path) {
  return {Code::kStorage, what + " " + escaped(path, 200) + ": " + std::generic_category().message(errno)};
}

// Where the content that was replaced by this one is kept.
std::string kept_before(const std::string& path, const std::string& content) {
  return kept_file(path, kept_digits(sha256(content)));
}

Result<std::string> edited(const ComposeFile& file, const Change& change, const Value& to) {
  const auto service = change.args["service"].text_or("");
  if (change.row == "compose.image") return file.with_image(service, to.text_or(""));
  const auto* text = to.as_text();
  return file.with_setting(service, change.args["key"].text_or(""),
                           text == nullptr ? std::nullopt : std::optional(*text));
}

// The content to be written. Where the one that was kept becomes the present one by the opposite edit, it is that one:
// it has the same value, and also the same bytes.
Result<std::string> wanted(const Target& target, const Change& change) {
  RUNBOOK_TRY(path, compose_path(target));
  RUNBOOK_TRY(file, read_compose(target));
  Target before = target;
  before.url = "file://" + kept_before(path, file.text());
  if (const auto kept = read_compose(before)) {
    const auto opposite = edited(*kept, change, change.from);
    if (opposite && *opposite == file.text()) return kept->text();
  }
  return edited(file, change, change.to);
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

Result<void> write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failed("cannot write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file) == 0 ? Result<void>() : failed("cannot write", path);
}

Result<void> sync_folder(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  const Descriptor opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.get() >= 0 && fsync(opened.get()) == 0 ? Result<void>() : failed("cannot make durable", folder);
}

// A new file beside it, with the owner and mode of the one that it is to replace.
Result<void> write_beside(const std::string& path, const std::string& beside, std::string_view bytes) {
  struct stat now {};
  if (stat(path.c_str(), &now) != 0) return failed("cannot look at", path);
  unlink(beside.c_str());
  const Descriptor file(open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (file.get() < 0) return failed("cannot write", beside);
  if (fchown(file.get(), now.st_uid, now.st_gid) != 0 && geteuid() == 0) return failed("cannot give away", beside);
  if (fchmod(file.get(), now.st_mode & 07777) != 0) return failed("cannot set the mode of", beside);
  return write_all(file.get(), bytes, beside);
}

Result<void> replace_file(const std::string& path, const std::string& now, const std::string& bytes) {
  const auto undone = kept_before(path, now);
  std::ifstream in(undone, std::ios::binary);
  const std::string kept((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (in && kept == bytes) {
    if (rename(undone.c_str(), path.c_str()) != 0) return failed("cannot replace", path);
    return sync_folder(path);
  }
  const auto beside = path + ".runbook-next";
  if (auto written = write_beside(path, beside, bytes); !written) {
    unlink(beside.c_str());
    return written;
  }
  const auto keep = kept_before(path, bytes);
  unlink(keep.c_str());
  if (link(path.c_str(), keep.c_str()) != 0 || rename(beside.c_str(), path.c_str()) != 0) {
    auto error = failed("cannot replace", path);
    unlink(beside.c_str());
    unlink(keep.c_str());
    return error;
  }
  return sync_folder(path);
}

Task<Result<std::string>> fill(const Target& target, const Change& change, const Value& word) {
  if (word["$filled"].text_or("") == "path") co_return compose_path(target);
  co_return wanted(target, change);
}

Task<Result<void>> apply(const Target& target, const Change& change, const Permit& permit) {
  const auto& words = permit.sends().at(0);
  const auto& path = words.at(1);
  const auto& bytes = words.at(2);
  RUNBOOK_CO_CHECK(guard::FileGuard().look(path, bytes, permit));
  RUNBOOK_CO_TRY(file, read_compose(target));
  RUNBOOK_CO_TRY(now, wanted(target, change));
  if (now != bytes) {
    co_return Error{.code = Code::kStale,
                    .message = "the compose file was changed while it was about to be edited",
                    .where = target.name,
                    .next = "look again"};
  }
  auto replaced = replace_file(path, file.text(), bytes);
  if (!replaced) replaced.error().where = target.name;
  co_return replaced;
}

}  // namespace

std::vector<safety::Applier> compose_appliers() {
  return {{.row = "compose.image", .apply = apply, .fill = fill},
          {.row = "compose.setting", .apply = apply, .fill = fill}};
}

}  // namespace runbook::primitive
