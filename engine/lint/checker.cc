#include "lint/checker.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <optional>
#include <thread>

#include "base/text.h"
#include "lint/judge.h"
#include "lint/rules.h"
#include "run/rows_value.h"
#include "run/shelf.h"

namespace runbook::lint {

namespace {

Diagnostic from_error(const Error& error, const std::string& file) {
  const auto colon = error.where.rfind(':');
  const bool placed = colon != std::string::npos;
  return {.rule = "load",
          .file = placed ? error.where.substr(0, colon) : file,
          .line = placed ? line_of(error.where) : 1,
          .message = error.message,
          .next = error.next};
}

// Below the working directory a file is named from there: that is how CI services find it in the repository.
std::string named_from_here(const std::string& file) {
  std::error_code error;
  const auto near = std::filesystem::proximate(file, error).lexically_normal();
  return error || near.empty() || *near.begin() == ".." ? file : near.string();
}

// All of them, by as many coroutines as there are workers at a time.
class ManyChecks {
  struct Checked {
    run::Playbook book;
    std::vector<BookLink> links;
  };

 public:
  ManyChecks(const Bench& bench, const std::vector<std::string>& books)
      : bench_(bench), wanted_(books), shelf_(bench.config.playbooks), found_(books.size()), checked_(books.size()) {
    names_ = names_of(shelf_);
  }

  // Takes the next playbook until there is none left.
  Task<void> work() {
    while (next_ < wanted_.size()) {
      const auto at = next_++;
      auto source = shelf_.playbook(wanted_[at]);
      if (!source) {
        const auto& error = source.error();
        found_[at].push_back({.rule = "load", .file = wanted_[at], .message = error.message, .next = error.next});
        continue;
      }
      source->file = named_from_here(source->file);
      const auto& books = books_known_to(source->file);
      const auto file = source->file;
      auto inspection = co_await inspect(bench_, tables_, std::move(*source));
      if (!inspection) {
        found_[at].push_back(from_error(inspection.error(), file));
        continue;
      }
      auto judgement = judge(*inspection, books, bench_.changes);
      found_[at] = std::move(judgement.found);
      checked_[at] = {.book = std::move(inspection->book), .links = std::move(judgement.links)};
    }
  }

  // What one playbook hands to another, as far as both were checked.
  void check_links() {
    std::map<std::string_view, Names> inputs;
    for (const auto& one : checked_) {
      for (const auto& input : one.book.inputs) inputs[one.book.name].insert(input.name);
    }
    for (std::size_t at = 0; at < checked_.size(); ++at) {
      for (const auto& link : checked_[at].links) {
        const auto known = inputs.find(link.book);
        if (known != inputs.end()) check_link(link, known->second, checked_[at].book.file, found_[at]);
      }
    }
  }

  [[nodiscard]] std::vector<Diagnostics> result() && { return std::move(found_); }

 private:
  // The playbooks of the catalogue, and those in the same folder, where a run looks as well (Shelf::seen_from).
  const Names& books_known_to(const std::string& file) {
    const auto folder = std::filesystem::path(file).parent_path();
    const auto [known, is_new] = books_.try_emplace(folder, names_);
    if (is_new) known->second.merge(names_of(run::Shelf({folder.empty() ? "." : folder})));
    return known->second;
  }

  static void check_link(const BookLink& link, const Names& known, const std::string& file, Diagnostics& out) {
    for (const auto& [name, line] : link.inputs) {
      if (known.contains(name)) continue;
      out.push_back({.rule = "unknown-name",
                     .file = file,
                     .line = line,
                     .message = link.book + " has no input " + escaped(name, 60) + suggestion(name, known)});
    }
  }

  static Names names_of(const run::Shelf& shelf) {
    auto names = shelf.names();
    return {std::make_move_iterator(names.begin()), std::make_move_iterator(names.end())};
  }

  const Bench& bench_;
  const Tables tables_{.rows = run::rows_value(bench_.reads), .changes = run::changes_value(bench_.changes)};
  const std::vector<std::string>& wanted_;
  run::Shelf shelf_;
  Names names_;
  std::map<std::filesystem::path, Names> books_;  // by the folder of the playbook that names them
  std::size_t next_ = 0;
  std::vector<Diagnostics> found_;
  std::vector<Checked> checked_;
};

}  // namespace

std::vector<Diagnostics> check_playbooks(const Bench& bench, const std::vector<std::string>& books) {
  ManyChecks checks(bench, books);
  const std::size_t at_a_time = std::thread::hardware_concurrency() + 1;
  for (std::size_t i = 0; i < std::min(at_a_time, books.size()); ++i) {
    boost::asio::co_spawn(bench.loop, checks.work(), [](const std::exception_ptr& bug) {
      if (bug) std::rethrow_exception(bug);
    });
  }
  bench.loop.restart();
  bench.loop.run();
  checks.check_links();
  return std::move(checks).result();
}

}  // namespace runbook::lint
