// host enroll: the keys of hosts, from their first showing into known_hosts.
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <iostream>

#include "base/shell.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/enrolling.h"
#include "cli/error_text.h"
#include "cli/json_line.h"
#include "net/turns.h"
#include "run/exit.h"
#include "run/inventory.h"

namespace runbook::cli {

namespace {

namespace asio = boost::asio;

constexpr unsigned kMetAtOnce = 16;

Result<safety::Target> host_named(const Program& program, const std::string& name) {
  if (name.starts_with("ssh://")) return run::target_from_url(name, "ssh");
  RUNBOOK_TRY(target, program.inventory().find(name));
  if (target->kind == "ssh") return *target;
  return Error{.code = Code::kUsage,
               .message = escaped(name, 60) + " is no host, it is of kind " + target->kind,
               .where = {},
               .next = target->host.empty() ? "hosts are of kind ssh" : "it runs on " + target->host};
}

Result<std::vector<safety::Target>> wanted_hosts(const Program& program) {
  const auto& options = program.options();
  std::vector<safety::Target> hosts;
  for (const auto* host : program.inventory().of_kind("ssh")) {
    if (options.enroll.all) hosts.push_back(*host);
  }
  if (options.enroll.all && hosts.empty())
    return Error{.code = Code::kUsage, .message = "the inventory has no hosts", .next = "hosts are of kind ssh"};
  if (!options.enroll.all && options.more.empty())
    return Error{.code = Code::kUsage,
                 .message = "no host was named",
                 .next = "runbook host enroll NAME, or --all for those of the inventory"};
  for (const auto& name : options.more) {
    RUNBOOK_TRY(host, host_named(program, name));
    hosts.push_back(host);
  }
  return hosts;
}

class Enrolment {
 public:
  explicit Enrolment(Program& program)
      : program_(program),
        style_(Style::for_output(STDOUT_FILENO, program.options().color)),
        turns_(program.loop().get_executor(), kMetAtOnce) {
    const auto& options = program.options();
    if (!options.no_input && options.enroll.fingerprints.empty())
      console_ = Console::open(program.loop().get_executor(), options.color, program.secrets());
  }

  /// Meets all, several at a time.
  void meet(const std::vector<safety::Target>& targets) {
    hosts_.resize(targets.size());
    program_.progress().show("asking " + counted(targets.size(), "host") + " for keys");
    for (std::size_t i = 0; i < targets.size(); ++i) {
      asio::co_spawn(program_.loop(), meet_one(targets[i], hosts_[i]), [](std::exception_ptr bug) {
        if (bug) std::rethrow_exception(bug);
      });
    }
    run_loop();
    program_.progress().show({});
  }

  /// Enrolls them, one after the other; one that fails keeps no other from it.
  void enroll() {
    for (auto& host : hosts_) {
      if (!host.error && !host.known) {
        if (const auto done = enroll(host); !done) host.error = done.error();
      }
      if (program_.options().output == Output::kText) tell(host);
    }
  }

  /// The highest of the hosts' exit codes; the document, where one is wanted.
  int finish() {
    int exit = 0;
    Value::List hosts;
    for (const auto& host : hosts_) {
      if (host.error) exit = std::max(exit, run::exit_of(*host.error));
      hosts.push_back(host.to_value());
    }
    if (program_.options().output != Output::kText)
      std::cout << json_line(Value::Map{{"format", 1}, {"hosts", std::move(hosts)}, {"exit", exit}});
    return exit;
  }

 private:
  Task<void> meet_one(const safety::Target& target, Enrolling& into) {
    const auto turn = co_await turns_.take();
    into = co_await meet_host(program_.loop().get_executor(), target);
  }

  void run_loop() {
    program_.loop().restart();
    program_.loop().run();
  }

  Result<void> enroll(Enrolling& host) {
    RUNBOOK_CHECK(agree(host));
    return record_host(program_, host);
  }

  // Nothing is accepted that was not shown where the question stands.
  Result<void> agree(Enrolling& host) {
    const auto& given = program_.options().enroll.fingerprints;
    if (!given.empty()) return accept_given(host, given);
    if (!console_) {
      std::cerr << enrolling_question(host);
      return Error{.code = Code::kUnasked,
                   .message = "its key is not known, and nobody can be asked",
                   .where = host.name,
                   .next = "compare a fingerprint above, then: runbook host enroll " + shell_word(host.name) +
                           " --fingerprint " + "SHA256:…"};
    }
    std::optional<Result<std::string>> answer;
    auto asked = console_->ask_about("\n" + enrolling_question(host),
                                     "Type yes to record them all, or a fingerprint to record its key; else no: ");
    asio::co_spawn(program_.loop(), std::move(asked), [&](std::exception_ptr bug, Result<std::string> line) {
      if (bug) std::rethrow_exception(bug);
      answer = std::move(line);
    });
    run_loop();
    if (!*answer) return answer->error();
    return accept_typed(host, **answer);
  }

  void tell(const Enrolling& host) {
    const auto name = escaped(host.name, 80);
    if (host.recorded) {
      std::cout << style_.yes() << ' ' << name << ": " << counted(host.accepted.size(), "key") << " recorded in "
                << escaped(host.config.user_known_hosts) << '\n';
    } else if (host.known) {
      std::cout << style_.yes() << ' ' << name << ": known already, nothing was written\n";
    }
    std::cout << std::flush;
    if (host.error) std::cerr << error_text(*host.error);
  }

  Program& program_;
  Style style_;
  net::Turns turns_;
  std::unique_ptr<Console> console_{};
  std::vector<Enrolling> hosts_{};
};

}  // namespace

Result<int> cmd_host_enroll(Program& program) {
  RUNBOOK_TRY(hosts, wanted_hosts(program));
  Enrolment enrolment(program);
  enrolment.meet(hosts);
  enrolment.enroll();
  return enrolment.finish();
}

}  // namespace runbook::cli
