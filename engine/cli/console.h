// The terminal as somebody to ask. Nothing else in the program reads from it.
//
// Questions go to /dev/tty, so that a redirected stdout never hides one. What was typed before a question stood is
// thrown away, and when more than one line comes at once (a paste) no line of it is an answer. Nothing approves but the
// wanted word; there is no timeout. What was typed before the program was stopped (^Z) and continued, or while it stood
// still, is no answer either: the question is asked again.
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <string>

#include "base/redaction/secret_net.h"
#include "cli/terminal.h"
#include "run/asker.h"

namespace runbook::cli {

class Console final : public run::Asker {
 public:
  /// Null when stdin is no terminal, or there is no terminal to open: then nobody can be asked.
  static std::unique_ptr<Console> open(const Loop& loop, std::string_view color, const SecretNet& secrets);

  Task<Result<std::string>> choose(const run::Choice& choice) override;
  Task<Result<Value>> fill(const run::Ask& ask) override;
  Task<Result<std::string>> confirm(const safety::Manual& manual) override;
  Task<Result<safety::Approval>> approve(const safety::Plan& plan) override;

  /// Shows what a question is about, here where it stands, and asks. The line as it was typed. kDeclined.
  Task<Result<std::string>> ask_about(std::string shown, std::string question);

  /// A secret: the line as it was typed, and not shown. kDeclined.
  Task<Result<std::string>> ask_hidden(std::string question);

  /// The operator's ^C: a standing question is answered with kDeclined.
  void interrupt();
  /// Back from standing still: a standing question is put once more.
  void ask_again();

 private:
  Console(const Loop& loop, int descriptor, Style style, const SecretNet& secrets);

  /// One line without its end. kDeclined at the end of input and when interrupted.
  Task<Result<std::string>> ask(const std::string& prompt, bool shown = true);
  void say(const std::string& words);

  boost::asio::posix::stream_descriptor terminal_;
  Style style_;
  const SecretNet& secrets_;
  bool asking_ = false;
  bool interrupted_ = false;
};

}  // namespace runbook::cli
