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

// Of the words of a permit: method, path, "Name: value" …, body.
net::HttpHeaders headers_of(const guard::Argv& words) {
  net::HttpHeaders headers;
  for (std::size_t i = 2; i + 1 < words.size(); ++i) {
    const auto colon = words[i].find(": ");
    headers.emplace_back(words[i].substr(0, colon), words[i].substr(colon + 2));
  }
  return headers;
}

}  // namespace

Task<Result<net::HttpResponse>> send_once(Reach& reach, const safety::Target& target, const guard::Permit& permit,
                                          std::span<const int> expects) {
  const auto& words = permit.sends().at(0);
  net::HttpRequest request{
      .method = words.at(0), .path = words.at(1), .headers = headers_of(words), .body = words.back()};
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
  const std::span<const int> any_success;
  RUNBOOK_CO_CHECK(co_await send_once(reach, target, permit, any_success));
  co_return Result<void>();
}

}  // namespace runbook::primitive
