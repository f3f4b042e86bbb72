#include "cli/suspension.h"

#include <atomic>
#include <csignal>

namespace runbook::cli {

namespace {

std::atomic<unsigned> continued{0};
static_assert(std::atomic<unsigned>::is_always_lock_free, "a signal handler counts with it");

void count_continued() {
  struct sigaction action {};
  action.sa_handler = [](int /*signal*/) { ++continued; };
  action.sa_flags = SA_RESTART;
  sigaction(SIGCONT, &action, nullptr);
}

}  // namespace

unsigned times_continued() { return continued; }

Suspension::Suspension(const Loop& loop, std::function<void()> back) : signals_(loop), back_(std::move(back)) {
  count_continued();
  listen();
}

void Suspension::listen() {
  signals_.add(SIGTSTP);
  signals_.async_wait([this](const boost::system::error_code& error, int /*signal*/) {
    if (error) return;
    wanted_ = true;
    if (!held_) stand_still();
    listen();
  });
}

void Suspension::release() {
  held_ = false;
  if (wanted_) stand_still();
}

// By the signal's own way, which does nothing where nobody could ever continue the program: without a shell above it.
void Suspension::stand_still() {
  wanted_ = false;
  struct sigaction ours {};
  struct sigaction plain {};
  plain.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &plain, &ours);
  raise(SIGTSTP);
  sigaction(SIGTSTP, &ours, nullptr);
  back_();
}

}  // namespace runbook::cli
