#include "cli/progress.h"

#include <iostream>

#include "base/text.h"

namespace runbook::cli {

namespace {
constexpr std::int64_t kSilentMs = 500;
constexpr std::int64_t kEachLineMs = 10'000;
}  // namespace

void StderrProgress::clear() {
  if (shown_) std::cerr << "\r\x1b[K";
  shown_ = false;
}

void StderrProgress::show(const std::string& text) {
  clear();
  if (text.empty()) {
    busy_since_ = 0;
    return;
  }
  const auto now = clock_.now().boot_ms;
  if (busy_since_ == 0) busy_since_ = told_ = now;
  if (!style_.is_terminal()) {
    if (now - told_ < kEachLineMs) return;
    told_ = now;
    std::cerr << "runbook: " << escaped(text, 200) << '\n';
    return;
  }
  if (now - busy_since_ < kSilentMs) return;
  std::cerr << style_.dim(escaped(text, style_.width() - 1)) << std::flush;
  shown_ = true;
}

void StderrProgress::warn(const std::string& text) {
  clear();
  std::cerr << style_.warn("runbook: " + escaped(text)) << '\n';
}

void StderrProgress::print(std::string_view text) {
  clear();
  std::cerr << "| " << escaped(text, 2000) << '\n';
}

}  // namespace runbook::cli
