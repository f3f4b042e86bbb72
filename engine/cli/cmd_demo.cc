#include <unistd.h>

#include <fstream>
#include <iostream>

#include "cli/commands.h"
#include "cli/demo_server.h"

namespace runbook::cli {

namespace {

Result<void> write_project(const DemoServer& server) {
  std::ofstream inventory(server.folder() / "inventory.toml");
  inventory << "[targets.cache-1]\nkind = \"redis\"\nurl  = \"unix://" << server.socket() << "\"\nenv  = \"prod\"\n";
  std::ofstream config(server.folder() / "runbook.toml");
  config << "inventory = \"inventory.toml\"\nstate = \"state\"\n";
  inventory.close();
  config.close();
  if (inventory && config) return {};
  return Error{.code = Code::kStorage, .message = "cannot be written", .where = server.folder().string()};
}

class Demo {
 public:
  explicit Demo(const DemoServer& server) : server_(server) {}

  void say(const std::string& text) const { std::cout << '\n' << style_.bold("# " + text) << '\n' << std::flush; }

  int runbook(std::vector<std::string> words) const {
    std::string shown = "$ runbook";
    for (const auto& word : words) shown += " " + (word.find(' ') == std::string::npos ? word : "'" + word + "'");
    std::cout << style_.bold(shown) << '\n' << std::flush;
    words.insert(words.begin(),
                 {(own_folder() / "runbook").string(), "--config", (server_.folder() / "runbook.toml").string()});
    return run_and_wait(words);
  }

  void write_an_order() const {
    std::cout << style_.bold("$ redis-cli SET order:1 new") << '\n' << std::flush;
    run_and_wait({"redis-cli", "-s", server_.socket(), "SET", "order:1", "new"});
  }

  // The digest of the plan that the dry run has just recorded.
  [[nodiscard]] Result<std::string> planned_digest(const Options& base) const {
    auto options = base;
    options.config.config = server_.folder() / "runbook.toml";
    RUNBOOK_TRY(program, Program::open(std::move(options)));
    std::string digest;
    RUNBOOK_CHECK(program->journal().for_each([&](const safety::Record& record) {
      if (record.type == "PLAN" && digest.empty()) digest = record.data["digest"].text_or("");
    }));
    if (digest.empty()) return Error{.code = Code::kInternal, .message = "the dry run recorded no plan"};
    return digest.substr(0, 12);
  }

 private:
  const DemoServer& server_;
  Style style_ = Style::for_output(STDOUT_FILENO, "auto");
};

}  // namespace

Result<int> cmd_demo(const Options& options) {
  RUNBOOK_TRY(server, DemoServer::start());
  RUNBOOK_CHECK(write_project(*server));
  const Demo demo(*server);
  demo.say("A throw-away Redis of 16 MiB under noeviction, full: it refuses writes");
  demo.write_an_order();

  demo.say("Look, find out why, and show what could be done. Nothing is changed:");
  if (const int exit = demo.runbook({"run", "redis-down", "--dry-run"}); exit != 0) return exit;

  int exit = 0;
  if (isatty(STDIN_FILENO) == 1 && !options.no_input) {
    demo.say("Now for real. You are the operator:");
    exit = demo.runbook({"run", "redis-down"});
  } else {
    demo.say("Now for real. Nobody is at a terminal, so the plan is approved by its digest:");
    RUNBOOK_TRY(digest, demo.planned_digest(options));
    exit = demo.runbook({"run", "redis-down", "--mitigate", "raise-maxmemory", "--approve", digest});
  }
  if (exit != 0) return exit;

  demo.say("Writes work again:");
  demo.write_an_order();
  demo.say("Every step is in the audit log, and the log verifies:");
  return demo.runbook({"audit", "verify"});
}

}  // namespace runbook::cli
