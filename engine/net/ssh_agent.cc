#include "net/ssh_agent.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/text.h"
#include "net/deadline.h"
#include "net/dial.h"
#include "net/ssh_text.h"

namespace runbook::net {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

constexpr std::uint8_t kFailure = 5;
constexpr char kRequestIdentities = 11;
constexpr std::uint8_t kIdentities = 12;
constexpr char kSignRequest = 13;
constexpr std::uint8_t kSignature = 14;
constexpr std::size_t kLongestAnswer = 256U << 10U;  // OpenSSH's own limit

Error garbled() { return {Code::kProtocol, "the agent does not speak the protocol of agents"}; }

Task<Result<std::string>> ask(Loop loop, std::string socket, std::string request, milliseconds limit) {
  const auto until = steady_clock::now() + limit;
  const Endpoint endpoint{.path = socket};
  RUNBOOK_CO_TRY(dialed, co_await dial(loop, endpoint, limit));
  const Deadline deadline(loop, until, [&dialed] {
    boost::system::error_code ignored;
    dialed.socket.close(ignored);
  });
  const auto timed_out = [&] {
    return Error{
        .code = deadline.expired() ? Code::kTimeout : Code::kUnreachable,
        .message = "the agent at " + escaped(socket, 120) +
                   (deadline.expired() ? " did not answer within " + duration_text(limit) : " closed the connection")};
  };
  const auto message = ssh_text(request);
  auto [unsent, sent] = co_await asio::async_write(dialed.socket, asio::buffer(message), kTuple);
  if (unsent) co_return timed_out();
  std::string length(4, '\0');
  auto [headless, head] = co_await asio::async_read(dialed.socket, asio::buffer(length), kTuple);
  if (headless) co_return timed_out();
  const auto size = SshReader(length).number().value_or(0);
  if (size == 0 || size > kLongestAnswer) co_return garbled();
  std::string answer(size, '\0');
  auto [cut, body] = co_await asio::async_read(dialed.socket, asio::buffer(answer), kTuple);
  if (cut) co_return timed_out();
  co_return answer;
}

}  // namespace

Result<std::vector<std::string>> parse_agent_identities(std::string_view message) {
  SshReader reader(message);
  const auto type = reader.byte();
  const auto count = reader.number();
  if (type != kIdentities || !count) return garbled();
  std::vector<std::string> keys;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto key = reader.text();
    const auto comment = reader.text();
    if (!key || !comment) return garbled();
    keys.emplace_back(*key);
  }
  return keys;
}

Result<std::string> parse_agent_signature(std::string_view message) {
  SshReader reader(message);
  const auto type = reader.byte();
  if (type == kFailure) return Error{Code::kDenied, "the agent does not sign with this key"};
  const auto signature = reader.text();
  if (type != kSignature || !signature) return garbled();
  SshReader inner(*signature);
  const auto algorithm = inner.text();
  const auto bytes = inner.text();
  if (!algorithm || !bytes) return garbled();
  return std::string(*bytes);
}

Task<Result<std::vector<std::string>>> agent_identities(Loop loop, std::string socket, milliseconds limit) {
  std::string request(1, kRequestIdentities);
  RUNBOOK_CO_TRY(answer, co_await ask(loop, std::move(socket), std::move(request), limit));
  co_return parse_agent_identities(answer);
}

Task<Result<std::string>> agent_sign(Loop loop, std::string socket, std::string public_key, std::string data,
                                     milliseconds limit) {
  auto request = std::string(1, kSignRequest) + ssh_text(public_key) + ssh_text(data) + ssh_number(0);
  RUNBOOK_CO_TRY(answer, co_await ask(loop, std::move(socket), std::move(request), limit));
  co_return parse_agent_signature(answer);
}

}  // namespace runbook::net
