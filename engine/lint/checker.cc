#include "lint/checker.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <optional>
#include <thread>

#include "base/text.h"
#include "lint/names.h"
#include "lint/rules.h"
#include "run/rows_value.h"
#include "run/worker_client.h"

namespace runbook::lint {

namespace {

using run::Module;

// What every worker gets.
struct Tables {
  Value rows;
  Value changes;
};

// The check of one playbook.
class OneCheck {
 public:
  OneCheck(const Bench& bench, const Tables& tables, const Names& books, Module source)
      : bench_(bench), tables_(tables), books_(books), source_(std::move(source)), modules_(source_) {}

  Task<Diagnostics> run() {
    const auto failed = co_await inspect();
    if (failed) {
      out_.push_back(from_error(*failed));
    } else {
      judge();
    }
    co_return std::move(out_);
  }

 private:
  // Loads the playbook and has it tried out; what went wrong.
  Task<std::optional<Error>> inspect() {
    run::Handlers handlers;
    handlers.module = [this](std::string_view name) { return module(name); };
    handlers.call = [](std::string row, std::string, Value, std::uint32_t) -> Task<Result<Value>> {
      co_return Error{.code = Code::kRefused, .message = row + ": nothing is read by a check"};
    };
    handlers.print = [](std::string_view) {};
    run::WorkerLimits limits;
    limits.memory = bench_.config.worker_memory;
    limits.phase = bench_.config.phase_limit;
    auto started =
        co_await run::WorkerClient::start(bench_.loop.get_executor(), bench_.worker, limits, std::move(handlers));
    if (!started) co_return started.error();
    Value body = Value::Map{{"name", std::filesystem::path(source_.file).stem().string()},
                            {"file", source_.file},
                            {"source", source_.source},
                            {"modules", Value::List{"inspect"}},
                            {"rows", tables_.rows},
                            {"changes", tables_.changes}};
    const auto shape = co_await (*started)->load(std::move(body));
    if (!shape) co_return shape.error();
    auto book = run::playbook_from_shape(*shape, source_.file, source_.source);
    if (!book) co_return book.error();
    book_ = std::move(*book);
    Value nothing = Value::Map{};
    auto told = co_await (*started)->phase("inspect", std::move(nothing));
    if (!told) co_return told.error();
    inspection_ = std::move(*told);
    co_return std::nullopt;
  }

  Result<Module> module(std::string_view name) {
    constexpr std::string_view kStandard = "stdlib/";
    if (name.starts_with(kStandard)) return run::stdlib_module(name.substr(kStandard.size()));
    auto served = modules_.load(name);
    if (served) beside_.push_back(*served);
    return served;
  }

  void judge() {
    const auto words = Vocabulary::from_value(std::as_const(inspection_)["words"]);
    Usage usage;
    SlotLines lines;
    if (const auto tree = parse(source_, words)) {
      usage = check_names(*tree, source_.file, words, declared(), out_);
      lines = SlotLines(*tree);
    }
    for (const auto& module : beside_) {
      if (const auto tree = parse(module, words)) check_module_names(*tree, module.file, words, out_);
    }
    check_problems(book_, inspection_, out_);
    check_rules({.book = book_, .inspection = inspection_, .usage = usage, .lines = lines, .changes = bench_.changes},
                out_);
    settle();
  }

  std::optional<LuaTree> parse(const Module& module, const Vocabulary& words) {
    auto tree = parse_lua(module.source, words.globals);
    if (tree) return std::move(*tree);
    out_.push_back({.rule = "load", .file = module.file, .message = tree.error().message});
    return std::nullopt;
  }

  [[nodiscard]] Declared declared() const {
    Declared declared{.books = books_};
    const auto& readings = inspection_["readings"];
    if (readings.as_list() != nullptr) declared.readings = names_of(readings);
    for (const auto& input : book_.inputs) declared.inputs.insert(input.name);
    if (!book_.findings.empty()) {
      declared.findings.emplace();
      for (const auto& [name, meaning] : book_.findings) declared.findings->insert(name);
    }
    for (const auto& mitigation : book_.mitigations) {
      declared.asks[mitigation.name].insert(mitigation.asks.begin(), mitigation.asks.end());
    }
    return declared;
  }

  // By line; and of the errors of one line only the first, because the others follow from it.
  void settle() {
    std::stable_sort(out_.begin(), out_.end(), [](const auto& a, const auto& b) {
      return std::tie(a.file, a.line, a.severity) < std::tie(b.file, b.line, b.severity);
    });
    const auto follows = [](const Diagnostic& first, const Diagnostic& next) {
      return first.severity == Severity::kError && next.rule == "fails" && first.file == next.file &&
             first.line == next.line;
    };
    out_.erase(std::unique(out_.begin(), out_.end(), follows), out_.end());
  }

  [[nodiscard]] Diagnostic from_error(const Error& error) const {
    const auto colon = error.where.rfind(':');
    const bool placed = colon != std::string::npos;
    return {.rule = "load",
            .file = placed ? error.where.substr(0, colon) : source_.file,
            .line = placed ? line_of(error.where) : 1,
            .message = error.message,
            .next = error.next};
  }

  const Bench& bench_;
  const Tables& tables_;
  const Names& books_;
  Module source_;
  run::Modules modules_;
  std::vector<Module> beside_;
  run::Playbook book_;
  Value inspection_;
  Diagnostics out_;
};

// Below the working directory a file is named from there: that is how CI services find it in the repository.
std::string named_from_here(const std::string& file) {
  std::error_code error;
  const auto near = std::filesystem::proximate(file, error).lexically_normal();
  return error || near.empty() || *near.begin() == ".." ? file : near.string();
}

// All of them, by as many coroutines as there are workers at a time.
class ManyChecks {
 public:
  ManyChecks(const Bench& bench, const std::vector<std::string>& books)
      : bench_(bench), wanted_(books), shelf_(bench.config.playbooks), found_(books.size()) {
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
      OneCheck check(bench_, tables_, books, std::move(*source));
      found_[at] = co_await check.run();
    }
  }

  [[nodiscard]] std::vector<Diagnostics> result() && { return std::move(found_); }

 private:
  // The playbooks of the catalogue, and those in the same folder: it may become part of the catalogue elsewhere.
  const Names& books_known_to(const std::string& file) {
    const auto folder = std::filesystem::path(file).parent_path();
    const auto [known, is_new] = books_.try_emplace(folder, names_);
    if (is_new) known->second.merge(names_of(run::Shelf({folder.empty() ? "." : folder})));
    return known->second;
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
  return std::move(checks).result();
}

}  // namespace runbook::lint
