// Something that takes time to make, is made when first asked for, and is then everybody's.
//
// Whoever asks while it is being made waits for it; giving up on one waiter leaves the attempt to the others. A failure
// is kept and given to everybody who asks afterwards: one dead server costs one deadline, not one for each reading.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/error.h"
#include "base/task.h"

namespace runbook::net {

/// Work that runs once on the loop, whoever waits for it. Its timer is kept out of this header.
class OnceDone {
 public:
  explicit OnceDone(Loop loop);
  ~OnceDone();
  OnceDone(const OnceDone&) = delete;
  OnceDone& operator=(const OnceDone&) = delete;

  void start(Task<void> work);
  /// Returns when the work is done, or when this waiter is given up.
  Task<void> wait();
  void set();

 private:
  struct Timer;
  std::unique_ptr<Timer> timer_;
};

template <class T>
class Once : public std::enable_shared_from_this<Once<T>> {
 public:
  using Make = std::function<Task<Result<T>>()>;

  Once(Loop loop, Make make) : make_(std::move(make)), done_(std::move(loop)) {}

  /// What was made; why it could not be; kCancelled when this waiter was given up.
  Task<Result<T>> get() {
    const auto self = this->shared_from_this();
    if (!started_) {
      started_ = true;
      done_.start(attempt(self));
    }
    if (!outcome_) co_await done_.wait();
    if (!outcome_) co_return Error{Code::kCancelled, "given up while connecting"};
    co_return *outcome_;
  }

  /// Nothing as long as it is not known.
  [[nodiscard]] const std::optional<Result<T>>& outcome() const { return outcome_; }

 private:
  static Task<void> attempt(std::shared_ptr<Once> self) {
    self->outcome_ = co_await self->make_();
    self->done_.set();
  }

  Make make_;
  OnceDone done_;
  bool started_ = false;
  std::optional<Result<T>> outcome_;
};

}  // namespace runbook::net
