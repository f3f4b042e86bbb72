// The two clocks of a run.
//
// Ages, durations and deadlines are measured on CLOCK_BOOTTIME, which neither stops in suspend nor jumps when
// somebody sets the date. The wall clock is for people and for records only. Records carry both and the boot id,
// so that ages can be computed across processes of one boot, and are known to be unknowable across boots.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace runbook {

struct Moment {
  std::int64_t wall_ms = 0;  // milliseconds since 1970-01-01 UTC
  std::int64_t boot_ms = 0;  // milliseconds since boot
  std::string boot_id;       // /proc/sys/kernel/random/boot_id
};

/// 2026-11-20T23:31:07.123Z
std::string utc_text(std::int64_t wall_ms);

/// How long ago `then` was: on the boot clock when both are of one boot, else on the wall clock and at least zero.
std::chrono::milliseconds age(const Moment& then, const Moment& now);

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Moment now() const = 0;
};

class SystemClock final : public Clock {
 public:
  SystemClock();
  [[nodiscard]] Moment now() const override;

 private:
  std::string boot_id_;
};

/// For tests: stands still until moved.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] Moment now() const override { return now_; }
  void advance(std::chrono::milliseconds by) {
    now_.wall_ms += by.count();
    now_.boot_ms += by.count();
  }
  void set_wall(std::int64_t wall_ms) { now_.wall_ms = wall_ms; }

 private:
  Moment now_{.wall_ms = 1'790'000'000'000, .boot_ms = 5'000'000, .boot_id = "test-boot"};
};

}  // namespace runbook
