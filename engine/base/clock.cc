#include "base/clock.h"

#include <algorithm>
#include <ctime>
#include <fstream>

namespace runbook {

namespace {
std::int64_t read_ms(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}
}  // namespace

std::string utc_text(std::int64_t wall_ms) {
  const std::time_t seconds = wall_ms / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[64];
  const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  const auto millis = std::to_string(1000 + wall_ms % 1000).substr(1);
  return std::string(text, length) + "." + millis + "Z";
}

std::chrono::milliseconds age(const Moment& then, const Moment& now) {
  if (then.boot_id == now.boot_id) return std::chrono::milliseconds(now.boot_ms - then.boot_ms);
  return std::chrono::milliseconds(std::max<std::int64_t>(0, now.wall_ms - then.wall_ms));
}

SystemClock::SystemClock() { std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), boot_id_); }

Moment SystemClock::now() const {
  return {.wall_ms = read_ms(CLOCK_REALTIME), .boot_ms = read_ms(CLOCK_BOOTTIME), .boot_id = boot_id_};
}

}  // namespace runbook
