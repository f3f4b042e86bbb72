#include "cli/operation.h"

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <iostream>
#include <optional>
#include <utility>

#include "cli/error_text.h"
#include "cli/flag_asker.h"
#include "cli/json_line.h"
#include "run/approvals.h"
#include "run/exit.h"
#include "run/summary.h"

namespace runbook::cli {

namespace asio = boost::asio;

namespace {

// The line of a record in the event stream.
std::string event_line(const safety::Record& record) {
  return json_line(Value::Map{{"n", record.n},
                              {"type", record.type},
                              {"run", record.run},
                              {"time", utc_text(record.moment.wall_ms)},
                              {"data", record.data}});
}

// Started by nohup, it outlives its terminal.
bool outlives_terminal() {
  struct sigaction action {};
  return sigaction(SIGHUP, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Operation::Operation(Program& program, std::string command)
    : program_(program), command_(std::move(command)), suspension_(program.loop().get_executor(), [this] {
        if (console_ != nullptr) console_->ask_again();
      }) {
  const auto& options = program.options();
  const bool unattended = options.no_input || options.dry || options.approval.yes || !options.approval.approve.empty();
  if (!unattended) console_ = Console::open(program.loop().get_executor(), options.color, program.secrets());
  const bool to_stdout = options.output == Output::kText;
  // Whoever is asked has to see what about, also when stdout goes elsewhere.
  const bool to_terminal = console_ != nullptr && (!to_stdout || isatty(STDOUT_FILENO) != 1);
  const auto add = [this](std::ostream& out, Style style) {
    narrators_.push_back(std::make_unique<Narrator>(out, style));
  };
  if (to_stdout) add(std::cout, Style::for_output(STDOUT_FILENO, options.color));
  if (to_terminal) add(std::cerr, Style::for_output(STDERR_FILENO, options.color));
  program.journal().subscribe([this](const safety::Record& record) { tell(record); });
}

void Operation::tell(const safety::Record& record) {
  program_.progress().show("");
  records_.push_back(record);
  if (program_.options().output == Output::kNdjson) std::cout << event_line(record) << std::flush;
  for (const auto& narrator : narrators_) narrator->tell(record);
  if (record.type == "INTENT") suspension_.hold();
  if (record.type == "OUTCOME") suspension_.release();
}

void Operation::recall(std::vector<safety::Record> records) {
  for (const auto& narrator : narrators_) {
    for (const auto& record : records) narrator->recall(record);
  }
  recalled_ = std::move(records);
}

Result<run::Asker*> Operation::asker() {
  if (console_ != nullptr) return console_.get();
  const auto& approval = program_.options().approval;
  std::optional<run::RecordedPlan> approved;
  if (!approval.approve.empty()) {
    RUNBOOK_TRY(found, run::find_approved(program_.journal(), program_.evidence(), program_.clock(), approval.approve));
    approved = std::move(found);
  }
  flags_ = std::make_unique<FlagAsker>(approval, std::move(approved), command_);
  return flags_.get();
}

Result<int> Operation::carry_through(run::Session& session, Task<Result<run::Ending>> work, Ends ends) {
  auto& loop = program_.loop();
  loop.restart();
  records_ = std::exchange(recalled_, {});
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  if (!outlives_terminal()) signals.add(SIGHUP);
  int stops = 0;
  int last_signal = 0;
  bool late = false;
  const auto stop = [&] {
    ++stops;
    if (console_ != nullptr) console_->interrupt();
    program_.interrupt();
    ends.run();
  };
  std::function<void(const boost::system::error_code&, int)> on_signal = [&](const boost::system::error_code& error,
                                                                             int number) {
    if (error) return;
    if (number == SIGINT && stops == 0 && ends.looking()) {
      program_.progress().warn("going on with what was read; once more stops the run");
      signals.async_wait(on_signal);
      return;
    }
    last_signal = number;
    if (stops > 0) {
      // An INTENT without an OUTCOME is what "in doubt" looks like in the log; there is nothing more to write.
      session.finish({.status = "interrupted twice: what was in hand is in doubt", .exit = 128 + number});
      for (const auto& narrator : narrators_) narrator->finish();
      std::_Exit(128 + number);
    }
    program_.progress().warn("stopping after the call in hand; once more stops waiting for it");
    stop();
    signals.async_wait(on_signal);
  };
  signals.async_wait(on_signal);
  asio::steady_timer deadline(loop);
  const auto limit = program_.options().timeout;
  if (limit.count() > 0) {
    deadline.expires_at(began_ + limit);
    deadline.async_wait([&](const boost::system::error_code& error) {
      if (error) return;
      late = true;
      program_.progress().warn("the deadline of " + duration_text(limit) + " is over: stopping after the call in hand");
      stop();
    });
  }

  std::optional<Result<run::Ending>> ended;
  asio::co_spawn(loop, std::move(work), [&](std::exception_ptr bug, Result<run::Ending> result) {
    signals.cancel();
    deadline.cancel();
    if (bug) std::rethrow_exception(bug);
    ended = std::move(result);
    loop.stop();
  });
  loop.run();
  loop.restart();
  asio::co_spawn(loop, program_.settle(), [&loop](std::exception_ptr /*bug*/) { loop.stop(); });
  loop.run();

  const bool failed = !*ended;
  run::Ending ending = failed ? run::Ending{.status = run::status_of(ended->error()),
                                            .exit = run::exit_of(ended->error()),
                                            .error = ended->error().text()}
                              : **ended;
  if (late && ending.exit != 0) ending.exit = 124;
  if (last_signal != 0 && !late && ending.exit != 0) ending.exit = 128 + last_signal;
  if (!session.title().empty()) {
    const int known = ending.exit;
    ending = session.finish(std::move(ending));
    if (ending.exit != known) std::cerr << "runbook: " << ending.error << '\n';
  }
  for (const auto& narrator : narrators_) narrator->finish();
  if (program_.options().output == Output::kJson && !session.title().empty() && !ending.then) {
    auto document = run::summary(records_);
    document["exit"] = ending.exit;
    if (failed) document["error"] = error_value(ended->error());
    std::cout << json_line(document);
  }
  if (!failed) return ending.exit;
  if (session.title().empty()) return ended->error();
  std::cerr << error_text(ended->error());
  return ending.exit;
}

}  // namespace runbook::cli
