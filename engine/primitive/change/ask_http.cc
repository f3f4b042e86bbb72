#include "primitive/change/ask_http.h"

#include <algorithm>

#include "base/text.h"

namespace runbook::primitive {

namespace {

constexpr auto kLimit = std::chrono::seconds(30);

bool is_expected(int status, std::span<const int> expects) {
  if (expects.empty()) return status >= 200 && status <= 299;
  return std::find(expects.begin(), expects.end(), status) != expects.end();
}

}  // namespace

Task<Result<net::HttpResponse>> send_once(Reach& reach, const safety::Target& target, const guard::Permit& permit,
                                          net::HttpHeaders headers, std::span<const int> expects) {
  const auto& words = permit.sends().at(0);
  net::HttpRequest request{
      .method = words.at(0), .path = words.at(1), .headers = std::move(headers), .body = words.at(2)};
  request.headers.emplace_back("Idempotency-Key", permit.key());
  request.limits.total = kLimit;
  request.limits.idle = kLimit;
  request.limits.body = 1U << 20U;
  RUNBOOK_CO_TRY(response, co_await reach.change_http(target, std::move(request), permit));
  if (is_expected(response.status, expects)) co_return response;
  const auto said = trim(response.body);
  auto message = target.name + " answers " + std::to_string(response.status) + " to " + words.at(0) +
                 (said.empty() ? "" : ": " + escaped(said, 160));
  if (response.status < 500) co_return Error{Code::kRemote, std::move(message), target.name};
  co_return Error{Code::kInDoubt, std::move(message), target.name, "look whether it took effect all the same"};
}

Task<Result<void>> send_document(Reach& reach, const safety::Target& target, const guard::Permit& permit) {
  net::HttpHeaders headers;
  if (!permit.sends().at(0).at(2).empty()) headers.emplace_back("Content-Type", "application/json");
  RUNBOOK_CO_CHECK(co_await send_once(reach, target, permit, std::move(headers), {}));
  co_return Result<void>();
}

}  // namespace runbook::primitive
