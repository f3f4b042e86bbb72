// show BOOK --by-hand: plain text for paper, or for the terminal of a machine on which nothing else works.
#include <boost/asio/co_spawn.hpp>
#include <iostream>
#include <optional>

#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_line.h"
#include "run/hand_page.h"

namespace runbook::cli {

namespace {

constexpr std::size_t kWidth = 80;

std::string safe(const Value& value) { return escaped(value.text_or("")); }

std::string names(const Value& list) {
  std::string out;
  for (const auto& name : list.items()) out += (out.empty() ? "" : ", ") + safe(name);
  return out;
}

std::string milliseconds_text(const Value& ms) {
  return duration_text(std::chrono::milliseconds(static_cast<std::int64_t>(ms.number_or(0))));
}

class HandPage {
 public:
  explicit HandPage(std::ostream& out) : out_(out) {}

  void print(const Value& page) {
    out_ << safe(page["book"]) << " by hand\n\n";
    say("", page["summary"]);
    say("", "Made without looking: what stands in <angle brackets> is for you to fill in. Targets: " +
                names(page["targets"]) + ".");
    heading("1. Look");
    for (const auto& reading : page["look"].items()) {
      const auto& name = reading["name"].text_or("").empty() ? reading["text"] : reading["name"];
      out_ << "  # " << safe(name) << "\n  " << safe(reading["command"]) << '\n';
    }
    problem(page["problem"]);
    heading("2. What it can be");
    for (const auto& finding : page["findings"].items()) say(safe(finding["name"]) + ": ", finding["text"]);
    heading("3. What can be done, in this order of preference");
    for (const auto& mitigation : page["mitigations"].items()) print_mitigation(mitigation);
    if (page["mitigations"].items().empty()) out_ << "  Nothing: this playbook only looks.\n";
  }

 private:
  void heading(const std::string& text) { out_ << '\n' << text << "\n\n"; }
  void say(const std::string& label, const Value& text) {
    if (!text.text_or("").empty()) out_ << "  " << wrapped(label + safe(text), 4, kWidth) << '\n';
  }
  void problem(const Value& text) {
    if (!text.is_null()) say("what follows cannot be told without looking: ", text);
  }
  void commands(const Value& lines) {
    for (const auto& line : lines.items()) out_ << "    " << safe(line) << '\n';
  }
  void checks(const Value& list) {
    for (const auto& check : list.items())
      out_ << "    " << safe(check["command"]) << "\n      # " << wrapped(safe(check["text"]), 8, kWidth) << '\n';
  }

  void print_mitigation(const Value& mitigation) {
    const auto why = mitigation["hold"].bool_or(false) ? std::string("buys time, cures nothing")
                                                       : "answers " + names(mitigation["answers"]);
    out_ << "* " << safe(mitigation["name"]) << ": " << why << '\n';
    if (const auto lacks = safe(mitigation["lacks"]); !lacks.empty()) {
      out_ << "  It needs the input " << lacks << ", and there is none: -p " << lacks << "=…\n\n";
      return;
    }
    say("WARNING: ", mitigation["warning"]);
    if (!mitigation["not_while"].items().empty()) out_ << "  Not while: " << names(mitigation["not_while"]) << '\n';
    for (const auto& step : mitigation["steps"].items()) print_step(step);
    problem(mitigation["problem"]);
    if (mitigation["steps"].items().empty() && mitigation["problem"].is_null())
      out_ << "  What it changes depends on what is found.\n";
    if (!mitigation["checks"].items().empty()) {
      out_ << "  It worked when, within " << milliseconds_text(mitigation["within_ms"]);
      if (mitigation["holds_ms"].number_or(0) > 0) out_ << " and for " << milliseconds_text(mitigation["holds_ms"]);
      out_ << ":\n";
      checks(mitigation["checks"]);
    }
    out_ << '\n';
  }

  void print_step(const Value& step) {
    if (!step["barrier"].is_null()) {
      const auto& least = step["at_least"];
      out_ << "  Go on only when"
           << (least.is_null() ? "" : " at least " + to_json(least) + " of these targets are well") << ":\n";
      checks(step["barrier"]);
      return;
    }
    say("- ", step["text"]);
    say("You see then: ", step["expects"]);
    for (const auto& lost : step["loses"].items()) say("LOSES ", lost);
    if (!step["before"].text_or("").empty())
      out_ << "    " << safe(step["before"]) << "\n      # note it: it is <what it is before>\n";
    commands(step["commands"]);
    if (!step["undo"].items().empty()) out_ << "  undo:\n";
    commands(step["undo"]);
    say("No way back: ", step["irreversible"]);
  }

  std::ostream& out_;
};

}  // namespace

Result<int> cmd_by_hand(Program& program) {
  const auto& options = program.options();
  auto world = program.dry_world();
  std::optional<Result<Value>> page;
  auto work = run::hand_page(world, options.book, options.inputs, options.asks);
  boost::asio::co_spawn(program.loop(), std::move(work), [&](std::exception_ptr bug, Result<Value> result) {
    if (bug) std::rethrow_exception(bug);
    page = std::move(result);
    program.loop().stop();
  });
  program.loop().run();
  if (!*page) return page->error();
  if (options.output == Output::kText) {
    HandPage(std::cout).print(**page);
  } else {
    std::cout << json_line(**page);
  }
  return 0;
}

}  // namespace runbook::cli
