#include "power_cut.h"

#include <algorithm>

namespace runbook::test {

namespace {

using Kind = Step::Kind;
constexpr std::size_t kSector = 512;
constexpr std::size_t kDirectory = static_cast<std::size_t>(-1);  // in place of a file's number

bool is_content(const Step& step) { return step.kind == Kind::kWrite || step.kind == Kind::kTruncate; }

void write_at(std::string& content, std::uint64_t at, std::string_view bytes) {
  const auto from = static_cast<std::size_t>(at);
  if (content.size() < from + bytes.size()) content.resize(from + bytes.size(), '\0');
  content.replace(from, bytes.size(), bytes);
}

// The thing that a sync would cover: a file's content, or a directory.
std::string covered_by(const Step& step) {
  return is_content(step) ? std::to_string(step.file) : step.path.parent_path().string();
}

}  // namespace

void put_tree(Storage& storage, const Tree& tree) {
  for (const auto& directory : tree.directories) {
    storage.make_directory(directory).value();
    storage.sync_directory(directory.parent_path()).value();
  }
  std::set<std::filesystem::path> parents;
  for (const auto& [path, bytes] : tree.files) {
    auto file = storage.open(path, Storage::Mode::kNew).value();
    storage.append(file, bytes).value();
    storage.sync(file).value();
    parents.insert(path.parent_path());
  }
  for (const auto& parent : parents) storage.sync_directory(parent).value();
}

void Disk::take(const Step& step) {
  if (step.kind == Kind::kSync) {
    settle([&](const Step& open) { return is_content(open) && open.file == step.file; });
  } else if (step.kind == Kind::kSyncDirectory) {
    settle([&](const Step& open) { return !is_content(open) && open.path.parent_path() == step.path; });
  } else if (step.kind != Kind::kPromise && step.kind != Kind::kChange) {
    open_.push_back(step);
  }
}

void Disk::settle(const std::function<bool(const Step&)>& covered) {
  std::erase_if(open_, [&](const Step& step) {
    if (!covered(step)) return false;
    apply(durable_, step, Fate::kKept);
    return true;
  });
}

void Disk::apply(Content& content, const Step& step, Fate fate) {
  if (fate == Fate::kLost) return;
  auto& entries = content.entries[step.path.parent_path()];
  switch (step.kind) {
    case Kind::kCreate:
      entries[step.path] = step.file;
      return;
    case Kind::kRename:
      entries.erase(step.from);
      entries[step.path] = step.file;
      return;
    case Kind::kMakeDirectory:
      entries[step.path] = kDirectory;
      return;
    case Kind::kTruncate:
      content.files[step.file].resize(static_cast<std::size_t>(step.at), '\0');
      return;
    default:
      break;
  }
  auto bytes = step.bytes;
  const auto half = bytes.size() / 2;
  if (fate == Fate::kBegun) bytes.resize(half);
  if (fate == Fate::kEnded) bytes.replace(0, half, half, '\0');
  if (fate == Fate::kZeros) bytes.assign(bytes.size(), '\0');
  write_at(content.files[step.file], step.at, bytes);
}

// A sector is written whole or not at all, as disks promise; but how long the file is, stands elsewhere.
bool Disk::can_be(const Content& content, const Step& step, Fate fate) {
  if (fate == Fate::kLost || fate == Fate::kKept) return true;
  if (step.kind != Kind::kWrite) return false;
  const auto end = step.at + step.bytes.size();
  if (step.at / kSector != (end - 1) / kSector) return true;
  const auto found = content.files.find(step.file);
  const bool grows = found == content.files.end() || end > found->second.size();
  return grows && fate != Fate::kEnded;
}

Tree Disk::state(const Fates& fates) const {
  auto content = durable_;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    apply(content, open_[i], can_be(content, open_[i], fates[i]) ? fates[i] : Fate::kKept);
  }
  Tree tree;
  // Only what can be reached from the root is there. Parents come before their children.
  std::set<std::filesystem::path> reached{"/"};
  for (const auto& [directory, entries] : content.entries) {
    if (!reached.contains(directory)) continue;
    for (const auto& [path, file] : entries) {
      if (file != kDirectory) {
        tree.files[path] = content.files[file];
        continue;
      }
      reached.insert(path);
      tree.directories.insert(path);
    }
  }
  return tree;
}

void Disk::each(const Visit& visit) const {
  const auto count = open_.size();
  const Fates lost(count, Fate::kLost);
  const Fates kept(count, Fate::kKept);
  visit("nothing unsynced is kept", lost);
  visit("everything is kept", kept);
  std::set<std::string> things;
  for (std::size_t i = 0; i < count; ++i) {
    things.insert(covered_by(open_[i]));
    const auto with = [&](Fates fates, Fate fate) {
      fates[i] = fate;
      return fates;
    };
    auto up_to = lost;
    std::fill_n(up_to.begin(), i, Fate::kKept);
    visit("the later calls are lost", with(up_to, Fate::kKept));
    visit("one call is lost", with(kept, Fate::kLost));
    visit("one call alone is kept", with(lost, Fate::kKept));
    if (open_[i].kind != Kind::kWrite) continue;
    for (const auto& before : {up_to, kept}) {
      visit("a write is cut short", with(before, Fate::kBegun));
      visit("a write has zeros at its beginning", with(before, Fate::kEnded));
      visit("a write has zeros in place of its data", with(before, Fate::kZeros));
    }
  }
  for (const auto& thing : things) {
    auto without = kept;
    auto alone = lost;
    for (std::size_t i = 0; i < count; ++i) {
      if (covered_by(open_[i]) != thing) continue;
      without[i] = Fate::kLost;
      alone[i] = Fate::kKept;
    }
    visit("one file or directory is as it was last synced", without);
    visit("one file or directory alone is written", alone);
  }
}

Disk::Fates Disk::any(std::mt19937_64& random) const {
  static constexpr Fate kAll[] = {Fate::kLost, Fate::kKept, Fate::kKept, Fate::kBegun, Fate::kEnded, Fate::kZeros};
  Fates fates(open_.size());
  for (std::size_t i = 0; i < fates.size(); ++i) {
    const bool whole = open_[i].kind != Kind::kWrite;
    fates[i] = kAll[random() % (whole ? 2 : std::size(kAll))];
  }
  return fates;
}

}  // namespace runbook::test
