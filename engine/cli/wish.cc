#include "cli/wish.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <optional>

#include "base/text.h"
#include "cli/console.h"

namespace runbook::cli {

namespace {

constexpr const char* kUsualSeverity = "SEV-3";
constexpr const char* kUsualOwner = "on-call";
constexpr const char* kUsualKind = "redis";

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> out;
  for (const auto part : split(text, ',')) {
    if (!trim(part).empty()) out.emplace_back(trim(part));
  }
  return out;
}

// A playbook that is called redis-clients looks at a redis.
std::string usual_kind(std::string_view name) {
  for (const auto& kind : author::template_kinds()) {
    if (name.starts_with(kind)) return kind;
  }
  return kUsualKind;
}

Result<std::string> known_kind(const std::string& wanted, std::string_view name) {
  const auto kinds = author::template_kinds();
  if (wanted.empty()) return usual_kind(name);
  if (std::find(kinds.begin(), kinds.end(), wanted) != kinds.end()) return wanted;
  return Error{.code = Code::kUsage,
               .message = "there is no template for playbooks that look at " + escaped(wanted, 40),
               .next = "--kind may be " + join(kinds, ", ")};
}

run::Ask question(std::string name, std::string label, Value fallback, std::vector<std::string> options = {}) {
  return {.mitigation = {},
          .name = std::move(name),
          .kind = options.empty() ? "text" : "choice",
          .label = std::move(label),
          .fallback = std::move(fallback),
          .options = std::move(options)};
}

Task<Result<void>> put(run::Asker& asker, bool wanted, run::Ask ask, std::string& answer) {
  if (!wanted) co_return Result<void>();
  RUNBOOK_CO_TRY(said, co_await asker.fill(ask));
  answer = std::string(said.text_or(""));
  co_return Result<void>();
}

// Asks for what the flags leave open.
Task<Result<void>> ask_for(author::Wish& wish, const NewOptions& given, run::Asker& asker) {
  const auto kinds = author::template_kinds();
  auto kind = question("kind", "What kind of target does it look at?", wish.kind, kinds);
  RUNBOOK_CO_CHECK(co_await put(asker, given.kind.empty() && kinds.size() > 1, kind, wish.kind));
  auto summary = question("summary", "What is wrong when one needs it?", author::usual_summary(wish.kind));
  RUNBOOK_CO_CHECK(co_await put(asker, given.summary.empty(), summary, wish.summary));
  std::string alerts;
  auto alert = question("alerts", "Which alerts does it answer? Names with commas between, or nothing", Value(""));
  RUNBOOK_CO_CHECK(co_await put(asker, given.alerts.empty(), alert, alerts));
  if (given.alerts.empty()) wish.alerts = listed(alerts);
  std::vector<std::string> grades = {"SEV-1", "SEV-2", "SEV-3", "SEV-4", "SEV-5"};
  auto severity = question("severity", "How bad is it?", wish.severity, grades);
  RUNBOOK_CO_CHECK(co_await put(asker, given.severity.empty(), severity, wish.severity));
  auto owner = question("owner", "Who answers for it?", wish.owner);
  RUNBOOK_CO_CHECK(co_await put(asker, given.owner.empty(), owner, wish.owner));
  std::string answer = "yes";
  std::vector<std::string> yes_or_no = {"yes", "no"};
  auto changes = question("changes", "Does it change something?", Value("yes"), yes_or_no);
  RUNBOOK_CO_CHECK(co_await put(asker, !given.read_only, changes, answer));
  wish.changes = !given.read_only && answer == "yes";
  co_return Result<void>();
}

}  // namespace

Result<author::Wish> wish_of(const Options& options) {
  const auto& given = options.wish;
  RUNBOOK_CHECK(author::check_name(options.book));
  RUNBOOK_TRY(kind, known_kind(given.kind, options.book));
  author::Wish wish{.name = options.book,
                    .kind = kind,
                    .summary = given.summary,
                    .alerts = {},
                    .severity = given.severity.empty() ? kUsualSeverity : given.severity,
                    .owner = given.owner.empty() ? kUsualOwner : given.owner,
                    .changes = !given.read_only};
  for (const auto& alert : given.alerts) {
    for (auto& name : listed(alert)) wish.alerts.push_back(std::move(name));
  }
  return wish;
}

Result<void> ask_what_is_open(Program& program, author::Wish& wish) {
  const auto& options = program.options();
  if (options.no_input) return {};
  const auto console = Console::open(program.loop().get_executor(), options.color, program.secrets());
  if (!console) return {};
  std::optional<Result<void>> done;
  boost::asio::co_spawn(program.loop(), ask_for(wish, options.wish, *console),
                        [&](std::exception_ptr bug, Result<void> result) {
                          if (bug) std::rethrow_exception(bug);
                          done = std::move(result);
                        });
  program.loop().restart();
  program.loop().run();
  return *done;
}

}  // namespace runbook::cli
