#include "run/worker_client.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <optional>
#include <utility>

#include "base/text.h"
#include "channel/codec.h"
#include "run/stdlib.h"
#include "run/worker_end.h"
#include "run/worker_process.h"

namespace runbook::run {

namespace {

namespace asio = boost::asio;
using channel::Message;
using channel::Type;
using Clock = std::chrono::steady_clock;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kLookEvery{20};

Value error_value(const Error& error) {
  Value value;
  value["code"] = name_of(error.code);
  value["message"] = error.message;
  value["where"] = error.where;
  return value;
}

// An exception in a coroutine that nobody awaits is a bug, and must not pass unseen.
void rethrow(const std::exception_ptr& bug) {
  if (bug) std::rethrow_exception(bug);
}

}  // namespace

// Shared with the coroutines that answer calls, which may outlive the client.
class WorkerClient::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Loop loop, std::unique_ptr<WorkerProcess> process, WorkerLimits limits, Handlers handlers)
      : loop_(std::move(loop)),
        process_(std::move(process)),
        limits_(limits),
        handlers_(std::move(handlers)),
        socket_(loop_, asio::local::stream_protocol(), process_->release_socket()),
        timer_(loop_) {}

  // Sends a question and serves the worker until it has answered.
  Task<Result<Value>> ask(Type type, Value body) {
    if (ended_) co_return *ended_;
    // A cancellation that comes just as bytes do would throw at the next co_await; it is looked at in listen() instead.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    owed_ = ++question_;
    note_progress();
    deadline_ = Clock::now() + limits_.phase;
    asio::co_spawn(loop_, watch(shared_from_this(), question_), rethrow);
    post({.type = type, .id = question_, .body = std::move(body)});
    auto answer = co_await listen();
    owed_ = 0;
    timer_.cancel();
    co_await asio::this_coro::throw_if_cancelled(throws);
    co_return answer;
  }

  [[nodiscard]] std::uint32_t in_flight_limit() const { return limits_.in_flight; }

  // Kills the worker; the first reason is the one that counts.
  Error end(Error reason) {
    if (!ended_) ended_ = std::move(reason);
    boost::system::error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
    process_->reap();
    return *ended_;
  }

 private:
  Task<Result<Value>> listen() {
    std::array<char, std::size_t{64} * 1024> bytes{};
    for (;;) {
      for (;;) {
        if (ended_) co_return *ended_;
        auto next = decoder_.next();
        if (!next) co_return end(speaks_wrong(next.error().message));
        if (!*next) break;
        auto taken = take(std::move(**next));
        if (!taken) co_return end(std::move(taken).error());
        if (answer_) co_return *std::exchange(answer_, std::nullopt);
      }
      const auto cancellation = co_await asio::this_coro::cancellation_state;
      if (cancellation.cancelled() != asio::cancellation_type::none) {
        co_return end({.code = Code::kCancelled, .message = "the playbook was stopped"});
      }
      const auto [failed, count] = co_await socket_.async_read_some(asio::buffer(bytes), kAwait);
      if (ended_) co_return *ended_;
      if (failed == asio::error::operation_aborted) continue;
      if (failed) co_return end(worker_ended(process_->reap(), limits_, process_->line()));
      decoder_.feed({bytes.data(), count});
    }
  }

  // Looks after the limits while the question is open.
  static Task<void> watch(std::shared_ptr<Session> self, std::uint32_t question) {
    while (self->owed_ == question && !self->ended_) {
      self->timer_.expires_after(kLookEvery);
      co_await self->timer_.async_wait(kAwait);
      if (self->owed_ != question || self->ended_) co_return;
      const auto& limits = self->limits_;
      if (self->process_->cpu() - self->cpu_at_message_ > limits.cpu_without_message) {
        self->end(
            self->broken("used " + duration_text(limits.cpu_without_message) + " of CPU without asking for anything"));
      } else if (Clock::now() > self->deadline_) {
        self->end(self->broken("took longer than " + duration_text(limits.phase)));
      }
    }
  }

  [[nodiscard]] Error broken(std::string what) const { return runaway(std::move(what), process_->line()); }

  [[nodiscard]] Error speaks_wrong(const std::string& what) const {
    return {.code = Code::kProtocol, .message = "the worker broke the protocol: " + what, .where = process_->line()};
  }

  void note_progress() { cpu_at_message_ = process_->cpu(); }

  // One message of the worker. An error is the worker's end.
  Result<> take(Message message) {
    note_progress();
    switch (message.type) {
      case Type::kDone:
      case Type::kFailed:
        return take_answer(std::move(message));
      case Type::kRequire:
        RUNBOOK_CHECK(count());
        return serve_module(message);
      case Type::kPrint:
        RUNBOOK_CHECK(count());
        handlers_.print(std::as_const(message.body)["text"].text_or(""));
        return {};
      case Type::kCall:
        RUNBOOK_CHECK(count());
        return start_call(std::move(message));
      default:
        return speaks_wrong("a message that only the engine sends");
    }
  }

  Result<> take_answer(Message message) {
    if (message.id != owed_) return speaks_wrong("an answer to another question");
    loaded_ = true;
    if (message.type == Type::kDone) {
      answer_ = std::move(message.body);
      return {};
    }
    const auto& body = std::as_const(message.body);
    // An honest worker has escaped what it quotes; but this may be none.
    answer_ = Error{.code = Code::kPlaybook,
                    .message = escaped(body["message"].text_or("failed without a word")),
                    .where = std::string(body["where"].text_or(""))};
    return {};
  }

  Result<> count() {
    if (++messages_ <= limits_.calls) return {};
    return broken("sent more than " + std::to_string(limits_.calls) + " messages (calls and prints)");
  }

  Result<> serve_module(const Message& message) {
    if (loaded_) return speaks_wrong("a module asked for after loading");
    auto module = handlers_.module(message.body["name"].text_or(""));
    Value body;
    if (module) {
      body["file"] = std::move(module->file);
      body["source"] = std::move(module->source);
    } else {
      body["error"] = module.error().message;
    }
    post({.type = Type::kModule, .id = message.id, .body = std::move(body)});
    return {};
  }

  Result<> start_call(Message message) {
    auto& body = message.body;
    const auto row = std::string(std::as_const(body)["row"].text_or(""));
    const auto target = std::string(std::as_const(body)["target"]["$target"].text_or(""));
    if (message.id <= last_call_) return speaks_wrong("a call number used twice");
    if (row.empty() || target.empty()) return speaks_wrong("a call without a row or a target");
    if (in_flight_ == limits_.in_flight)
      return broken("has more than " + std::to_string(limits_.in_flight) + " calls in flight");
    last_call_ = message.id;
    ++in_flight_;
    asio::co_spawn(loop_, answer_call(shared_from_this(), row, target, std::move(body["args"]), message.id), rethrow);
    return {};
  }

  static Task<void> answer_call(std::shared_ptr<Session> self, std::string row, std::string target, Value args,
                                std::uint32_t id) {
    auto result = co_await self->handlers_.call(std::move(row), std::move(target), std::move(args), id);
    --self->in_flight_;
    if (self->ended_) co_return;
    Value body;
    if (result) {
      body["value"] = std::move(*result);
    } else {
      body["error"] = error_value(result.error());
    }
    self->post({.type = Type::kReply, .id = id, .body = std::move(body)});
  }

  // Queues a message. One that cannot be encoded is a result too large or deep, which its asker is told.
  void post(Message message) {
    const auto id = message.id;
    const auto type = message.type;
    auto frame = channel::encode(std::move(message), channel::kToWorker);
    if (!frame && type == Type::kReply) {
      Value body;
      body["error"] =
          error_value({.code = Code::kLimit, .message = "the result cannot be handed over: " + frame.error().message});
      frame = channel::encode({.type = Type::kReply, .id = id, .body = std::move(body)}, channel::kToWorker);
    }
    if (!frame) {
      end(std::move(frame).error());
      return;
    }
    queue_.push_back(std::move(*frame));
    if (queue_.size() == 1) asio::co_spawn(loop_, drain(shared_from_this()), rethrow);
  }

  // The one writer. A failure needs no word here: the reader sees the worker's end too.
  static Task<void> drain(std::shared_ptr<Session> self) {
    while (!self->queue_.empty() && !self->ended_) {
      const auto [failed, count] =
          co_await asio::async_write(self->socket_, asio::buffer(self->queue_.front()), kAwait);
      if (failed) co_return;
      self->queue_.pop_front();
    }
  }

  Loop loop_;
  std::unique_ptr<WorkerProcess> process_;
  WorkerLimits limits_;
  Handlers handlers_;
  asio::local::stream_protocol::socket socket_;
  asio::steady_timer timer_;
  channel::Decoder decoder_{channel::kFromWorker};
  std::deque<std::string> queue_;
  std::optional<Error> ended_;
  std::optional<Result<Value>> answer_;
  std::uint32_t question_ = 0;
  std::uint32_t owed_ = 0;  // the question that is open; 0 for none
  bool loaded_ = false;
  std::uint32_t messages_ = 0;
  std::uint32_t in_flight_ = 0;
  std::uint32_t last_call_ = 0;
  std::chrono::nanoseconds cpu_at_message_{};
  Clock::time_point deadline_{};
};

WorkerClient::WorkerClient(std::shared_ptr<Session> session) : session_(std::move(session)) {}

WorkerClient::~WorkerClient() { session_->end({.code = Code::kCancelled, .message = "the worker was stopped"}); }

Task<Result<std::unique_ptr<WorkerClient>>> WorkerClient::start(Loop loop, std::filesystem::path program,
                                                                WorkerLimits limits, Handlers handlers) {
  RUNBOOK_CO_TRY(process, WorkerProcess::start(program, limits.memory));
  auto session = std::make_shared<Session>(std::move(loop), std::move(process), limits, std::move(handlers));
  co_return std::unique_ptr<WorkerClient>(new WorkerClient(std::move(session)));
}

Task<Result<Value>> WorkerClient::load(Value body) {
  body["in_flight"] = session_->in_flight_limit();
  body["library"] = library_code();
  return session_->ask(Type::kLoad, std::move(body));
}

Task<Result<Value>> WorkerClient::phase(std::string name, Value body) {
  body["phase"] = std::move(name);
  return session_->ask(Type::kPhase, std::move(body));
}

}  // namespace runbook::run
