#include "net/http_retry.h"

#include <algorithm>

#include "net/wait.h"

namespace runbook::net {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstPause(100);
constexpr milliseconds kLongestPause(2000);

bool may_pass(const Result<HttpResponse>& answer) {
  if (!answer) return answer.error().code == Code::kUnreachable || answer.error().code == Code::kTimeout;
  const int status = answer->status;
  return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

Task<Result<HttpResponse>> read_patiently(HttpClient& client, Loop loop, HttpRequest request, unsigned retries) {
  const auto until = steady_clock::now() + request.limits.total;
  auto pause = kFirstPause;
  for (unsigned tries = 1;; ++tries) {
    auto again = request;
    again.limits.total = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    auto answer = co_await client.read(std::move(again));
    const bool last = tries > retries || steady_clock::now() + pause >= until || !may_pass(answer);
    if (last && answer) answer->tries = tries;
    if (last && !answer && tries > 1) {
      auto error = std::move(answer).error();
      error.message += ", asked " + std::to_string(tries) + " times";
      co_return error;
    }
    if (last) co_return answer;
    co_await wait(loop, pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace runbook::net
