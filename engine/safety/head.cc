#include "safety/head.h"

#include <sodium.h>

#include "base/hash.h"
#include "base/json.h"
#include "base/text.h"

namespace runbook::safety {

namespace {
constexpr int kFormat = 1;
constexpr std::size_t kTokenBytes = 32;
}  // namespace

std::string new_token() {
  std::string token(kTokenBytes, '\0');
  randombytes_buf(token.data(), token.size());
  return token;
}

std::string seal_of(std::string_view token) { return sha256(token); }

std::string head_bytes(const Head& head) {
  auto bytes = to_json(Value::Map{{"format", kFormat},
                                  {"hash", head.at.hash},
                                  {"log", head.log},
                                  {"n", head.at.n},
                                  {"size", head.at.size},
                                  {"token", to_base64(head.token)}});
  bytes.resize(kHeadBytes - 1, ' ');
  return bytes + '\n';
}

Result<Head> parse_head(std::string_view bytes) {
  const Error bad{.code = Code::kAudit, .message = "HEAD was damaged"};
  const auto value = parse_json(bytes, {.bytes = kHeadBytes, .depth = 1});
  if (!value) return bad;
  const auto n = whole_number((*value)["n"]);
  const auto size = whole_number((*value)["size"]);
  auto token = from_base64((*value)["token"].text_or(""));
  if (!n || *n == 0 || !size || !token || token->size() != kTokenBytes) return bad;
  Head head{.log = std::string((*value)["log"].text_or("")),
            .at = {.n = *n, .hash = std::string((*value)["hash"].text_or("")), .size = *size},
            .token = std::move(*token)};
  if (head_bytes(head) != bytes) return bad;
  return head;
}

Result<void> check_named_by(const Head& head, const Record& record, const std::string& log, const Position& behind) {
  if (head.log == log && head.at == behind && seal_of(head.token) == record.seal) return {};
  return Error{.code = Code::kAudit, .message = "is not the one that HEAD names"};
}

}  // namespace runbook::safety
