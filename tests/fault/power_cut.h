// What a power cut may leave of a recorded run, as far as POSIX permits.
//
// A call that no sync covers yet may be on disk or not, each by itself and in any order: what a write put into a file
// and how long it made the file, the entry that a file has in its directory, a rename (whole or not at all). A write
// that is longer than a sector or makes its file longer may be there in part: its beginning; its end, with zeros before
// it; its length alone, with zeros for all of it. fsync and fdatasync cover what was done to that file, the fsync of a
// directory its entries, and nothing covers more.
//
// Not each combination is visited: that would be 4 to the power of the unsynced calls. Visited are those that differ in
// one call from a simple state (all lost, all kept, all up to this one kept), each file and directory lost or kept by
// itself, and mixtures drawn at random. Faults of stores have been published that needed two calls to differ; those are
// what the mixtures are for.
#pragma once

#include <functional>
#include <map>
#include <random>
#include <set>
#include <span>

#include "recording_storage.h"

namespace runbook::test {

/// The files of a disk, all that is in them, and the directories.
struct Tree {
  std::map<std::filesystem::path, std::string> files;
  std::set<std::filesystem::path> directories;
};

/// Writes the tree, and makes it durable.
void put_tree(Storage& storage, const Tree& tree);

class Disk {
 public:
  /// The call happened; whether it is on disk is open until a sync covers it.
  void take(const Step& step);

  /// What became of each call that no sync covers.
  enum class Fate : std::uint8_t { kLost, kKept, kBegun, kEnded, kZeros };
  using Fates = std::vector<Fate>;

  /// Visits the fates after which a power cut may leave another state, each with the kind of fault that it shows. Some
  /// lead to equal states.
  using Visit = std::function<void(std::string_view fault, const Fates& fates)>;
  void each(const Visit& visit) const;
  /// Any of all the fates that are possible now.
  [[nodiscard]] Fates any(std::mt19937_64& random) const;
  /// What is on disk after them.
  [[nodiscard]] Tree state(const Fates& fates) const;

 private:
  struct Content {
    std::map<std::size_t, std::string> files;
    std::map<std::filesystem::path, std::map<std::filesystem::path, std::size_t>> entries;  // directory, path, file
    std::set<std::filesystem::path> directories{"/"};
  };

  static void apply(Content& content, const Step& step, Fate fate);
  static bool can_be(const Content& content, const Step& step, Fate fate);
  void settle(const std::function<bool(const Step&)>& covered);

  Content durable_;
  std::vector<Step> open_;  // that no sync covers
};

/// How many states were visited of each kind.
using Tally = std::map<std::string, std::size_t, std::less<>>;

}  // namespace runbook::test
