#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <iostream>
#include <map>
#include <set>
#include <vector>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/load_only.h"
#include "cli/readonly_list.h"
#include "cli/run_to_end.h"
#include "run/shelf.h"
#include "run/wait.h"

namespace runbook::cli {

namespace {

std::string said(const Error& error) { return error.message + (error.next.empty() ? "" : " (" + error.next + ")"); }

// The cheapest read that shows whether a target answers us.
safety::Call ping_of(const safety::Target& target) {
  if (target.kind == "redis") return {.row = "redis.ping", .target = target.name, .args = Value::Map{}};
  if (target.kind == "container") return {.row = "container.state", .target = target.name, .args = Value::Map{}};
  if (target.kind == "docker") return {.row = "docker.version", .target = target.name, .args = Value::Map{}};
  if (target.kind == "postgres") return {.row = "postgres.server", .target = target.name, .args = Value::Map{}};
  if (target.kind == "ssh") return {.row = "host.load", .target = target.name, .args = Value::Map{}};
  if (target.kind != "http") return {.row = "net.tcp_probe", .target = target.name, .args = Value::Map{}};
  const auto path = target.health.empty() ? std::string("/") : target.health;
  return {.row = "http.head", .target = target.name, .args = Value::Map{{"path", path}}};
}

class Doctor {
 public:
  Doctor(Program& program, Style style) : program_(program), style_(style) {}

  void tell(bool good, const std::string& what, const std::string& about) {
    sound_ = sound_ && good;
    std::cout << (good ? style_.yes() : style_.no()) << ' ' << what << ": "
              << wrapped(escaped(about), 4, style_.width()) << '\n';
  }

  // What is as the operator may want it, and what they must know of.
  void note(const std::string& what, const std::string& about) {
    std::cout << style_.warn("- " + what) << ": " << wrapped(escaped(about), 4, style_.width()) << '\n';
  }

  void configuration() {
    std::vector<std::string> files;
    for (const auto& file : program_.config().files) files.push_back(file.string());
    tell(true, "configuration", files.empty() ? "no runbook.toml was found; defaults apply" : join(files, ", "));
    const auto& inventory = program_.config().inventory;
    tell(!inventory.empty(), "inventory",
         inventory.empty() ? "none: set `inventory` in runbook.toml, or give --inventory"
                           : inventory.string() + ", " + counted(program_.inventory().targets().size(), "target"));
    for (const auto& left : program_.inventory().left_out())
      note("left out " + escaped(left.name.empty() ? "a part" : left.name, 60),
           left.where + ": " + left.why + (left.next.empty() ? "" : " (" + left.next + ")"));
  }

  void commands() {
    const auto list = readonly_list(program_.config());
    std::vector<std::string> own;
    std::size_t shipped = 0;
    for (const auto& rule : list ? list->rules() : std::vector<guard::CommandRule>()) {
      if (rule.origin == kShippedList) {
        ++shipped;
      } else {
        own.push_back(rule.name);
      }
    }
    tell(list.has_value(), "commands that only look",
         list ? counted(shipped, "rule") + (own.empty() ? "" : ", and of the configuration " + join(own, ", "))
              : list.error().text());
  }

  // One that cannot be read is not kept out of sight either, where a server tells it.
  void secrets() {
    const auto& all = program_.inventory().secrets();
    run::NeededSecrets needed;
    for (const auto& [name, reference] : all) {
      if (reference.source() != "prompt") needed.own.insert(name);
    }
    const auto known = run_to_end(program_.loop(), program_.know_secrets(std::move(needed)));
    if (!known) tell(false, "secrets", said(known.error()));
    for (const auto& [name, reference] : all) {
      if (reference.source() == "prompt") {
        note("secrets", escaped(name, 40) + " is asked for at the terminal when a run needs it, and not now");
        asked_for_.insert(name);
        continue;
      }
      const auto value = program_.secret_values().value(name);
      const auto where = reference.at_start() ? "" : ", by " + std::string(reference.source());
      tell(value.has_value(), "secrets", value ? escaped(name, 40) + " is there" + where : said(value.error()));
    }
  }

  void state() {
    const auto ready = program_.journal().ready_for_changes();
    tell(ready.has_value(), "audit log",
         ready ? program_.config().state.string() + " can be written" : ready.error().text());
  }

  void playbooks() {
    const auto names = run::Shelf(program_.config().playbooks).names();
    tell(!names.empty(), "playbooks",
         names.empty() ? "none found: set `playbooks` in runbook.toml" : std::to_string(names.size()) + " found");
    const auto book = program_.options().book;
    for (const auto& name : book.empty() ? names : std::vector<std::string>{book}) {
      const auto loaded = load_playbook(program_, name);
      tell(loaded.has_value(), "playbook " + escaped(name, 40), loaded ? "loads" : loaded.error().text());
    }
  }

  // All at the same time: what hangs costs one deadline, however many hang.
  void targets() {
    const auto& all = program_.inventory().targets();
    auto world = program_.dry_world();
    const safety::EvidenceLedger ledger(program_.clock());
    const auto known = [&all](std::string_view name) {
      const auto found = all.find(name);
      return found == all.end() ? nullptr : &found->second;
    };
    const auto executor = world.executor({.run = "", .targets = known, .ledger = ledger});
    std::map<std::string, Result<Value>> answers;
    std::vector<Task<void>> asked;
    for (const auto& [name, target] : all) {
      const auto opened_by = program_.inventory().secrets_of({{name, target}}).own;
      const bool by_person =
          std::any_of(opened_by.begin(), opened_by.end(), [&](const auto& one) { return asked_for_.contains(one); });
      if (by_person) {
        note("target " + name, "not asked, for its secret is asked for at the terminal");
      } else {
        asked.push_back(ask(*executor, ping_of(target), answers));
      }
    }
    auto& loop = program_.loop();
    boost::asio::co_spawn(loop, run::together(loop.get_executor(), std::move(asked)), [&](std::exception_ptr bug) {
      if (bug) std::rethrow_exception(bug);
      loop.stop();
    });
    loop.restart();
    loop.run();
    program_.progress().show("");
    for (const auto& [name, answer] : answers)
      tell(answer.has_value(), "target " + name, answer ? "answers" + way_to(all.at(name)) : said(answer.error()));
  }

  [[nodiscard]] bool sound() const { return sound_; }

 private:
  std::string way_to(const safety::Target& target) {
    const auto way = std::as_const(program_).way_of(target, ping_of(target).row);
    if (way.is_null()) return {};
    const auto via = way["via"].text_or("");
    return ", by " + std::string(way["transport"].text_or("")) + (via.empty() ? "" : " via " + std::string(via));
  }

  Task<void> ask(safety::Executor& executor, safety::Call call, std::map<std::string, Result<Value>>& answers) {
    auto answer = co_await executor.invoke(call);
    answers.emplace(call.target, std::move(answer));
    program_.progress().show("asking: " + std::to_string(answers.size()) + " of " +
                             std::to_string(program_.inventory().targets().size()) + " targets");
  }

  Program& program_;
  Style style_;
  bool sound_ = true;
  std::set<std::string> asked_for_;  // secrets
};

}  // namespace

Result<int> cmd_doctor(Program& program) {
  Doctor doctor(program, Style::for_output(STDOUT_FILENO, program.options().color));
  doctor.configuration();
  doctor.commands();
  doctor.secrets();
  doctor.state();
  doctor.playbooks();
  doctor.targets();
  return doctor.sound() ? 0 : 1;
}

}  // namespace runbook::cli
