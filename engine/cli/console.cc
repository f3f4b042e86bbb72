#include "cli/console.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "cli/narrator.h"
#include "cli/suspension.h"

namespace runbook::cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kLongestLine = 4096;
// A paste of several lines arrives at once; a person needs longer for a second line.
constexpr int kPasteMs = 30;

Error declined(std::string message) { return {.code = Code::kDeclined, .message = std::move(message)}; }

constexpr int kForever = -1;

bool is_ready(int descriptor, short events, int patience_ms) {
  pollfd waiting{.fd = descriptor, .events = events, .revents = 0};
  int ready = 0;
  do ready = poll(&waiting, 1, patience_ms);
  while (ready < 0 && errno == EINTR);
  return ready > 0;
}

std::string shown(const Value& value) {
  const auto* number = value.as_number();
  if (number != nullptr) return std::to_string(static_cast<long long>(*number));
  return std::string(value.text_or(""));
}

}  // namespace

std::unique_ptr<Console> Console::open(const Loop& loop, std::string_view color, const SecretNet& secrets) {
  if (isatty(STDIN_FILENO) != 1) return nullptr;
  // The kernel throws typed lines away at ^Z: reading one that was there a moment ago must not wait for the next.
  const int descriptor = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor < 0) return nullptr;
  return std::unique_ptr<Console>(new Console(loop, descriptor, Style::for_output(descriptor, color), secrets));
}

Console::Console(const Loop& loop, int descriptor, Style style, const SecretNet& secrets)
    : terminal_(loop, descriptor), style_(style), secrets_(secrets) {}

void Console::interrupt() {
  interrupted_ = asking_;
  terminal_.cancel();
}

void Console::ask_again() {
  if (asking_) terminal_.cancel();
}

void Console::say(const std::string& words) {
  const auto text = style_.fitted(secrets_.hide(words));
  for (std::size_t at = 0; at < text.size();) {
    const auto written = ::write(terminal_.native_handle(), text.data() + at, text.size() - at);
    if (written < 0 && errno == EAGAIN && is_ready(terminal_.native_handle(), POLLOUT, kForever)) continue;
    if (written <= 0) return;
    at += static_cast<std::size_t>(written);
  }
}

// While it stands, the terminal does not show what is typed.
class Unseen {
 public:
  Unseen(int descriptor, bool wanted) : descriptor_(descriptor) {
    if (!wanted || tcgetattr(descriptor_, &before_) != 0) return;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    changed_ = tcsetattr(descriptor_, TCSANOW, &silent) == 0;
  }
  ~Unseen() {
    if (changed_) tcsetattr(descriptor_, TCSANOW, &before_);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  int descriptor_;
  bool changed_ = false;
  termios before_{};
};

Task<Result<std::string>> Console::ask(const std::string& prompt, bool shown) {
  const int descriptor = terminal_.native_handle();
  for (;;) {
    const Unseen unseen(descriptor, !shown);
    tcflush(descriptor, TCIFLUSH);
    say(prompt);
    const auto continued = times_continued();
    const auto waited = asio::as_tuple(asio::use_awaitable);
    asking_ = true;
    const auto [error] = co_await terminal_.async_wait(asio::posix::stream_descriptor::wait_read, waited);
    asking_ = false;
    if (error) {
      say("\n");
      if (!std::exchange(interrupted_, false)) continue;
      co_return declined("interrupted");
    }
    std::string line(kLongestLine, '\0');
    const auto length = ::read(descriptor, line.data(), line.size());
    if (times_continued() != continued || (length < 0 && errno == EAGAIN)) {
      say("\n  this was stopped meanwhile: nothing that was typed counts as an answer\n");
      continue;
    }
    if (length <= 0) {
      say("\n");
      co_return declined("the terminal was closed");
    }
    line.resize(static_cast<std::size_t>(length));
    if (!is_ready(descriptor, POLLIN, kPasteMs)) {
      while (line.ends_with('\n') || line.ends_with('\r')) line.pop_back();
      co_return line;
    }
    say("  more than one line came at once: none of it counts as an answer\n");
  }
}

Task<Result<std::string>> Console::ask_about(std::string shown, std::string question) {
  say(shown);
  co_return co_await ask(question);
}

Task<Result<std::string>> Console::ask_hidden(std::string question) { co_return co_await ask(question, false); }

Task<Result<std::string>> Console::choose(const run::Choice& choice) {
  std::string text = "\n" + style_.bold(wrapped(escaped(choice.question), 0, style_.width())) + "\n";
  std::size_t number = 0;
  for (const auto& option : choice.options) {
    const auto id = escaped(option.id, 40);
    text += "  " + std::to_string(++number) + "  " + style_.bold(id) +
            (option.key == 0 ? "" : style_.dim(std::string(" (") + option.key + ")")) + "\n";
    if (!option.text.empty()) text += "     " + wrapped(escaped(option.text), 5, style_.width()) + "\n";
  }
  say(text);
  for (;;) {
    RUNBOOK_CO_TRY(line, co_await ask("Number or letter, q quits: "));
    const auto answer = trim(line);
    if (answer == "q") co_return declined("the operator quit");
    std::size_t chosen = 0;
    const auto parsed = std::from_chars(answer.data(), answer.data() + answer.size(), chosen);
    const bool whole = parsed.ptr == answer.data() + answer.size();
    if (whole && chosen >= 1 && chosen <= choice.options.size()) co_return choice.options[chosen - 1].id;
    for (const auto& option : choice.options) {
      if (answer == option.id) co_return option.id;
    }
    for (const auto& option : choice.options) {
      if (answer.size() == 1 && answer.front() == option.key) co_return option.id;
    }
    say("  a number from 1 to " + std::to_string(choice.options.size()) + ", or one of the letters beside them\n");
  }
}

Task<Result<Value>> Console::fill(const run::Ask& ask_for) {
  const bool has_fallback = !ask_for.fallback.is_null();
  std::string prompt = escaped(ask_for.label, 120);
  if (has_fallback && !shown(ask_for.fallback).empty()) {
    prompt += " [" + escaped(shown(ask_for.fallback), 60);
    if (ask_for.kind == "bytes") prompt += ", " + bytes_text(ask_for.fallback.number_or(0));
    prompt += "]";
  }
  if (!ask_for.options.empty()) say("\n  " + wrapped(escaped(join(ask_for.options, ", ")), 2, style_.width()) + "\n");
  for (;;) {
    RUNBOOK_CO_TRY(line, co_await ask(prompt + ": "));
    if (trim(line).empty() && has_fallback) co_return ask_for.fallback;
    auto parsed = run::parse_answer(ask_for, line);
    const auto accepted = parsed && ask_for.accept ? ask_for.accept(*parsed) : Result<void>();
    if (parsed && accepted) co_return parsed;
    const auto& error = parsed ? accepted.error() : parsed.error();
    say("  " + escaped(error.message + (error.next.empty() ? "" : "; " + error.next)) + "\n");
  }
}

Task<Result<std::string>> Console::confirm(const safety::Manual& manual) {
  say("\n" + style_.bold(wrapped("Do this by hand: " + escaped(manual.what, 400), 4, style_.width())) + "\n");
  for (const auto& command : manual.commands) say("  " + escaped(command) + "\n");
  const auto question = manual.commands.empty()
                            ? std::string("What do you see? (q to stop here) ")
                            : "Type " + escaped(manual.expects, 60) + " when it is (q to stop here): ";
  for (;;) {
    RUNBOOK_CO_TRY(line, co_await ask(question));
    const auto saw = trim(line);
    if (saw == "q") co_return declined("the operator stopped at what is done by hand");
    if (!saw.empty()) co_return std::string(saw);
  }
}

Task<Result<safety::Approval>> Console::approve(const safety::Plan& plan) {
  const safety::Gate gate(plan);
  std::string text = "\n";
  const auto targets = plan.changed_targets();
  const bool many = targets.size() > 1;
  if (many)
    text += "This changes " + style_.bold(std::to_string(targets.size()) + " targets") + ", and nothing else:\n";
  for (const auto& target : targets) {
    const auto* found = plan.target(target);
    text += (many ? "  " : "This changes ") + style_.bold(escaped(target, 60));
    if (found != nullptr)
      text +=
          " (" + found->kind + ", " + (found->env.empty() ? "no env, treated as prod" : escaped(found->env, 30)) + ")";
    text += many ? "\n" : ", and nothing else.\n";
  }
  text += wrapped("If the checks do not come true you are asked again: wait, another way, undo, or leave it.", 0,
                  style_.width()) +
          "\n";
  say(text);
  safety::TypedAnswer answer;
  std::string prompt = "Type " + style_.bold(escaped(gate.wanted(), 80)) + " to do it; anything else is no: ";
  if (gate.level() >= 3) prompt = "Level 3. " + prompt;
  RUNBOOK_CO_TRY(line, co_await ask(prompt));
  answer.line = line;
  if (gate.level() >= 3 && answer.line == gate.wanted()) {
    RUNBOOK_CO_TRY(reason, co_await ask("Reason, for the record: "));
    answer.reason = reason;
  }
  auto approval = gate.judge(answer);
  if (!approval) co_return declined("the operator said no");
  co_return std::move(*approval);
}

}  // namespace runbook::cli
